import type { Browser } from "playwright-core";
import { coldAndWarm, type Look, look, looker } from "./looks.ts";
import type { Result } from "./result.ts";

const AT_ONCE = 2;
const KB = 1000;
const FIRST_KB = 100;
const NEXT_KB = 20;
const PAINTED_MS = 1000;
/** On a busy machine even a page with one word is painted late: ours may take so many times as long at the same moment. */
const TIMES_BARE = 10;
/** Loaded once more by somebody who was on another page, to see that what may be kept is kept. */
const WARM = 3;
/** Headers of another length: request ids and dates. */
const HEADERS = 300;
/** A hub that goes on polling may change between two visits; both are made again then. */
const TRIES = 3;

const kb = (bytes: number): string => `${(bytes / KB).toFixed(1)} KB`;
const most = (figures: readonly number[]): number => Math.max(0, ...figures);

/** The same finding on many pages as one line. */
const grouped = (found: readonly (readonly [line: string, page: string])[]): string[] =>
  [...Map.groupBy(found, ([line]) => line)].map(([line, all]) => `${line}: ${all.length} pages, as ${all[0]?.[1]}`);

/** A hub, what is to be looked at there, and the status that each address answers with if it is not 200. */
export interface Place {
  readonly hub: string;
  readonly addresses: readonly string[];
  readonly name: string;
  readonly status?: number | undefined;
}

/** One page of a place, as it was looked at. */
export interface Looked extends Look {
  readonly hub: string;
  readonly name: string;
  readonly wanted: number;
}

/** Looks at every page of the places, some at once. @param bare address of a page with one word on it */
export const lookAt = async (browser: Browser, places: readonly Place[], bare: string): Promise<readonly Looked[]> => {
  const queue = places.flatMap((place) => place.addresses.map((address) => ({ place, address })));
  const looked: Looked[] = [];
  const worker = async () => {
    await using looking = await looker(browser);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { place, address } = next;
      const seen = await look(looking, place.hub, address, bare);
      looked.push({ ...seen, hub: place.hub, name: `${place.name} ${address}`, wanted: place.status ?? 200 });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return looked;
};

/**
 * What of the heaviest pages comes again for somebody who was on another page before, beside what a first visit at the
 * same moment lets a browser keep: a hub that goes on polling may have changed since its pages were looked at.
 */
const notKept = async (browser: Browser, named: readonly Looked[]): Promise<string[]> => {
  const heaviest = named
    .filter(({ name, status }) => name.startsWith("demo") && status === 200)
    .toSorted((a, b) => b.next - a.next)
    .slice(0, WARM);
  const wrong: string[] = [];
  for (const { hub, address } of heaviest) {
    for (let tries = 1; ; tries += 1) {
      const { cold, warm } = await coldAndWarm(browser, hub, address);
      const again = cold.all - cold.kept;
      if (warm >= KB && warm <= again + HEADERS) break;
      if (tries < TRIES) continue;
      wrong.push(`${address}: ${kb(again)} were counted, ${kb(warm)} came`);
      break;
    }
  }
  return heaviest.length === 0 ? ["no page was found"] : wrong;
};

/** What holds of every page in whatever state: weight, calm, access for all, the policy, small windows. */
export const pageChecks = async (
  browser: Browser,
  named: readonly Looked[],
  missing: readonly string[],
): Promise<readonly Result[]> => {
  const wrong = (of: (one: Looked) => string | false): string[] =>
    named.flatMap((one) => {
      const told = of(one);
      return told === false ? [] : [`${one.name}: ${told}`];
    });
  const titles = named.filter(({ name, status }) => name.startsWith("demo") && status === 200);
  const twice = titles.filter(({ title }, at) => titles.findIndex((one) => one.title === title) !== at);
  return [
    {
      check: 0,
      what: "every page of the table answers, each under a title of its own",
      figure: `${named.length} pages and states`,
      limit: "0 wrong",
      wrong: [
        ...missing,
        ...wrong(({ status, wanted }) => status !== wanted && `answers ${status} instead of ${wanted}`),
        ...twice.map(({ name, title }) => `${name}: the title "${title}" is another page's too`),
      ],
    },
    {
      check: 1,
      what: "a first visit, on the wire with all that it loads",
      figure: kb(most(named.map(({ bytes }) => bytes))),
      limit: `${FIRST_KB} KB`,
      wrong: wrong(({ bytes }) => bytes > FIRST_KB * KB && kb(bytes)),
    },
    {
      check: 1,
      what: "the next page",
      figure: kb(most(named.map(({ next }) => next))),
      limit: `${NEXT_KB} KB`,
      wrong: [...wrong(({ next }) => next > NEXT_KB * KB && kb(next)), ...(await notKept(browser, named))],
    },
    {
      check: 4,
      what: "nothing moves while a page loads (CLS)",
      figure: most(named.map(({ shift }) => shift)).toFixed(3),
      limit: "0.000",
      wrong: wrong(({ shift, moved }) => shift > 0 && `moved by ${shift.toFixed(4)}: ${moved}`),
    },
    {
      check: 5,
      what: "the largest part is painted (LCP)",
      figure: `${most(named.map(({ painted }) => painted)).toFixed(0)} ms`,
      limit: `${PAINTED_MS} ms, or ${TIMES_BARE} bare pages`,
      wrong: wrong(
        ({ painted, beside, status }) =>
          (status < 400 && painted === 0 && "nothing was painted") ||
          (painted > Math.max(PAINTED_MS, TIMES_BARE * beside) &&
            `painted after ${painted.toFixed(0)} ms at best; a page with one word after ${beside.toFixed(0)} ms`),
      ),
    },
    {
      check: 6,
      what: "axe, all rules but AAA: light at 1280 px, dark at 320 px; dark and 390 px by theirs",
      figure: `${named.reduce((sum, one) => sum + one.axe.length, 0)} violations`,
      limit: "0",
      wrong: grouped(named.flatMap((one) => one.axe.map((line): [string, string] => [line, one.name]))),
    },
    {
      check: 11,
      what: "a strict policy on every page, and nothing that it had to stop",
      figure: `${named.reduce((sum, one) => sum + one.complaints.length, 0)} complaints`,
      limit: "0",
      wrong: [
        ...wrong(
          ({ policy }) => (!policy.includes("default-src 'none'") || policy.includes("unsafe")) && `policy "${policy}"`,
        ),
        ...named.flatMap((one) => one.complaints.map((text) => `${one.name}: ${text.slice(0, 160)}`)),
      ],
    },
    {
      check: 15,
      what: "no page scrolls sideways at 1440, 1280, 390, 320 px",
      figure: `${named.reduce((sum, { sideways }) => sum + sideways.length, 0)} too wide`,
      limit: "0",
      wrong: wrong(({ sideways }) => sideways.length > 0 && sideways.join(", ")),
    },
    {
      check: 15,
      what: "what is pressed is at least 24 px high on a phone",
      figure: `${named.reduce((sum, { small }) => sum + small.length, 0)} smaller`,
      limit: "0",
      wrong: grouped(named.flatMap(({ small, name }) => small.map((one): [string, string] => [one, name]))),
    },
  ];
};
