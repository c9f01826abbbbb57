import * as z from "zod";
import type { Page, ReadContext, Stream } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import type { Config } from "./config.ts";
import type { Source } from "./documents.ts";
import { byText } from "./envelope.ts";
import { complete, type Walked, walk } from "./pages.ts";

type Filter = Readonly<Record<string, unknown>>;
type Context = ReadContext<Config>;

/** How one stream is read, beside its document. */
export interface Reading {
  readonly source: Source;
  /** The connection's selector as a filter of Linear. */
  readonly selector: (teams: readonly string[]) => Filter;
  /** Records to read each time though their update time did not move; `updatedAt` is the plain condition. */
  readonly since?: (updatedAt: Filter) => Filter;
  /** Archiving does not move `updatedAt`: how the archived ones are found. */
  readonly archived?: "filter" | "scan";
  readonly pageSize: (config: Config) => number;
}

const Pass = z.enum(["updated", "archived"]);
type Pass = z.output<typeof Pass>;

const Cursor = z.object({
  /** Latest `updatedAt` of the last finished pass over the changed ones. */
  updated: z.string().optional(),
  /** Latest `archivedAt` of the last finished pass over the archived ones. */
  archived: z.string().optional(),
  /** The pass at work: next page, latest time seen, and Linear's time when it began. */
  walk: z
    .object({
      pass: Pass,
      after: z.string().optional(),
      latest: z.string().optional(),
      began: z.string().optional(),
    })
    .optional(),
});
export type Cursor = z.output<typeof Cursor>;

const Times = z.looseObject({ updatedAt: z.string().nullish(), archivedAt: z.string().nullish() });
const WithId = z.looseObject({ id: z.string() });

/**
 * A poll of two passes: what was updated since the cursor, then what was archived since. Each page is a checkpoint.
 * The selector is part of the scope, so that a widened selector starts from the beginning.
 */
export const poll = (reading: Reading): NonNullable<Stream<Config, unknown, Cursor>["poll"]> => ({
  cursor: Cursor,
  start: {},
  scopes: ({ teams = [] }) => [teams.length === 0 ? "all" : teams.toSorted(byText).join(",")],
  async *read(context, cursor) {
    let at = cursor;
    async function* follow(pages: AsyncGenerator<Page<Cursor>>): AsyncGenerator<Page<Cursor>> {
      for await (const page of pages) {
        at = page.cursor;
        yield page;
      }
    }
    // A run that broke off among the archived ends that pass first: what was updated since is read all the same.
    if (at.walk?.pass === "archived") yield* follow(archivedPass(reading, context, at));
    yield* follow(updatedPass(reading, context, at));
    if (reading.archived !== undefined) yield* follow(archivedPass(reading, context, at));
  },
});

async function* updatedPass(reading: Reading, context: Context, cursor: Cursor): AsyncGenerator<Page<Cursor>> {
  const updatedAt = cursor.updated && { updatedAt: { gte: earlier(cursor.updated, context.config) } };
  const since = updatedAt ? (reading.since?.(updatedAt) ?? updatedAt) : {};
  let { latest, began } = cursor.walk ?? {};
  for await (const { nodes, after, at } of resumable(
    reading,
    context,
    since,
    reading.source.page,
    cursor.walk?.after,
  )) {
    began ??= at;
    const records = await complete(context.http, reading.source, nodes);
    latest = latestOf(records, "updatedAt", latest);
    if (after !== undefined) {
      yield { records, cursor: { ...cursor, walk: walkAt("updated", after, latest, began) } };
      continue;
    }
    const updated = later(cursor.updated, latest);
    // What was archived before this pass began came along in it, so the first pass over the archived starts here.
    const archived = cursor.archived ?? (began === undefined ? undefined : sooner(began, updated));
    yield {
      records,
      cursor: reading.archived ? cursorOf(updated, archived, { pass: "archived" }) : cursorOf(updated, undefined),
    };
  }
}

