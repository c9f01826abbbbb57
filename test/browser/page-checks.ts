import type { Browser } from "playwright-core";
import { inTurn, type Look, look, warmBytes } from "./looks.ts";
import type { Result } from "./result.ts";

const AT_ONCE = 2;
const KB = 1000;
const FIRST_KB = 100;
const NEXT_KB = 20;
const PAINTED_MS = 1000;
/** The reference of the whole API on one page, to be searched in. */
const REFERENCE = { address: "/docs/api", kb: 40 } as const;

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

/** What holds of every page in whatever state: weight, calm, access for all, the policy, small windows. */
export const pageChecks = async (
  browser: Browser,
  places: readonly Place[],
  missing: readonly string[],
): Promise<readonly Result[]> => {
  const all = places.flatMap((place) => place.addresses.map((address) => ({ place, address })));
  const looks = await inTurn(all, AT_ONCE, async ({ place, address }) => ({
    place,
    seen: await look(browser, place.hub, address),
  }));
  const [main] = places;
  const warm = main === undefined ? new Map<string, number>() : await warmBytes(browser, main.hub, main.addresses);
  const named = looks.map(({ place, seen }) => ({
    ...seen,
    name: `${place.name} ${seen.address}`,
    wanted: place.status ?? 200,
  }));
  const wrong = (of: (one: Look & { name: string; wanted: number }) => string | false): string[] =>
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
      figure: kb(most([...warm].flatMap(([address, bytes]) => (address === REFERENCE.address ? [] : bytes)))),
      limit: `${NEXT_KB} KB`,
      wrong: [...warm].flatMap(([address, bytes]) =>
        address !== REFERENCE.address && bytes > NEXT_KB * KB ? [`${address}: ${kb(bytes)}`] : [],
      ),
    },
    {
      check: 1,
      what: `the next page, where it is ${REFERENCE.address}`,
      figure: kb(warm.get(REFERENCE.address) ?? 0),
      limit: `${REFERENCE.kb} KB`,
      wrong: (warm.get(REFERENCE.address) ?? 0) > REFERENCE.kb * KB ? ["too heavy"] : [],
    },
    {
      check: 4,
      what: "nothing moves while a page loads (CLS)",
      figure: most(named.map(({ shift }) => shift)).toFixed(3),
      limit: "0.000",
      wrong: wrong(({ shift }) => shift > 0 && `moved by ${shift.toFixed(4)}`),
    },
    {
      check: 5,
      what: "the largest part is painted (LCP)",
      figure: `${most(named.map(({ painted }) => painted)).toFixed(0)} ms`,
      limit: `${PAINTED_MS} ms`,
      wrong: wrong(
        ({ painted, status }) =>
          (status < 400 && painted === 0 && "nothing was painted") ||
          (painted > PAINTED_MS && `painted after ${painted.toFixed(0)} ms, twice`),
      ),
    },
    {
      check: 6,
      what: "axe, all rules but AAA: light, dark, 390 px, 320 px",
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
      what: "no page scrolls sideways at 320 px",
      figure: `${most(named.map(({ sideways }) => sideways))} px too wide`,
      limit: "0",
      wrong: wrong(({ sideways }) => sideways > 0 && `${sideways} px too wide`),
    },
  ];
};
