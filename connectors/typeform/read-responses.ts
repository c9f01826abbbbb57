import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import { type Config, selects } from "./config.ts";
import { formOf, formRows } from "./read-forms.ts";
import { Form } from "./schema.ts";

/** By form, the latest response that was read. */
export const ResponseCursor = z.strictObject({ submittedTo: z.record(z.string(), z.string()).optional() });
export type ResponseCursor = z.output<typeof ResponseCursor>;

type Context = ReadContext<Config>;

const List = z.looseObject({ items: z.array(z.unknown()) });
const Row = z.looseObject({ token: z.string().nullish(), submitted_at: z.string().nullish() });
const WINDOWS_AT_MOST = 10_000;

/** What a response needs of its form; the webhook tells the same as `definition`. */
interface Definition {
  readonly id: string;
  readonly title: string | null | undefined;
  readonly fields: readonly unknown[];
}

/**
 * Completed responses of one form or of all, oldest first, in windows that begin where the last one ended: Typeform's
 * tokens do not go together with an order. Source: https://www.typeform.com/developers/responses/reference/retrieve-responses/
 */
export async function* readResponses(
  context: Context,
  cursor: ResponseCursor,
  scope: string,
): AsyncGenerator<Page<ResponseCursor>, void, undefined> {
  const submittedTo: Record<string, string> = { ...cursor.submittedTo };
  for (const form of scope === "" ? await formIds(context) : [scope]) {
    for await (const { records, latest } of windowsOf(context, form, submittedTo[form])) {
      if (latest !== undefined) submittedTo[form] = latest;
      yield { records, cursor: { submittedTo: { ...submittedTo } } };
    }
  }
}

const formIds = async (context: Context): Promise<string[]> => {
  const ids: string[] = [];
  for await (const rows of formRows(context)) ids.push(...rows.map(({ id }) => id));
  return ids;
};

async function* windowsOf(
  { http, config }: Context,
  form: string,
  from: Instant | undefined,
): AsyncGenerator<{ readonly records: readonly unknown[]; readonly latest: Instant | undefined }, void, undefined> {
  let since = from && new Date(Date.parse(from) - config.overlapSeconds * 1000).toISOString();
  let latest = from;
  let definition: Definition | undefined;
  for (let window = 0; window < WINDOWS_AT_MOST; window++) {
    const query = new URLSearchParams({
      page_size: String(config.responsePageSize),
      sort: "submitted_at,asc",
      response_type: "completed",
      ...(since && { since: toSecond(since) }),
    });
    const { items } = await http.json(List, "GET", `forms/${form}/responses?${query}`);
    const times = items.flatMap((item) => maybeInstant(Row.safeParse(item).data?.submitted_at) ?? []).toSorted();
    const last = times.at(-1);
    if (last !== undefined && (latest === undefined || last > latest)) latest = last;
    if (items.length > 0) {
      definition ??= await definitionOf(http, form);
      yield { records: items.map((item) => withForm(item, form, definition)), latest };
    }
    if (items.length < config.responsePageSize) return;
    // Typeform reckons in seconds: a window that does not get beyond its own first second would be given for ever.
    if (last === undefined || (since !== undefined && toSecond(last) <= toSecond(since))) break;
    since = last;
  }
  throw new HubError("vendor_paging_broken", `the responses of form ${form} do not go on`, { retry: "later" });
}

const toSecond = (at: Instant): string => at.replace(/\.\d{3}Z$/, "Z");

const definitionOf = async (http: Context["http"], form: string): Promise<Definition | undefined> => {
  const { data } = Form.safeParse(await formOf(http, form));
  return data === undefined ? undefined : { id: data.id, title: data.title, fields: data.fields ?? [] };
};

/** Metadata (browser, network id) is left out: it leads to a person and tells nothing here. */
const withForm = (response: unknown, form: string, definition: Definition | undefined): unknown => {
  if (typeof response !== "object" || response === null) return response;
  const { metadata: _, ...rest } = response as Readonly<Record<string, unknown>>;
  return { ...rest, form_id: form, ...(definition !== undefined && { definition }) };
};

const PAIR = /^([\w-]{1,40})\/([\w-]{1,100})$/;

/** What {@link rereadResponses} takes for a response: its form and its token. */
export const rereadId = (record: unknown): string | undefined => {
  const told = z.looseObject({ form_id: z.string(), token: z.string() }).safeParse(record).data;
  return told && `${told.form_id}/${told.token}`;
};

/** Responses by form and token. */
export const rereadResponses = async ({ http, config }: Context, ids: readonly string[]): Promise<unknown[]> => {
  const byForm = Map.groupBy(
    ids.flatMap((id) => [PAIR.exec(id)].flatMap((match) => (match === null ? [] : [match]))),
    ([, form = ""]) => form,
  );
  const records: unknown[] = [];
  for (const [form, pairs] of byForm) {
    if (!selects(config, form)) continue;
    const tokens = pairs.map(([, , token]) => token ?? "");
    const query = new URLSearchParams({
      page_size: String(config.responsePageSize),
      included_response_ids: tokens.join(","),
    });
    const { items } = await http.json(List, "GET", `forms/${form}/responses?${query}`);
    const wanted = items.filter((item) => tokens.includes(Row.safeParse(item).data?.token ?? ""));
    if (wanted.length === 0) continue;
    const definition = await definitionOf(http, form);
    records.push(...wanted.map((item) => withForm(item, form, definition)));
  }
  return records;
};
