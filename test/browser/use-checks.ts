import type { Browser, Page } from "playwright-core";
import { visit } from "./chromium.ts";
import { axe } from "./looks.ts";
import type { Result } from "./result.ts";

const PAGES = ["/", "/features/ACME-4", "/connections/zendesk", "/settings/keys", "/reports/weekly/preview"];
/** A date has a place for day, month and year. */
const STOPS_OF_A_DATE = 3;
/** Places that are none of ours: the mail in its frame, what scrolls, and the window around the page. */
const STOPS_BESIDE = 12;

const REACHABLE = `globalThis.ours = [...document.querySelectorAll("a[href],button,input,select,textarea,summary,[tabindex='0']")]
  .filter((one) => one.type !== "hidden" && one.checkVisibility());
globalThis.reached = [];
addEventListener("focusin", ({ target }) => {
  const { outlineStyle, outlineWidth } = getComputedStyle(target);
  reached.push({ at: ours.indexOf(target), outline: outlineStyle !== "none" && parseFloat(outlineWidth) > 0 });
});
({ stops: ours.length, dates: document.querySelectorAll("input[type=date],input[type=datetime-local]").length })`;
const REACHED = `({ reached, missed: ours.flatMap((one, at) => reached.some((seen) => seen.at === at) ? [] : [one.outerHTML.slice(0, 100)]) })`;

/** Tab after Tab until all must have been reached. @returns what is wrong, and how many places there are */
const tabs = async (page: Page): Promise<{ stops: number; wrong: string[] }> => {
  const { stops, dates } = (await page.evaluate(REACHABLE)) as { stops: number; dates: number };
  for (let n = 0; n < stops + dates * STOPS_OF_A_DATE + STOPS_BESIDE; n += 1) await page.keyboard.press("Tab");
  const { reached, missed } = (await page.evaluate(REACHED)) as {
    reached: { at: number; outline: boolean }[];
    missed: string[];
  };
  const order = reached.map(({ at }) => at).filter((at) => at >= 0);
  const jump = order.findIndex((at, n) => n > 0 && at < (order[n - 1] ?? 0) && at !== 0);
  return {
    stops,
    wrong: [
      ...(order[0] === 0 ? [] : ["the skip link is not first"]),
      ...missed.map((one) => `not reached: ${one}`),
      ...reached.flatMap(({ at, outline }) => (outline || at < 0 ? [] : [`no outline at place ${at}`])),
      ...(jump < 0 ? [] : [`the order jumps back to place ${order[jump]}`]),
    ],
  };
};

const WIDER = `document.documentElement.scrollWidth - innerWidth`;
const CLIPPED = `[...document.querySelectorAll("main *")].filter((one) => {
  const { overflowX, overflowY, position } = getComputedStyle(one);
  return position !== "absolute" && one.childElementCount === 0 && one.textContent.trim() !== "" &&
    ((overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1) || (overflowY === "hidden" && one.scrollHeight > one.clientHeight + 1));
}).map((one) => one.outerHTML.slice(0, 100))`;
const MOVING = `document.getAnimations().length + [...document.querySelectorAll("*")]
  .filter((one) => getComputedStyle(one).transitionDuration.split(",").some((time) => parseFloat(time) > 0.01)).length`;
/** Text of a background's colour, which nobody can read. */
const UNREADABLE = `[...document.querySelectorAll("main a, main button, main h1, main td, main .h")].filter((one) => {
  const { color, backgroundColor } = getComputedStyle(one);
  return color === backgroundColor;
}).length`;

const modes = async (browser: Browser, hub: string): Promise<string[]> => {
  const wrong: string[] = [];
  await using visitor = await visit(browser, { viewport: { width: 640, height: 800 }, deviceScaleFactor: 2 });
  const { page } = visitor;
  for (const address of PAGES) {
    await page.goto(`${hub}${address}`);
    const at200 = (await page.evaluate(WIDER)) as number;
    if (at200 > 0) wrong.push(`${address}: zoomed to 200 % it is ${at200} px too wide`);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.evaluate(`document.documentElement.style.fontSize = "200%"`);
    const large = (await page.evaluate(WIDER)) as number;
    if (large > 0) wrong.push(`${address}: with letters of 200 % it is ${large} px too wide`);
    for (const one of (await page.evaluate(CLIPPED)) as string[]) wrong.push(`${address}: cut off: ${one}`);
    await page.evaluate(`document.documentElement.style.fontSize = ""`);
    await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
    const unreadable = (await page.evaluate(UNREADABLE)) as number;
    if (unreadable > 0) wrong.push(`${address}: ${unreadable} texts cannot be read in forced colours`);
    wrong.push(...(await axe(page, `${address} in forced colours`, ["color-contrast"])));
    const moving = (await page.evaluate(MOVING)) as number;
    if (moving > 0) wrong.push(`${address}: ${moving} things move though motion is not wanted`);
    await page.emulateMedia({ forcedColors: "none", reducedMotion: "no-preference" });
    await page.setViewportSize({ width: 640, height: 800 });
  }
  return wrong;
};

