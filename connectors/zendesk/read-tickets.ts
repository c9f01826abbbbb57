import * as z from "zod";
import type { Counted, Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import type { Config } from "./config.ts";

type Context = ReadContext<Config>;

/** The export's own cursor, which stays good at the end of the stream; absent before the first page. */
export const TicketCursor = z.strictObject({ after: z.string().optional() });
export type TicketCursor = z.output<typeof TicketCursor>;

const id = z.union([z.string(), z.int()]).transform(String);
const Raw = z.looseObject({ id, status: z.string().nullish(), tags: z.array(z.string()).nullish() });
const Metrics = z.looseObject({ ticket_id: id });
const Sideloaded = { metric_sets: z.array(z.unknown()).nullish() };
const Export = z.looseObject({
  tickets: z.array(z.unknown()),
  after_cursor: z.string().nullish(),
  end_of_stream: z.boolean(),
  ...Sideloaded,
});
const Shown = z.looseObject({ tickets: z.array(z.unknown()), ...Sideloaded });
const Links = z.looseObject({ links: z.array(z.unknown()) });

const INCLUDE = "metric_sets,slas";
/** Far above any account's number of pages. */
const PAGES_AT_MOST = 100_000;
const SHOWN_AT_MOST = 100;
/** Zendesk's Jira integration puts it on each ticket that it links. */
const LINKED_TAG = "jira_escalated";
/** Who asked, by name, address or number: nobody here needs to know. */
const PERSONAL = [
  "requester_id",
  "submitter_id",
  "recipient",
  "requester",
  "submitter",
  "collaborator_ids",
  "collaborators",
  "follower_ids",
  "email_cc_ids",
];

const epoch = (day: string): number => Date.parse(day) / 1000;

async function* exported(
  { http, config }: Context,
  from: string | undefined,
  include: string,
): AsyncGenerator<z.output<typeof Export>, void, undefined> {
  const seen = new Set<string>(from === undefined ? [] : [from]);
  let after = from;
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const query = new URLSearchParams({
      ...(after === undefined ? { start_time: String(epoch(config.startTime)) } : { cursor: after }),
      per_page: String(config.pageSize),
      ...(include !== "" && { include }),
    });
    const answer = await http.json(Export, "GET", `api/v2/incremental/tickets/cursor.json?${query}`);
    const next = answer.after_cursor ?? undefined;
    if (!answer.end_of_stream && (next === undefined || seen.has(next))) break;
    yield answer;
    if (answer.end_of_stream) return;
    if (next !== undefined) seen.add(next);
    after = next;
  }
  throw new HubError("vendor_paging_broken", "Zendesk's ticket export gives a cursor twice, or none before its end", {
    retry: "later",
  });
}

/**
 * Tickets by the cursor export, which tells deleted ones too. What changed in the last minute Zendesk holds back.
 *
 * @throws HubError vendor_paging_broken
 */
export async function* readTickets(
  context: Context,
  cursor: TicketCursor,
): AsyncGenerator<Page<TicketCursor>, void, undefined> {
  for await (const answer of exported(context, cursor.after, INCLUDE)) {
    const isGone = (ticket: unknown) => Raw.safeParse(ticket).data?.status === "deleted";
    const after = answer.after_cursor ?? cursor.after;
    yield {
      records: await whole(
        context,
        answer.tickets.filter((ticket) => !isGone(ticket)),
        answer.metric_sets,
      ),
      gone: answer.tickets.filter(isGone).flatMap(goneRefs),
      cursor: after === undefined ? {} : { after },
    };
  }
}

const goneRefs = (ticket: unknown): Ref<"supportTicket" | "feedback">[] => {
  const { id } = Raw.parse(ticket);
  return [
    { kind: "supportTicket", noun: "ticket", id },
    { kind: "feedback", noun: "feedback", id },
  ];
};

/** Tickets by id, in the same shape; deleted ones are left out. */
export const rereadTickets = async (context: Context, ids: readonly string[]): Promise<readonly unknown[]> => {
  const wanted = [...new Set(ids)].filter((one) => /^\d{1,18}$/.test(one));
  const found: unknown[] = [];
  for (let start = 0; start < wanted.length; start += SHOWN_AT_MOST) {
    const query = new URLSearchParams({ ids: wanted.slice(start, start + SHOWN_AT_MOST).join(","), include: INCLUDE });
    const { tickets, metric_sets } = await context.http.json(Shown, "GET", `api/v2/tickets/show_many.json?${query}`);
    const there = tickets.filter((ticket) => Raw.safeParse(ticket).data?.status !== "deleted");
    found.push(...(await whole(context, there, metric_sets)));
  }
  return found;
};

/** Every ticket that is not deleted, archived ones included, which no list of Zendesk gives but the export. */
export async function* ticketIds(context: Context): AsyncGenerator<readonly Counted[], void, undefined> {
  for await (const { tickets } of exported(context, undefined, "")) {
    yield tickets.flatMap((ticket) => {
      const { data } = Raw.safeParse(ticket);
      return data === undefined || data.status === "deleted" ? [] : [{ id: data.id }];
    });
  }
}

/** The tickets with what was sideloaded beside them and the issues they are linked to, and without who asked. */
const whole = async (
  context: Context,
  tickets: readonly unknown[],
  sets: readonly unknown[] | null | undefined,
): Promise<readonly unknown[]> => {
  const metrics = new Map((sets ?? []).flatMap((set) => entryOf(set)));
  const { config } = context;
  const done: unknown[] = [];
  for (const ticket of tickets) {
    const { data } = Raw.safeParse(ticket);
    if (data === undefined) {
      done.push(ticket);
      continue;
    }
    const isLinked = config.jiraLinks && data.tags?.includes(LINKED_TAG) === true;
    const links = isLinked ? await jiraLinks(context, data.id) : [];
    const set = metrics.get(data.id);
    done.push({
      ...withoutPeople(ticket as Readonly<Record<string, unknown>>),
      ...(set !== undefined && { metric_set: set }),
      ...(links.length > 0 && { jira_links: links }),
      ...(config.featureFieldIds.length > 0 && { feature_fields: config.featureFieldIds }),
    });
  }
  return done;
};

const entryOf = (set: unknown): (readonly [string, unknown])[] => {
  const { data } = Metrics.safeParse(set);
  return data === undefined ? [] : [[data.ticket_id, set]];
};

const withoutPeople = (ticket: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const kept = Object.fromEntries(Object.entries(ticket).filter(([name]) => !PERSONAL.includes(name)));
  const { data: via } = z.looseObject({ channel: z.unknown() }).safeParse(ticket["via"]);
  const { data: rating } = z
    .looseObject({ score: z.unknown(), reason: z.unknown() })
    .safeParse(ticket["satisfaction_rating"]);
  return {
    ...kept,
    ...("via" in ticket && { via: via === undefined ? null : { channel: via.channel } }),
    ...("satisfaction_rating" in ticket && {
      satisfaction_rating: rating === undefined ? null : { score: rating.score, reason: rating.reason },
    }),
  };
};

/** https://developer.zendesk.com/api-reference/ticketing/jira/links/#list-links; an account without the integration has none. */
const jiraLinks = async ({ http }: Context, ticketId: string): Promise<readonly unknown[]> => {
  const query = new URLSearchParams({ "filter[ticket_id]": ticketId });
  try {
    return (await http.json(Links, "GET", `api/v2/jira/links?${query}`)).links;
  } catch (error) {
    if (error instanceof HubError && ["vendor_not_found", "vendor_forbidden"].includes(error.code)) return [];
    throw error;
  }
};
