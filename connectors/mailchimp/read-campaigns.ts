import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import { type Config, selects } from "./config.ts";
import { listPages, pathOf } from "./paged-list.ts";

/**
 * `offset` while the first read is under way; then the latest time of sending that was seen and which campaigns were
 * still to be sent: no list tells what became of those but by asking for them.
 */
export const CampaignCursor = z.strictObject({
  offset: z.int().optional(),
  sentTo: z.string().optional(),
  unsent: z.array(z.string()).optional(),
  isRead: z.boolean().optional(),
});
export type CampaignCursor = z.output<typeof CampaignCursor>;

type Context = ReadContext<Config>;

const Row = z.looseObject({
  id: z.string().min(1),
  status: z.string().nullish(),
  send_time: z.string().nullish(),
  recipients: z.looseObject({ list_id: z.string().nullish() }).nullish(),
});
type Row = z.output<typeof Row>;

/** What is read of a campaign: no sender, no reply address, no text. */
const CAMPAIGN = [
  ...["id", "web_id", "parent_campaign_id", "type", "create_time", "status", "emails_sent", "send_time"],
  ...["long_archive_url", "settings.subject_line", "settings.title", "tracking.google_analytics"],
  ...["list_id", "list_name", "segment_text", "recipient_count"].map((name) => `recipients.${name}`),
  ...["unique_opens", "subscriber_clicks"].map((name) => `report_summary.${name}`),
];
const REPORT = ["id", "emails_sent", "abuse_reports", "unsubscribed", "bounces", "opens", "clicks", "ecommerce"];
const fieldsOf = (list: string, names: readonly string[]): string => names.map((name) => `${list}.${name}`).join(",");

const UNSENT = ["save", "schedule", "sending", "paused"];
/** More drafts than this are left to the census. */
const UNSENT_AT_MOST = 500;
const DAY_MS = 86_400_000;

/**
 * First everything, oldest first; then what was sent in the last days, since its reports keep changing, what is not
 * sent yet, and what was not sent at the last read and is in neither list now.
 * Source: https://mailchimp.com/developer/marketing/api/campaigns/list-campaigns/
 */
export async function* readCampaigns(
  context: Context,
  cursor: CampaignCursor,
): AsyncGenerator<Page<CampaignCursor>, void, undefined> {
  if (cursor.isRead === true) yield* readChanged(context, cursor);
  else yield* readAll(context, cursor);
}

async function* readAll(
  context: Context,
  cursor: CampaignCursor,
): AsyncGenerator<Page<CampaignCursor>, void, undefined> {
  const unsent = new Set(cursor.unsent);
  let sentTo = cursor.sentTo;
  const query = { sort_field: "create_time", sort_dir: "ASC", fields: fieldsOf("campaigns", CAMPAIGN) };
  for await (const { rows, next } of listPages(context, "campaigns", "campaigns", query, cursor.offset)) {
    for (const row of rowsOf(rows)) note(row, unsent);
    sentTo = latestSent(rows, sentTo);
    const place = next === undefined ? { isRead: true } : { offset: next };
    yield { records: await withReports(context, rows), cursor: cursorOf(sentTo, unsent, place) };
  }
}

async function* readChanged(
  context: Context,
  cursor: CampaignCursor,
): AsyncGenerator<Page<CampaignCursor>, void, undefined> {
  const fields = fieldsOf("campaigns", CAMPAIGN);
  const open = new Set(cursor.unsent);
  const unsent = new Set<string>();
  let sentTo = cursor.sentTo;
  const since = sentTo && new Date(Date.parse(sentTo) - context.config.recheckDays * DAY_MS).toISOString();
  const lists = [
    { sort_field: "send_time", sort_dir: "ASC", ...(since && { since_send_time: since }), status: "sent", fields },
    ...UNSENT.map((status) => ({ sort_field: "create_time", sort_dir: "ASC", status, fields })),
  ];
  for (const query of lists) {
    for await (const { rows } of listPages(context, "campaigns", "campaigns", query)) {
      for (const row of rowsOf(rows)) {
        open.delete(row.id);
        note(row, unsent);
      }
      sentTo = latestSent(rows, sentTo);
      // The cursor stands until all lists are through: what is asked of each follows from the last whole read.
      if (rows.length > 0) yield { records: await withReports(context, rows), cursor };
    }
  }
  const left = await rereadCampaigns(context, [...open]);
  yield { records: left, cursor: cursorOf(latestSent(left, sentTo), unsent, { isRead: true }) };
}

