import * as z from "zod";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";

/**
 * Issues that the next overlap will list again, each as its id and update time. An overlap is there to give a second
 * look at what Jira's index or changelog may not have had at the first; what had both looks is passed over. A second look
 * counts only where the overlap had gone by since the update, on Jira's clock: quick polls do not outwait a lag.
 */
export const Looks = z.strictObject({ once: z.array(z.string()), twice: z.array(z.string()) });
export type Looks = z.output<typeof Looks>;

const Listed = z.looseObject({ id: z.string(), fields: z.looseObject({ updated: z.string() }) });
/** What is beyond is only given again. */
const REMEMBERED = 100;
/** A time that is written in minutes is rounded down. */
const MINUTE_MS = 60_000;

const markOf = (issue: unknown): { readonly mark: string; readonly at: Instant } | undefined => {
  const listed = Listed.safeParse(issue).data;
  const at = maybeInstant(listed?.fields.updated);
  return listed === undefined || at === undefined ? undefined : { mark: `${listed.id} ${at}`, at };
};

/** The issues of a page that have not had both looks as they are now. */
export const unsettled = (issues: readonly unknown[], looks: Looks | undefined): readonly unknown[] => {
  const settled = new Set(looks?.twice);
  return issues.filter((issue) => !settled.has(markOf(issue)?.mark ?? ""));
};

/**
 * Collects what a run lists, page by page, and tells what the next run must know of it.
 *
 * @returns takes a page, the latest update seen, and when Jira answered if it told that; the latest update stands in for it
 */
export const lookingAt = (before: Looks | undefined, overlapSeconds: number) => {
  const once = new Set(before?.once);
  const twice = new Set(before?.twice);
  const overlapMs = overlapSeconds * 1000;
  let seen: { readonly mark: string; readonly at: Instant; readonly isLate: boolean }[] = [];
  return (issues: readonly unknown[], latest: Instant | undefined, answeredAt: Instant | undefined): Looks => {
    const floor = new Date(Date.parse(latest ?? "1970-01-01") - overlapMs - MINUTE_MS).toISOString();
    const now = Date.parse(answeredAt ?? latest ?? "1970-01-01");
    const listed = issues.flatMap((issue) => markOf(issue) ?? []);
    seen = [...seen, ...listed.map((one) => ({ ...one, isLate: now - Date.parse(one.at) >= overlapMs }))]
      .filter(({ at }) => at >= floor)
      .slice(-REMEMBERED);
    const hadBoth = ({ mark, isLate }: (typeof seen)[number]) => twice.has(mark) || (once.has(mark) && isLate);
    return {
      once: seen.filter((one) => !hadBoth(one)).map(({ mark }) => mark),
      twice: seen.filter(hadBoth).map(({ mark }) => mark),
    };
  };
};
