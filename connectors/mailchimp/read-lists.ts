import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { type Config, selects } from "./config.ts";
import { listPages, pathOf } from "./paged-list.ts";
import { found } from "./read-campaigns.ts";

/** A list without times of change is read whole each run; a cursor only says where a broken-off run was. */
export const ListCursor = z.strictObject({ offset: z.int().optional() });
export type ListCursor = z.output<typeof ListCursor>;

type Context = ReadContext<Config>;

const Audience = z.looseObject({ id: z.string().min(1) });
const OfAudience = z.looseObject({ recipients: z.looseObject({ list_id: z.string().nullish() }).nullish() });
const History = z.looseObject({ history: z.array(z.unknown()) });

/** What is read of an audience: neither addresses nor senders. */
const AUDIENCE = ["id", "web_id", "name", "date_created", "subscribe_url_long", "stats"];
const AUTOMATION = [
  ...["id", "create_time", "start_time", "status", "emails_sent", "recipients.list_id", "recipients.list_name"],
  ...["settings.title", "tracking.google_analytics", "report_summary.unique_opens", "report_summary.subscriber_clicks"],
];
const MONTHS = 1000;

const cursorOf = (next: number | undefined): ListCursor => (next === undefined ? {} : { offset: next });
const fieldsOf = (list: string, names: readonly string[]) => names.map((name) => `${list}.${name}`).join(",");

/** Source: https://mailchimp.com/developer/marketing/api/lists/get-lists-info/ */
export async function* readAudiences(
  context: Context,
  cursor: ListCursor,
): AsyncGenerator<Page<ListCursor>, void, undefined> {
  const query = { fields: fieldsOf("lists", AUDIENCE), sort_field: "date_created", sort_dir: "ASC" };
  for await (const { rows, next } of listPages(context, "lists", "lists", query, cursor.offset)) {
    const records: unknown[] = [];
    for (const row of rows) {
      const { id } = Audience.parse(row);
      if (selects(context.config, id)) records.push(await withGrowth(context, row, id));
    }
    yield { records, cursor: cursorOf(next) };
  }
}

/** Source: https://mailchimp.com/developer/marketing/api/list-growth-history/list-growth-history-data/ */
const withGrowth = async ({ http }: Context, audience: unknown, id: string): Promise<unknown> => {
  const fields = "history.month,history.subscribed";
  const query = { count: MONTHS, sort_field: "month", sort_dir: "DESC", fields };
  const answer = await found(http.json(History, "GET", pathOf(`lists/${id}/growth-history`, query)));
  return { ...(audience as object), growth: answer?.history ?? [] };
};

export const rereadAudiences = async (context: Context, ids: readonly string[]): Promise<unknown[]> => {
  const records: unknown[] = [];
  for (const id of ids.filter((one) => /^\w{1,40}$/.test(one) && selects(context.config, one))) {
    const path = pathOf(`lists/${id}`, { fields: AUDIENCE.join(",") });
    const audience = await found(context.http.json(Audience, "GET", path));
    if (audience !== undefined) records.push(await withGrowth(context, audience, id));
  }
  return records;
};

/** Source: https://mailchimp.com/developer/marketing/api/automation/list-automations/ */
export async function* readAutomations(
  context: Context,
  cursor: ListCursor,
): AsyncGenerator<Page<ListCursor>, void, undefined> {
  const query = { fields: fieldsOf("automations", AUTOMATION) };
  for await (const { rows, next } of listPages(context, "automations", "automations", query, cursor.offset)) {
    const records = rows.filter((row) =>
      selects(context.config, OfAudience.safeParse(row).data?.recipients?.list_id ?? undefined),
    );
    yield { records, cursor: cursorOf(next) };
  }
}
