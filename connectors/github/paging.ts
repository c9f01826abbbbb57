import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import type { Answer, GitHub } from "./client.ts";

const Rows = z.array(z.unknown());

/** The rows of a list answer, or undefined if it is no list. */
export const listed = (answer: unknown): readonly unknown[] | undefined => Rows.safeParse(answer).data;

/** The rows of a list answer. @throws HubError vendor_answer_unreadable */
export const rowsOf = (body: unknown, what: string): unknown[] => {
  const rows = Rows.safeParse(body);
  if (rows.success) return rows.data;
  throw new HubError("vendor_answer_unreadable", `${what} did not answer with a list`, { retry: "later" });
};

/** Watches a run's pages: the same next page twice, or more pages than allowed, ends it without moving its cursor. */
export const pageGuard = (most: number, what: string): ((next: string) => void) => {
  const seen = new Set<string>();
  return (next) => {
    if (!seen.has(next) && seen.size < most) {
      seen.add(next);
      return;
    }
    const why = seen.has(next) ? "named the same next page twice" : `has more than ${most} pages`;
    throw new HubError("vendor_paging_broken", `${what} ${why}`, { retry: "later" });
  };
};

/** All rows of a list that belongs to one record. What is gone has none. */
export const allRows = async (
  github: GitHub,
  route: string,
  parameters: Readonly<Record<string, string | number>>,
  most: number,
  rows: (body: unknown) => unknown[] = (body) => rowsOf(body, route),
): Promise<unknown[]> => {
  const guard = pageGuard(most, route);
  const found: unknown[] = [];
  let answer: Answer | undefined = await github.find(route, { per_page: 100, ...parameters });
  while (answer !== undefined) {
    found.push(...rows(answer.body));
    if (answer.next === undefined) break;
    guard(answer.next);
    answer = await github.page(answer.next);
  }
  return found;
};

/** Far below the hundred that GitHub allows. */
const AT_ONCE = 8;

/** The next is asked for as soon as one is answered, none behind a failure. Results keep the order of the items. */
export const eightAtOnce = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at] as T).catch((error: unknown) => {
        next = items.length;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
};

/** A vendor time moved back, in GitHub's own form without milliseconds. */
export const before = (at: Instant, seconds: number): string =>
  toSecond(new Date(Date.parse(at) - seconds * 1000).toISOString());

/** The moment as GitHub writes it: to the second. */
export const toSecond = (at: Instant): string => at.replace(/\.\d{3}Z$/, "Z");

/** The later of two moments. */
export const later = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

/** A row dated in the future must not move a cursor past what GitHub calls now. */
export const notAfter = (at: Instant | undefined, now: Instant | undefined): Instant | undefined =>
  at !== undefined && now !== undefined && at > now ? now : at;

const Dated = z.looseObject({ updated_at: z.unknown().optional(), created_at: z.unknown().optional() });

/** A raw row's time, or undefined if it has none: the pipeline then judges the row. */
export const timeOf = (row: unknown, field: "updated_at" | "created_at"): Instant | undefined => {
  const told = Dated.safeParse(row).data?.[field];
  return typeof told === "string" ? maybeInstant(told) : undefined;
};