async function* archivedPass(reading: Reading, context: Context, cursor: Cursor): AsyncGenerator<Page<Cursor>> {
  const floor = cursor.archived === undefined ? undefined : earlier(cursor.archived, context.config);
  const scan = reading.archived === "scan" ? reading.source.ids : undefined;
  const filter = scan ? {} : { archivedAt: floor === undefined ? { null: false } : { gte: floor } };
  let { latest, began } = cursor.walk ?? {};
  const pages = resumable(reading, context, filter, scan ?? reading.source.page, cursor.walk?.after);
  for await (const { nodes, after, at } of pages) {
    began ??= at;
    // The list is not in the order of archiving: a time later than its first page may hide an earlier one behind it.
    latest = latestOf(nodes, "archivedAt", latest, began);
    const records = scan
      ? await reread(reading)(context, archivedSince(nodes, floor))
      : await complete(context.http, reading.source, nodes);
    const walk = after === undefined ? undefined : walkAt("archived", after, latest, began);
    const archived = after === undefined ? later(cursor.archived, latest) : cursor.archived;
    yield { records, cursor: cursorOf(cursor.updated, archived, walk) };
  }
}

/** A walk that begins anew if Linear no longer knows the page token: its record may be gone for good. */
async function* resumable(
  { source, selector, pageSize }: Reading,
  { http, config }: Context,
  since: Filter,
  query: string,
  from: string | undefined,
): AsyncGenerator<Walked> {
  const filter = { ...since, ...(config.teams?.length ? selector(config.teams) : {}) };
  const variables = { first: query === source.ids ? 250 : pageSize(config), filter };
  let progressed = false;
  try {
    for await (const page of walk(http, query, variables, [source.list], from)) {
      progressed = true;
      yield page;
    }
  } catch (error) {
    const refused = error instanceof HubError && error.details["type"] === "InvalidInput";
    if (from === undefined || progressed || !refused) throw error;
    yield* walk(http, query, variables, [source.list]);
  }
}

/** Reads records by id through the poll's own document and selector; what is gone, or not selected, is left out. */
export const reread =
  ({ source, selector, pageSize }: Reading) =>
  async ({ http, config }: Context, ids: readonly string[]): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    const first = pageSize(config);
    for (let start = 0; start < ids.length; start += first) {
      const wanted = { id: { in: ids.slice(start, start + first) } };
      const filter = { ...wanted, ...(config.teams?.length ? selector(config.teams) : {}) };
      for await (const { nodes } of walk(http, source.page, { first, filter }, [source.list])) {
        found.push(...(await complete(http, source, nodes)));
      }
    }
    return found;
  };

const archivedSince = (nodes: readonly unknown[], floor: Instant | undefined): string[] =>
  nodes.flatMap((node) => {
    const { archivedAt } = Times.parse(node);
    const at = maybeInstant(archivedAt);
    return at !== undefined && (floor === undefined || at >= floor) ? [WithId.parse(node).id] : [];
  });

const latestOf = (
  records: readonly unknown[],
  field: "updatedAt" | "archivedAt",
  held: Instant | undefined,
  notAfter?: Instant,
): Instant | undefined => {
  const times = records.flatMap((record) => maybeInstant(Times.safeParse(record).data?.[field]) ?? []);
  return times.filter((time) => notAfter === undefined || time <= notAfter).reduce<Instant | undefined>(later, held);
};

const later = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

const sooner = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

const earlier = (time: Instant, { overlapSeconds }: Config): Instant =>
  new Date(Date.parse(time) - overlapSeconds * 1000).toISOString();

const walkAt = (pass: Pass, after: string, latest: Instant | undefined, began: Instant | undefined) => ({
  pass,
  after,
  ...(latest !== undefined && { latest }),
  ...(began !== undefined && { began }),
});

const cursorOf = (updated: Instant | undefined, archived: Instant | undefined, walk?: Cursor["walk"]): Cursor => ({
  ...(updated !== undefined && { updated }),
  ...(archived !== undefined && { archived }),
  ...(walk !== undefined && { walk }),
});
