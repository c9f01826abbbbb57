import * as z from "zod";
import type { Draft } from "../../shared/domain/entity.ts";
import type { TICKET_STATUSES } from "../../shared/domain/fields-around.ts";
import { type Instant, maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { plainText } from "./adf.ts";
import { valuesOf } from "./custom-field.ts";
import type { Issue, IssueFields } from "./schema.ts";
import { below } from "./site.ts";
import { categoryKey, priorityOf } from "./vocabulary.ts";

const STATUSES: Table<(typeof TICKET_STATUSES)[number]> = new Map([
  ["new", "new"],
  ["indeterminate", "open"],
  ["done", "solved"],
]);
/** Statuses that service projects start with and that say more than their category. */
const STATUS_NAMES: ReadonlyMap<string, (typeof TICKET_STATUSES)[number]> = new Map([
  ["waiting for customer", "pending"],
  ["pending", "pending"],
  ["closed", "closed"],
  ["canceled", "closed"],
]);

const TYPES: Table<"question" | "incident" | "problem" | "task" | "request"> = new Map([
  ["service request", "request"],
  ["service request with approvals", "request"],
  ["request", "request"],
  ["it help", "request"],
  ["question", "question"],
  ["ask a question", "question"],
  ["incident", "incident"],
  ["problem", "problem"],
  ["change", "task"],
  ["task", "task"],
]);

const RATINGS: Table<"good" | "bad"> = new Map([
  ["1", "bad"],
  ["2", "bad"],
  ["4", "good"],
  ["5", "good"],
]);

const Moment = z.looseObject({ epochMillis: z.number() });
const Cycle = z.looseObject({
  startTime: Moment.nullish().catch(undefined),
  stopTime: Moment.nullish().catch(undefined),
  breachTime: Moment.nullish().catch(undefined),
  breached: z.boolean().nullish().catch(undefined),
  paused: z.boolean().nullish().catch(undefined),
  elapsedTime: z.looseObject({ millis: z.number() }).nullish().catch(undefined),
});
type Cycle = z.output<typeof Cycle>;
/** https://developer.atlassian.com/cloud/jira/service-desk/rest/api-group-request/#api-rest-servicedeskapi-request-issueidorkey-sla-get;
 * the custom field of an agreement holds the same. */
const Agreement = z.looseObject({
  name: z.string().nullish().catch(undefined),
  completedCycles: z.array(Cycle).nullish().catch(undefined),
  ongoingCycle: Cycle.nullish().catch(undefined),
});

const Organisation = z.looseObject({ id: z.union([z.string().min(1), z.int()]).transform(String), name: z.string() });
const Feedback = z.looseObject({ rating: z.number() });

/** An issue of a service project as a support ticket. Who asked is kept only where it is a colleague. */
export const requestFields = (
  issue: Issue,
  fields: IssueFields,
  title: string,
  assigneeId: Ref<"account"> | undefined,
  requesterId: Ref<"account"> | undefined,
): Draft<"supportTicket">["fields"] => {
  const status = statusOf(fields);
  const isEnded = status.category === "solved" || status.category === "closed";
  const endedAt = isEnded
    ? (maybeInstant(fields.resolutiondate) ?? maybeInstant(fields.statuscategorychangedate))
    : undefined;
  const [organisation] = organisationsOf(issue);
  const text = plainText(fields.description);
  const typeName = (fields.issuetype?.name ?? "").replace(/^\[system\] /i, "");
  return {
    subject: title,
    ...(text !== undefined && { text }),
    status,
    ...(typeName !== "" && { type: mapWord({ name: typeName, type: typeName.toLowerCase() }, TYPES) }),
    priority: priorityOf(fields),
    ...(organisation !== undefined && {
      customerId: { kind: "customer", noun: "organization", id: organisation.id } as const,
    }),
    requesterId: fields.reporter?.accountType === "customer" ? undefined : requesterId,
    assigneeId,
    ...(endedAt !== undefined && { solvedAt: endedAt }),
    ...(endedAt !== undefined && status.category === "closed" && { closedAt: endedAt }),
    ...agreementsOf(issue, maybeInstant(fields.created), endedAt),
    ...satisfactionOf(issue),
    labels: (fields.labels ?? []).filter((label) => label != null),
  };
};

/** The values that have this shape. */
const parsed = <Shape extends z.ZodType>(shape: Shape, values: readonly unknown[]): z.output<Shape>[] =>
  values.flatMap((value) => {
    const read = shape.safeParse(value);
    return read.success ? [read.data] : [];
  });

const statusOf = ({ status }: IssueFields) => {
  const word = { name: status?.name ?? status?.id ?? "", ...(status?.id != null && { id: status.id }) };
  const mapped = mapWord({ ...word, type: categoryKey(status?.statusCategory) ?? "" }, STATUSES);
  const named = STATUS_NAMES.get(word.name.trim().toLowerCase());
  return named === undefined ? mapped : { ...mapped, category: named, mappedBy: "tool" as const };
};

const at = (moment: Cycle["stopTime"]): Instant | undefined => maybeInstant(moment?.epochMillis);
const minutesBetween = (from: Instant | undefined, to: Instant | undefined) =>
  from === undefined || to === undefined || to < from ? undefined : (Date.parse(to) - Date.parse(from)) / 60_000;
const minutesIn = (cycle: Cycle | undefined): number | undefined => {
  const millis = cycle?.elapsedTime?.millis;
  return millis === undefined || millis < 0 ? undefined : millis / 60_000;
};

/** What the agreements tell: a first response ends the first cycle of its agreement, a resolution the last of its own. */
const agreementsOf = (issue: Issue, createdAt: Instant | undefined, endedAt: Instant | undefined) => {
  const agreements = parsed(Agreement, valuesOf(issue, "sla"));
  const cyclesOf = (word: RegExp) => agreements.find(({ name }) => word.test(name ?? ""))?.completedCycles ?? [];
  const [response] = cyclesOf(/first response/i);
  const resolutions = cyclesOf(/resolution/i);
  const resolution = resolutions.at(-1);
  const ongoing = agreements.flatMap(({ ongoingCycle }) => (ongoingCycle == null ? [] : [ongoingCycle]));
  const [next] = ongoing.flatMap(({ breachTime }) => at(breachTime) ?? []).toSorted();
  const all = [...ongoing, ...agreements.flatMap(({ completedCycles }) => completedCycles ?? [])];
  const firstReplyAt = at(response?.stopTime);
  return {
    firstReplyAt,
    firstReplyMinutes: minutesBetween(createdAt, firstReplyAt),
    firstReplyBusinessMinutes: minutesIn(response),
    solveMinutes: minutesBetween(createdAt, endedAt ?? at(resolution?.stopTime)),
    solveBusinessMinutes: minutesIn(resolution),
    ...(resolutions.length > 0 && { reopens: Math.max(0, resolutions.length - (endedAt === undefined ? 0 : 1)) }),
    slaBreachAt: next,
    ...(all.length > 0 && { isSlaBreached: all.some(({ breached }) => breached === true) }),
  };
};

const satisfactionOf = (issue: Issue) => {
  const [feedback] = parsed(Feedback, valuesOf(issue, "satisfaction"));
  return feedback === undefined
    ? {}
    : { satisfaction: mapWord({ name: String(feedback.rating) }, RATINGS), satisfactionScore: feedback.rating };
};

const organisationsOf = (issue: Issue) => parsed(Organisation, valuesOf(issue, "organisations").flat());

/** The organisations that a request names; Jira tells no more of them here. */
export const organisationDrafts = (issue: Issue): Draft<"customer">[] =>
  organisationsOf(issue).map(({ id, name }) => ({
    kind: "customer",
    external: { noun: "organization", id, url: below(issue.self, `/jira/servicedesk/organizations/${id}`) },
    scopes: [],
    updatedAt: TIMELESS,
    fields: { name },
  }));