const PRINTED: Readonly<Record<string, readonly string[]>> = {
  "/": ["All features", "ACME-4", "On track", "Testing"],
  "/features/ACME-4": ["Why this stage", "R1", "Ana Ruiz"],
  "/reports/weekly/runs/2026-11-16_2026-11-22": ["Redesign checkout", "Nothing else."],
};
const NAVIGATION = ["Skip to content", "Settings", "Documentation"];

const printed = async (browser: Browser, hub: string): Promise<string[]> => {
  const wrong: string[] = [];
  await using visitor = await visit(browser);
  const { page } = visitor;
  for (const [address, facts] of Object.entries(PRINTED)) {
    await page.goto(`${hub}${address}`);
    if ((await page.pdf()).subarray(0, 5).toString() !== "%PDF-") wrong.push(`${address}: no PDF`);
    await page.emulateMedia({ media: "print" });
    const text = (await page.evaluate("document.body.innerText")) as string;
    for (const fact of facts) if (!text.includes(fact)) wrong.push(`${address}: "${fact}" is not printed`);
    for (const word of NAVIGATION) if (text.includes(word)) wrong.push(`${address}: "${word}" is printed`);
    await page.emulateMedia({ media: "screen" });
  }
  return wrong;
};

const WORDLESS = `[
  ...[...document.querySelectorAll(".h")].filter((one) => !/(On track|At risk|Off track|No signal)/i.test(one.textContent)),
  ...[...document.querySelectorAll("svg.strip, .strip svg, svg[role=img]")].filter((one) =>
    !(one.getAttribute("aria-label") || one.querySelector("title")?.textContent || one.getAttribute("aria-labelledby") || one.closest("[aria-label]"))),
  ...[...document.querySelectorAll(".steps-strip li")].filter((one) => !/: \\S/.test(one.textContent)),
].map((one) => one.outerHTML.slice(0, 100))`;
const WORDED = `document.querySelectorAll(".h").length + document.querySelectorAll(".steps-strip li").length`;

const words = async (browser: Browser, hub: string): Promise<{ found: number; wrong: string[] }> => {
  await using visitor = await visit(browser);
  let found = 0;
  const wrong: string[] = [];
  for (const address of ["/", "/features", "/features/ACME-4"]) {
    await visitor.page.goto(`${hub}${address}`);
    found += (await visitor.page.evaluate(WORDED)) as number;
    for (const one of (await visitor.page.evaluate(WORDLESS)) as string[]) wrong.push(`${address}: ${one}`);
  }
  return { found, wrong };
};

const FILTERED = ["/?health=on_track", "/features?health=on_track", "/?health=on_track&view=timeline"];
const FIELDS = `[...document.querySelectorAll(".tools .filters > :not([type=hidden])")].map((one) => one.getBoundingClientRect().bottom)`;
/** Fields, the button and the links beside it. */
const FILTERS = 9;
/** Links have another height of line than fields. */
const ABOUT_PX = 4;

/** Boards are read below their filters, so these take one line of a usual window, also where some are set. */
const inOneLine = async (browser: Browser, hub: string): Promise<string[]> => {
  await using visitor = await visit(browser);
  const wrong: string[] = [];
  for (const address of FILTERED) {
    await visitor.page.goto(`${hub}${address}`);
    const bottoms = (await visitor.page.evaluate(FIELDS)) as number[];
    if (bottoms.length < FILTERS) wrong.push(`${address}: ${bottoms.length} filters were found`);
    const apart = Math.max(...bottoms) - Math.min(...bottoms);
    if (apart > ABOUT_PX) wrong.push(`${address}: filters stand ${apart} px apart`);
  }
  return wrong;
};

/** Pages under a keyboard, large letters, other colours, on paper, and for those who see no colour. */
export const useChecks = async (browser: Browser, hub: string): Promise<readonly Result[]> => {
  let stops = 0;
  const unreached: string[] = [];
  await using visitor = await visit(browser);
  for (const address of PAGES) {
    await visitor.page.goto(`${hub}${address}`);
    const found = await tabs(visitor.page);
    stops += found.stops;
    unreached.push(...found.wrong.map((one) => `${address}: ${one}`));
  }
  const mark = await words(browser, hub);
  return [
    {
      check: 12,
      what: "by keyboard: skip link first, everything in its order, focus always visible",
      figure: `${stops} places on ${PAGES.length} pages`,
      limit: "all",
      wrong: unreached,
    },
    {
      check: 15,
      what: "filters of features stand in one line at 1280 px",
      figure: `${FILTERED.length} pages`,
      limit: "0 wrong",
      wrong: await inOneLine(browser, hub),
    },
    {
      check: 16,
      what: "200 % zoom, 200 % letters, forced colours, no motion",
      figure: `${PAGES.length} pages`,
      limit: "0 wrong",
      wrong: await modes(browser, hub),
    },
    {
      check: 17,
      what: "printed: the facts and no navigation; a PDF is made",
      figure: `${Object.keys(PRINTED).length} pages`,
      limit: "0 wrong",
      wrong: await printed(browser, hub),
    },
    {
      check: 18,
      what: "health and stages are told by words beside their colours",
      figure: `${mark.found} marks`,
      limit: "0 wrong",
      wrong: mark.found === 0 ? ["no mark was found"] : mark.wrong,
    },
  ];
};
