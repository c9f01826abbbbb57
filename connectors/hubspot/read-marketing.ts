import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import type { Config } from "./config.ts";
import { listPages, pathOf, type Query } from "./paged-list.ts";

/** The latest change that was read; `next` and `upTo` while a first read is under way. */
export const MarketingCursor = z.strictObject({
  changedTo: z.string().optional(),
  next: z.string().optional(),
  upTo: z.string().optional(),
});
export type MarketingCursor = z.output<typeof MarketingCursor>;

type Context = ReadContext<Config>;

const Row = z.looseObject({ id: z.string().min(1), updatedAt: z.string().nullish() });
const DAY_MS = 86_400_000;

const CAMPAIGN = [
  ...["hs_name", "hs_campaign_status", "hs_utm", "hs_audience", "hs_notes", "hs_start_date", "hs_end_date"],
  ...["hs_currency_code", "hs_budget_items_sum_amount", "hs_spend_items_sum_amount"],
].join(",");

const campaigns = ({ apiVersion }: Config): string => `marketing/campaigns/${apiVersion}`;
const emails = ({ apiVersion }: Config): string => `marketing/emails/${apiVersion}`;

const latest = (rows: readonly unknown[], before: Instant | undefined): Instant | undefined =>
  rows.reduce<Instant | undefined>((so, row) => {
    const at = maybeInstant(Row.safeParse(row).data?.updatedAt);
    return at !== undefined && (so === undefined || at > so) ? at : so;
  }, before);

const earlier = (at: Instant, milliseconds: number): Instant => new Date(Date.parse(at) - milliseconds).toISOString();

const withPortal = ({ portalId }: Config, rows: readonly unknown[]): unknown[] =>
  rows.map((row) => (portalId !== undefined && typeof row === "object" && row !== null ? { ...row, portalId } : row));

/**
 * Campaigns, last changed first, down to the cursor: their list knows no filter of time. The cursor moves once a walk
 * is through; only the first walk, which is the long one, can go on in its middle.
 * Source: https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide
 */
export async function* readCampaigns(
  { http, config }: Context,
  cursor: MarketingCursor,
): AsyncGenerator<Page<MarketingCursor>, void, undefined> {
  const { changedTo } = cursor;
  const until = changedTo && earlier(changedTo, config.overlapSeconds * 1000);
  let upTo = cursor.upTo ?? changedTo;
  const query = { limit: config.pageSize, sort: "-updatedAt", properties: CAMPAIGN };
  for await (const { rows, next } of listPages(http, campaigns(config), query, cursor.next)) {
    upTo = latest(rows, upTo);
    const fresh = rows.filter((row) => !until || (maybeInstant(Row.safeParse(row).data?.updatedAt) ?? until) >= until);
    const ends = next === undefined || fresh.length < rows.length;
    const place = changedTo === undefined ? { next, upTo } : cursor;
    yield { records: withPortal(config, fresh), cursor: clean(ends ? { changedTo: upTo } : place) };
    if (ends) return;
  }
}

const clean = (cursor: Readonly<Record<keyof MarketingCursor, string | undefined>> | MarketingCursor) =>
  Object.fromEntries(Object.entries(cursor).filter(([, value]) => value !== undefined)) as MarketingCursor;

/**
 * E-mails by their time of change, those that were archived too; then what was published in the last days once more,
 * since statistics change without it. Source: https://developers.hubspot.com/docs/api-reference/latest/marketing/marketing-emails/guide
 */
export async function* readEmails(
  { http, config }: Context,
  cursor: MarketingCursor,
): AsyncGenerator<Page<MarketingCursor>, void, undefined> {
  const { changedTo } = cursor;
  const since = changedTo && earlier(changedTo, config.overlapSeconds * 1000);
  const common: Query = { limit: config.pageSize, includeStats: true, marketingCampaignNames: true };
  const lists: Query[] = [
    { ...common, sort: "updatedAt", updatedAfter: since },
    { ...common, sort: "updatedAt", updatedAfter: since, archived: true },
    ...(changedTo === undefined
      ? []
      : [{ ...common, sort: "publishDate", publishedAfter: earlier(changedTo, config.recheckDays * DAY_MS) }]),
  ];
  let upTo = cursor.upTo ?? changedTo;
  let place = cursor;
  for (const [index, query] of lists.entries()) {
    const isFirstRead = index === 0 && changedTo === undefined;
    for await (const { rows, next } of listPages(http, emails(config), query, isFirstRead ? cursor.next : undefined)) {
      upTo = latest(rows, upTo);
      if (isFirstRead) place = clean({ changedTo, next, upTo });
      if (rows.length > 0) yield { records: withPortal(config, rows), cursor: place };
    }
  }
  yield { records: [], cursor: upTo === undefined ? {} : { changedTo: upTo } };
}

const reread =
  (path: (config: Config) => string, query: Query) =>
  async ({ http, config }: Context, ids: readonly string[]): Promise<unknown[]> => {
    const records: unknown[] = [];
    for (const id of ids.filter((one) => /^[\w-]{1,60}$/.test(one))) {
      try {
        records.push(await http.json(Row, "GET", pathOf(`${path(config)}/${id}`, query)));
      } catch (error) {
        if (!(error instanceof HubError) || error.code !== "vendor_not_found") throw error;
      }
    }
    return withPortal(config, records);
  };

export const rereadCampaigns = reread(campaigns, { properties: CAMPAIGN });
export const rereadEmails = reread(emails, { includeStats: true, marketingCampaignNames: true });

/** Ids of a whole list, for a census. */
const idsOf = (path: (config: Config) => string, query: Query) =>
  async function* ({ http, config }: Context) {
    for await (const { rows } of listPages(http, path(config), { limit: config.pageSize, ...query })) {
      yield rows.flatMap((row) => Row.safeParse(row).data ?? []).map(({ id }) => ({ id }));
    }
  };

export const campaignIds = idsOf(campaigns, {});
