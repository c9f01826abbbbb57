import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { type Visitor, visit } from "./chromium.ts";
import { timed } from "./timed.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Of level AAA, which is not claimed. */
const LEFT_OUT = "wcag2aaa";
/** What a narrow window can break; all else was looked at in a wide one. */
const OF_THE_WIDTH = ["target-size", "scrollable-region-focusable", "label", "link-name", "button-name", "region"];

/** What one look at a page found. */
export interface Look {
  readonly address: string;
  readonly status: number;
  readonly policy: string;
  readonly title: string;
  /** Bytes on the wire, of the page and all that it loads. */
  readonly bytes: number;
  /** Those of them that come again for somebody who was on another page before. */
  readonly next: number;
  readonly shift: number;
  /** Milliseconds until the largest part was painted. */
  readonly painted: number;
  /** The same of a page with one word, at the same moment; only where the page was slow. */
  readonly beside: number | undefined;
  /** Pixels that the page is wider than a window of 320. */
  readonly sideways: number;
  readonly axe: readonly string[];
  readonly complaints: readonly string[];
}

/** Bytes: all, and those of them that a browser keeps for its next page. */
interface Wire {
  readonly all: number;
  readonly kept: number;
}

/** Counts what comes over the wire from now on. */
export const wire = async (page: Page): Promise<() => Wire> => {
  const session = await page.context().newCDPSession(page);
  const immutable = new Set<string>();
  let [all, kept] = [0, 0];
  session.on("Network.responseReceived", ({ requestId, response }) => {
    const control = Object.entries(response.headers).find(([name]) => name.toLowerCase() === "cache-control")?.[1];
    if (control?.includes("immutable")) immutable.add(requestId);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    all += encodedDataLength;
    if (immutable.has(requestId)) kept += encodedDataLength;
  });
  await session.send("Network.enable");
  return () => ({ all, kept });
};

/** Sum of all moves, and when the largest part was painted. */
const PAINTING = `new Promise((resolve) => {
  let shift = 0, painted = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) shift += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) painted = entry.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  const started = performance.now();
  const wait = () => {
    const passed = performance.now() - started;
    if ((painted > 0 && passed > 120) || passed > 5000) resolve({ shift, painted });
    else setTimeout(wait, 60);
  };
  wait();
})`;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/** Every rule but those left out, or those named. @returns one line for each violation */
export const axe = async (page: Page, mode: string, only?: readonly string[]): Promise<string[]> => {
  if ((await page.evaluate("typeof axe")) === "undefined") await page.evaluate(AXE);
  const rules =
    only === undefined
      ? `axe.getRules().filter(({ tags }) => !tags.includes("${LEFT_OUT}")).map(({ ruleId }) => ruleId)`
      : JSON.stringify(only);
  const found: readonly Violation[] = await page.evaluate(
    `axe.run(document, { runOnly: { type: "rule", values: ${rules} }, resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.slice(0, 2).map(({ target, failureSummary }) => ({ target, failureSummary })) })))`,
  );
  return found.map(({ id, nodes }) => {
    const [node] = nodes;
    const why = node?.failureSummary?.split("\n").slice(1, 2).join("").trim() ?? "";
    return `${mode}: ${id} at ${String(node?.target)} (${why.slice(0, 140)})`;
  });
};

export const NARROW = { width: 320, height: 700 };
const PHONE = { width: 390, height: 800 };
const WIDE = { width: 1280, height: 800 };

interface Painting {
  readonly shift: number;
  readonly painted: number;
}

/** Slower than this, a page is loaded once more, beside one with nothing on it. */
const SLOW_MS = 1000;

/** Milliseconds until a page was painted that nothing is kept of. */
const painted = async (browser: Browser, address: string): Promise<number> => {
  await using visitor: Visitor = await visit(browser, { viewport: WIDE, colorScheme: "light" });
  await visitor.page.goto(address);
  return ((await visitor.page.evaluate(PAINTING)) as Painting).painted;
};

/** All of a page that does not depend on what somebody does with it, in a browser with an empty cache. */
export const look = async (browser: Browser, hub: string, address: string, bare: string): Promise<Look> => {
  await using visitor: Visitor = await visit(browser, { viewport: WIDE, colorScheme: "light" });
  const { page, complaints } = visitor;
  const bytes = await wire(page);
  const [response, first] = await timed("pages: load and paint", async () => [
    await page.goto(`${hub}${address}`),
    (await page.evaluate(PAINTING)) as Painting,
  ]);
  const { all, kept } = bytes();
  const status = response?.status() ?? 0;
  // The browser itself says on its console that an answer was an error: that is wanted of pages that are one.
  const said = complaints.filter((text) => status < 400 || !text.startsWith("Failed to load resource"));
  const found = await timed("pages: axe, light 1280 px", () => axe(page, "light 1280"));
  await page.emulateMedia({ colorScheme: "dark" });
  found.push(...(await timed("pages: axe, dark 1280 px", () => axe(page, "dark 1280", ["color-contrast"]))));
  await page.setViewportSize(PHONE);
  found.push(...(await timed("pages: axe, dark 390 px", () => axe(page, "dark 390", OF_THE_WIDTH))));
  await page.setViewportSize(NARROW);
  found.push(...(await timed("pages: axe, dark 320 px", () => axe(page, "dark 320"))));
  const wide = (await page.evaluate("document.documentElement.scrollWidth")) as number;
  const again =
    first.painted > SLOW_MS
      ? { painted: await painted(browser, `${hub}${address}`), beside: await painted(browser, bare) }
      : { painted: first.painted, beside: undefined };
  return {
    address,
    status,
    policy: response?.headers()["content-security-policy"] ?? "",
    title: await page.title(),
    bytes: all,
    next: all - kept,
    shift: first.shift,
    painted: Math.min(first.painted, again.painted),
    beside: again.beside,
    sideways: Math.max(0, wide - NARROW.width),
    axe: found,
    complaints: said,
  };
};

/** Bytes on the wire of each page for somebody who was on another page before. */
export const warmBytes = async (
  browser: Browser,
  hub: string,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  await using visitor = await visit(browser);
  await visitor.page.goto(`${hub}/docs/errors/usage`);
  const bytes = await wire(visitor.page);
  const found = new Map<string, number>();
  for (const address of addresses) {
    const before = bytes().all;
    await visitor.page.goto(`${hub}${address}`);
    found.set(address, bytes().all - before);
  }
  return found;
};

/** The same for many, so many at once. */
export const inTurn = async <Item, Found>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Found>,
): Promise<Found[]> => {
  const found: Found[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) found[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return found;
};
