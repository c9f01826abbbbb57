import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { visit } from "./chromium.ts";
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
  readonly moved: string;
  /** Milliseconds until the largest part was painted. */
  readonly painted: number;
  /** The same of a page with one word, at the same moment; 0 where the page was not slow. */
  readonly beside: number;
  /** Windows in which the page is wider than they are, with the pixels that it is too wide. */
  readonly sideways: readonly string[];
  /** What is less than 24 px high on a phone, of what is pressed. */
  readonly small: readonly string[];
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

/** Sum of all moves, what moved first, and when the largest part was painted. */
const PAINTING = `new Promise((resolve) => {
  let shift = 0, painted = 0, moved = "";
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) {
    shift += entry.value;
    moved ||= entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? "text").join(", ");
  } })
    .observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) painted = entry.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  const started = performance.now();
  const wait = () => {
    const passed = performance.now() - started;
    if ((painted > 0 && passed > 120) || passed > 5000) resolve({ shift, moved, painted });
    else setTimeout(wait, 60);
  };
  wait();
})`;

const TOO_WIDE = "document.documentElement.scrollWidth - innerWidth";
const SMALL = `[...document.querySelectorAll("header a, header input, form select, form input:not([type=hidden],[type=checkbox],[type=range]), form button, .jump a, .switch a, .more, .summary a, .fresh a, .end a")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 24).map((one) => one.outerHTML.slice(0, 100))`;

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

const NARROW = { width: 320, height: 700 };
const PHONE = { width: 390, height: 800 };
const WIDEST = { width: 1440, height: 800 };
const WIDE = { width: 1280, height: 800 };

interface Painting {
  readonly shift: number;
  /** What moved first. */
  readonly moved: string;
  readonly painted: number;
}

/** Slower than this, a page is loaded again so many times, each beside one with a word on it. */
const SLOW_MS = 1000;
const TRIES = 3;

/** A window that looks at one page after the other; of none is anything kept for the next. */
export const looker = async (browser: Browser) => {
  const visitor = await visit(browser, { viewport: WIDE, colorScheme: "light" });
  const { page } = visitor;
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  return { ...visitor, bytes: await wire(page) };
};
type Looker = Awaited<ReturnType<typeof looker>>;

const load = async ({ page }: Looker, address: string) => {
  await page.context().clearCookies();
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: "light" });
  const response = await page.goto(address);
  return { response, ...((await page.evaluate(PAINTING)) as Painting) };
};

/** All of a page that does not depend on what somebody does with it, as on a first visit. @param bare a page with one word */
export const look = async (looking: Looker, hub: string, address: string, bare: string): Promise<Look> => {
  const { page, complaints, bytes } = looking;
  const before = bytes();
  const { response, ...first } = await timed("pages: load and paint", () => load(looking, `${hub}${address}`));
  const after = bytes();
  const [all, kept] = [after.all - before.all, after.kept - before.kept];
  const status = response?.status() ?? 0;
  // The browser itself says on its console that an answer was an error: that is wanted of pages that are one.
  const said = complaints.splice(0).filter((text) => status < 400 || !text.startsWith("Failed to load resource"));
  const sideways: string[] = [];
  const widthOf = async (window: { width: number; height: number }) => {
    await page.setViewportSize(window);
    const pixels = (await page.evaluate(TOO_WIDE)) as number;
    if (pixels > 0) sideways.push(`${pixels} px wider than ${window.width}`);
  };
  await widthOf(WIDEST);
  await widthOf(WIDE);
  const found = await timed("pages: axe, light 1280 px", () => axe(page, "light 1280"));
  await page.emulateMedia({ colorScheme: "dark" });
  found.push(...(await timed("pages: axe, dark 1280 px", () => axe(page, "dark 1280", ["color-contrast"]))));
  await widthOf(PHONE);
  found.push(...(await timed("pages: axe, dark 390 px", () => axe(page, "dark 390", OF_THE_WIDTH))));
  const small = (await page.evaluate(SMALL)) as string[];
  await widthOf(NARROW);
  found.push(...(await timed("pages: axe, dark 320 px", () => axe(page, "dark 320"))));
  const title = await page.title();
  let [least, beside] = [first.painted, 0];
  for (let n = 0; n < TRIES && least > Math.max(SLOW_MS, beside); n += 1) {
    least = Math.min(least, (await load(looking, `${hub}${address}`)).painted);
    beside = Math.max(beside, (await load(looking, bare)).painted);
  }
  complaints.length = 0;
  return {
    address,
    status,
    policy: response?.headers()["content-security-policy"] ?? "",
    title,
    bytes: all,
    next: all - kept,
    shift: first.shift,
    moved: first.moved,
    painted: least,
    beside,
    sideways,
    small,
    axe: found,
    complaints: said,
  };
};

/** Bytes on the wire of a page on a first visit, and right after it for somebody who was on another page before. */
export const coldAndWarm = async (
  browser: Browser,
  hub: string,
  address: string,
): Promise<{ readonly cold: Wire; readonly warm: number }> => {
  await using first = await visit(browser);
  const cold = await wire(first.page);
  await using again = await visit(browser);
  // A page's icon comes after the page.
  await again.page.goto(`${hub}/docs/errors/usage`, { waitUntil: "networkidle" });
  const warm = await wire(again.page);
  await first.page.goto(`${hub}${address}`, { waitUntil: "networkidle" });
  await again.page.goto(`${hub}${address}`, { waitUntil: "networkidle" });
  return { cold: cold(), warm: warm().all };
};