const rowsOf = (rows: readonly unknown[]): Row[] => rows.flatMap((row) => Row.safeParse(row).data ?? []);

const note = ({ id, status }: Row, unsent: Set<string>): void => {
  if (UNSENT.includes(status ?? "") && unsent.size < UNSENT_AT_MOST) unsent.add(id);
};

const cursorOf = (
  sentTo: string | undefined,
  unsent: ReadonlySet<string>,
  place: Pick<CampaignCursor, "offset" | "isRead">,
): CampaignCursor => ({ ...place, ...(sentTo !== undefined && { sentTo }), unsent: [...unsent].toSorted() });

/** A scheduled campaign has a time of sending too, in the future: only what went out moves the cursor. */
const latestSent = (rows: readonly unknown[], before: Instant | undefined): Instant | undefined =>
  rowsOf(rows).reduce<Instant | undefined>((latest, { status, send_time }) => {
    const at = status === "sent" ? maybeInstant(send_time) : undefined;
    return at !== undefined && (latest === undefined || at > latest) ? at : latest;
  }, before);

/** The selected campaigns of a page, those that went out with their reports: these are listed for the same time. */
const withReports = async (context: Context, rows: readonly unknown[]): Promise<unknown[]> => {
  const chosen = rows.filter((row) =>
    selects(context.config, Row.safeParse(row).data?.recipients?.list_id ?? undefined),
  );
  const times = rowsOf(chosen)
    .filter(({ status }) => status === "sent")
    .flatMap(({ send_time }) => maybeInstant(send_time) ?? [])
    .toSorted();
  const [first, last] = [times.at(0), times.at(-1)];
  if (first === undefined || last === undefined) return chosen;
  const query = {
    since_send_time: new Date(Date.parse(first) - 1000).toISOString(),
    before_send_time: new Date(Date.parse(last) + 1000).toISOString(),
    fields: fieldsOf("reports", REPORT),
  };
  const reports = new Map<string, unknown>();
  for await (const page of listPages(context, "reports", "reports", query))
    for (const report of page.rows) {
      const id = Row.safeParse(report).data?.id;
      if (id !== undefined) reports.set(id, report);
    }
  return chosen.map((row) => {
    const report = reports.get(Row.safeParse(row).data?.id ?? "");
    return report === undefined ? row : { ...(row as object), report };
  });
};

/** Campaigns by id with their reports, as far as the selector takes their audiences. */
export const rereadCampaigns = async (context: Context, ids: readonly string[]): Promise<unknown[]> => {
  const { http, config } = context;
  const records: unknown[] = [];
  for (const id of ids.filter((one) => /^\w{1,40}$/.test(one))) {
    const campaign = await found(http.json(Row, "GET", pathOf(`campaigns/${id}`, { fields: CAMPAIGN.join(",") })));
    if (campaign === undefined || !selects(config, campaign.recipients?.list_id ?? undefined)) continue;
    const report =
      campaign.status === "sent"
        ? await found(http.json(z.looseObject({}), "GET", pathOf(`reports/${id}`, { fields: REPORT.join(",") })))
        : undefined;
    records.push(report === undefined ? campaign : { ...campaign, report });
  }
  return records;
};

/** Nothing, where Mailchimp does not know it. */
export const found = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof HubError && error.code === "vendor_not_found") return undefined;
    throw error;
  }
};
