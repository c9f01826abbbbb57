import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { instant } from "../../shared/domain/instant.ts";
import { listPages, located, of, placeOf, query } from "./ask.ts";
import type { Config } from "./config.ts";

type Context = ReadContext<Config>;

/** The last response that was read; PostHog's own times. */
export const ResponseCursor = z.strictObject({ timestamp: z.string().optional(), uuid: z.string().optional() });
export type ResponseCursor = z.output<typeof ResponseCursor>;

/** Only what the answers are: who gave them is not asked. */
const COLUMNS = [
  ["uuid", "uuid"],
  ["timestamp", "timestamp"],
  ["surveyId", "properties.$survey_id"],
  ["completed", "properties.$survey_completed"],
  ["response", "properties.$survey_response"],
  ["questions", "properties.$survey_questions"],
] as const;
const SELECT = `SELECT ${COLUMNS.map(([, column]) => column).join(", ")} FROM events WHERE event = 'survey sent'`;

/** Events keep coming in for a while: what is younger is left to the next run. */
const AFTER = `${SELECT} AND timestamp < now() - INTERVAL 5 MINUTE AND (timestamp, uuid) > (toDateTime64({timestamp}, 6, 'UTC'), toUUID({uuid})) ORDER BY timestamp, uuid`;
const FIRST = `${SELECT} AND timestamp < now() - INTERVAL 5 MINUTE AND timestamp >= now() - toIntervalDay({days}) ORDER BY timestamp, uuid`;
const NONE = "00000000-0000-0000-0000-000000000000";

const Rows = z.looseObject({ results: z.array(z.array(z.unknown())) });
const Row = z.looseObject({ uuid: z.string(), timestamp: z.string(), surveyId: z.string().nullish() });

/** Reads survey responses in the order of (timestamp, uuid), which loses none that share a time. */
export async function* readResponses(
  context: Context,
  cursor: ResponseCursor,
  project: string,
): AsyncGenerator<Page<ResponseCursor>, void, undefined> {
  const { config } = context;
  const questions = await questionsOf(context, project);
  if (questions.size === 0) return;
  let at = startOf(config, cursor);
  for (;;) {
    const values = { ...(at ?? {}), days: config.responseDays };
    const limit = ` LIMIT ${config.responsePageSize}`;
    const asked = { kind: "HogQLQuery", query: (at === undefined ? FIRST : AFTER) + limit, values };
    const records = rowsOf((await query(context, project, Rows, asked)).results);
    const last = records.at(-1);
    if (last === undefined) return;
    if (at !== undefined && last.uuid === at.uuid)
      throw new HubError("vendor_paging_broken", "responses repeat a page", { retry: "later" });
    at = { timestamp: last.timestamp, uuid: last.uuid };
    const placed = records.map((row) => ({
      ...row,
      ...placeOf(config, project),
      asked: questions.get(row.surveyId ?? "") ?? [],
    }));
    const isAhead = cursor.timestamp === undefined || Date.parse(at.timestamp) >= Date.parse(cursor.timestamp);
    yield { records: placed, cursor: isAhead ? at : cursor };
    if (records.length < config.responsePageSize) return;
  }
}

/** The overlap catches what came in late; the pages of an overlap that are known are not told again. */
const startOf = ({ overlapHours }: Config, { timestamp }: ResponseCursor) => {
  if (timestamp === undefined) return undefined;
  const before = Date.parse(instant(timestamp)) - overlapHours * 3_600_000;
  return { timestamp: new Date(before).toISOString(), uuid: NONE };
};

const rowsOf = (rows: readonly (readonly unknown[])[]): z.output<typeof Row>[] =>
  rows.map((row) => Row.parse(Object.fromEntries(COLUMNS.map(([name], index) => [name, row[index]]))));

const Asked = z.looseObject({ id: z.string(), questions: z.array(z.unknown()).nullish() });

const questionsOf = async (context: Context, project: string): Promise<Map<string, readonly unknown[]>> => {
  const found = new Map<string, readonly unknown[]>();
  for await (const { records } of listPages(context, of(project, "surveys")))
    for (const record of records) {
      const { id, questions } = Asked.parse(record);
      found.set(id, questions ?? []);
    }
  return found;
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Responses by the ids of their events. */
export const rereadResponses = async (context: Context, ids: readonly string[]): Promise<unknown[]> => {
  const records: unknown[] = [];
  const wanted = located(ids, context.config).filter(({ id }) => UUID.test(id));
  for (const [project, named] of Map.groupBy(wanted, (one) => one.project)) {
    const questions = await questionsOf(context, project);
    for (const { id } of named) {
      const asked = { kind: "HogQLQuery", query: `${SELECT} AND uuid = toUUID({uuid}) LIMIT 1`, values: { uuid: id } };
      for (const row of rowsOf((await query(context, project, Rows, asked)).results))
        records.push({
          ...row,
          ...placeOf(context.config, project),
          asked: questions.get(row.surveyId ?? "") ?? [],
        });
    }
  }
  return records;
};
