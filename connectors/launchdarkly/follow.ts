import * as z from "zod";
import type { Page, ReadContext, Stream } from "../../shared/connector/contract.ts";
import { entriesSince, type Followed, newestEntry, type Subject, subjectsOf } from "./audit-log.ts";
import { type Config, scopesOf } from "./config.ts";

type Context = ReadContext<Config>;

const Walk = z.strictObject({
  /** Which of several lists, e.g. an environment; absent at the first. */
  part: z.string().optional(),
  offset: z.int().nonnegative(),
  /** The last change when the walk began. */
  began: z.number(),
});

export const Cursor = z.strictObject({
  /** Time of the last change that is known, in milliseconds since the epoch, by the audit log. */
  told: z.number().optional(),
  /** Entries of the overlap before it that were followed already. */
  followed: z.array(z.string()).optional(),
  /** When everything was read last, by LaunchDarkly's clock. */
  wholeAt: z.iso.datetime().optional(),
  /** The reading of everything that is under way. */
  walk: Walk.optional(),
});
export type Cursor = z.output<typeof Cursor>;

/** A page of everything, and the place of the next one. */
export interface WholePage {
  readonly records: readonly unknown[];
  readonly next?: { readonly part?: string; readonly offset: number } | undefined;
}

/** How the records of one kind are read. */
export interface Reading {
  readonly what: Followed;
  readonly whole: (
    context: Context,
    project: string,
    from: { readonly part?: string | undefined; readonly offset: number },
  ) => AsyncGenerator<WholePage, void, undefined>;
  readonly reread: (context: Context, ids: readonly string[]) => Promise<readonly unknown[]>;
  readonly idOf: (subject: Subject) => string;
}

const REREAD_AT_ONCE = 20;

/**
 * Everything at first and once a day, and in between what the audit log names: flags tell no time of their last change,
 * and what they hold is large. Each page is a checkpoint.
 */
export const poll = (reading: Reading): NonNullable<Stream<Config, unknown, Cursor>["poll"]> => ({
  cursor: Cursor,
  start: {},
  scopes: scopesOf,
  async *read(context, cursor, project) {
    const { date, now } = await newestEntry(context, reading.what, project);
    const isDue = cursor.told === undefined || cursor.walk !== undefined || isOld(cursor, now, context.config);
    const changes = isDue ? undefined : await changesOf(reading, context, cursor, project);
    if (changes === undefined) yield* wholePages(reading, context, cursor, project, date, now);
    else yield* changedPages(reading, context, changes);
  },
});

const isOld = ({ wholeAt }: Cursor, now: string | undefined, { wholeEveryHours }: Config): boolean =>
  now !== undefined && (wholeAt === undefined || Date.parse(now) - Date.parse(wholeAt) >= wholeEveryHours * 3_600_000);

async function* wholePages(
  { whole }: Reading,
  context: Context,
  cursor: Cursor,
  project: string,
  newest: number,
  now: string | undefined,
): AsyncGenerator<Page<Cursor>, void, undefined> {
  const { began, part, offset } = cursor.walk ?? { began: newest, offset: 0 };
  for await (const { records, next } of whole(context, project, { part, offset })) {
    yield {
      records,
      cursor:
        next === undefined
          ? { told: began, ...(now !== undefined && { wholeAt: now }) }
          : { ...cursor, walk: { ...next, began } },
    };
  }
}

interface Changes {
  readonly ids: readonly string[];
  /** Where the next run begins. */
  readonly cursor: Cursor;
  readonly before: Cursor;
}

/** @returns undefined if too much has changed to follow it one by one */
const changesOf = async (
  { what, idOf }: Reading,
  context: Context,
  cursor: Cursor,
  project: string,
): Promise<Changes | undefined> => {
  const { told = 0, followed = [] } = cursor;
  const overlap = context.config.overlapSeconds * 1000;
  const entries = await entriesSince(context, what, project, Math.max(0, told - overlap));
  if (entries === undefined) return undefined;
  const known = new Set(followed);
  const subjects = entries.filter(({ _id }) => !known.has(_id)).flatMap(subjectsOf);
  const ids = subjects.flatMap((subject) =>
    subject.what === what && subject.project === project ? [idOf(subject)] : [],
  );
  const newest = Math.max(told, ...entries.map(({ date }) => date));
  const kept = entries.flatMap(({ _id, date }) => (date >= newest - overlap ? [_id] : [])).toSorted();
  return { ids: [...new Set(ids)].toSorted(), cursor: { ...cursor, told: newest, followed: kept }, before: cursor };
};

async function* changedPages(
  { reread }: Reading,
  context: Context,
  { ids, cursor, before }: Changes,
): AsyncGenerator<Page<Cursor>, void, undefined> {
  for (let start = 0; start < ids.length; start += REREAD_AT_ONCE) {
    yield { records: await reread(context, ids.slice(start, start + REREAD_AT_ONCE)), cursor: before };
  }
  yield { records: [], cursor };
}
