/** Who works longer without a pause lets a webhook wait for as long, once at each step of its receipt. */
const AT_MOST_MS = 10;
/** Where both wait, all but every so many turns are of those ahead. */
const OTHERS_EVERY = 3;

/** What stands in line: `ahead` is what stores records, since whatever follows from them is done once for all that are there. */
export type Line = "ahead" | "behind";

const waiting: Readonly<Record<Line, (() => void)[]>> = { ahead: [], behind: [] };
let isAsked = false;
let turns = 0;
let since = performance.now();

const ask = (): void => {
  isAsked = waiting.ahead.length + waiting.behind.length > 0;
  if (isAsked) setImmediate(next);
};

const next = (): void => {
  turns += 1;
  const { ahead, behind } = waiting;
  const isOthers = ahead.length === 0 || (turns % OTHERS_EVERY === 0 && behind.length > 0);
  const go = (isOthers ? behind : ahead).shift();
  ask();
  since = performance.now();
  go?.();
};

/**
 * Lets all that came from outside have its turn. Of those that give way one goes on for each look at the sockets, in the
 * order in which they came: three loops that work off a backlog take no longer in between than one.
 */
export const giveWay = (line: Line = "behind"): Promise<void> =>
  new Promise((resolve) => {
    waiting[line].push(resolve);
    if (!isAsked) ask();
  });

/** For loops over anything: gives way only after a while, since each pause ends a commit of the embedded store. */
export const breathe = (line: Line = "behind"): Promise<void> | undefined =>
  performance.now() - since > AT_MOST_MS ? giveWay(line) : undefined;
