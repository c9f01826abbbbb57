import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import type { VendorHttp } from "../../shared/connector/http.ts";
import type { Instant } from "../../shared/domain/instant.ts";
import { restOf, type Source } from "./documents.ts";
import { send } from "./graphql.ts";

const PageInfo = z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
const Connection = z.looseObject({ nodes: z.array(z.unknown()), pageInfo: PageInfo });
const WithId = z.looseObject({ id: z.string() });

/** More pages than any workspace has: a walk that long goes in circles. */
const PAGES_AT_MOST = 20_000;

/** One page of a connection, untouched. */
export interface Walked {
  readonly nodes: readonly unknown[];
  /** Where the next page starts; undefined after the last. */
  readonly after: string | undefined;
  /** When Linear answered, by its clock. */
  readonly at: Instant | undefined;
}

/**
 * Walks one connection of the query root, or of one record below it, from a page token on to the end.
 *
 * @param path the fields that lead to the connection, e.g. `["issues"]` or `["issue", "labels"]`
 * @throws HubError vendor_paging_broken if a token comes twice or is missing; those of {@link send}
 */
export async function* walk(
  http: VendorHttp,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  path: readonly string[],
  from?: string,
): AsyncGenerator<Walked, void, undefined> {
  const seen = new Set<string>(from === undefined ? [] : [from]);
  let after = from;
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const { data, at } = await send(http, query, { ...variables, ...(after !== undefined && { after }) });
    const { nodes, pageInfo } = connectionAt(data, path);
    const next = pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined;
    if (pageInfo.hasNextPage && (next === undefined || seen.has(next))) throw broken(path);
    yield { nodes, after: next, at };
    if (next === undefined) return;
    seen.add(next);
    after = next;
  }
  throw broken(path);
}

const connectionAt = (data: unknown, path: readonly string[]): z.output<typeof Connection> => {
  const found = path.reduce<unknown>(
    (value, field) => (value as Readonly<Record<string, unknown>> | null | undefined)?.[field],
    data,
  );
  const connection = Connection.safeParse(found);
  if (connection.success) return connection.data;
  throw new HubError("vendor_answer_unreadable", `${path.join(".")} is no list in Linear's answer`, {
    retry: "later",
    cause: connection.error,
  });
};

const broken = (path: readonly string[]): HubError =>
  new HubError("vendor_paging_broken", `${path.join(".")} gave a page token twice or none where more was announced`, {
    retry: "later",
  });

/** The records with every nested list read to its end: a list cut at its first page would look like a removal. */
export const complete = async (
  http: VendorHttp,
  source: Source,
  records: readonly unknown[],
): Promise<readonly unknown[]> => {
  const whole: unknown[] = [];
  for (const record of records) whole.push(await completeOne(http, source, record));
  return whole;
};

const completeOne = async (http: VendorHttp, source: Source, record: unknown): Promise<unknown> => {
  const known = WithId.safeParse(record);
  if (!known.success) return record;
  const rest: Record<string, unknown> = {};
  for (const name of Object.keys(source.nested)) {
    const list = Connection.safeParse(known.data[name]);
    if (!list.success || !list.data.pageInfo.hasNextPage) continue;
    const all = [...list.data.nodes];
    const from = list.data.pageInfo.endCursor;
    if (!from) throw broken([source.single, name]);
    const query = restOf(source, name);
    for await (const { nodes } of walk(http, query, { id: known.data.id }, [source.single, name], from)) {
      all.push(...nodes);
    }
    rest[name] = { ...list.data, nodes: all, pageInfo: { hasNextPage: false, endCursor: null } };
  }
  return Object.keys(rest).length === 0 ? record : { ...known.data, ...rest };
};

/** The records in an answer to a list or single query of this source, as Linear gives it with or without `data`. */
export const listed = ({ list, single }: Source, answer: unknown): readonly unknown[] | undefined => {
  const Root = z.looseObject({ [list]: z.looseObject({ nodes: z.array(z.unknown()) }) });
  const One = z.looseObject({ [single]: z.looseObject({ id: z.string() }) });
  const Wrapped = z.looseObject({ data: z.looseObject({}) });
  const wrapped = Wrapped.safeParse(answer);
  const root = wrapped.success ? wrapped.data.data : answer;
  const many = Root.safeParse(root);
  if (many.success) return many.data[list]?.nodes;
  const one = One.safeParse(root);
  return one.success ? [one.data[single]] : undefined;
};
