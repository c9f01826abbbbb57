import { Hono } from "hono";
import type { Browser } from "playwright-core";
import { ASSETS, HTMX_PATH, STYLE_PATH } from "../../shared/web/dashboard/assets/assets.ts";
import type { WebEnv } from "../../shared/web/web-deps.ts";
import { asOfCheck } from "./as-of-check.ts";
import { boardChecks } from "./board-checks.ts";
import { launch } from "./chromium.ts";
import { demoHub } from "./demo-hub.ts";
import { hostileChecks } from "./hostile-checks.ts";
import { listChecks } from "./list-checks.ts";
import { liveCheck } from "./live-check.ts";
import { lookAt, type Place, pageChecks } from "./page-checks.ts";
import { type Result, resultTable } from "./result.ts";
import { serve } from "./serve.ts";
import { states } from "./states.ts";
import { timed, timeTable } from "./timed.ts";
import { useChecks } from "./use-checks.ts";
import { addressesOf } from "./walk.ts";
import { walkChecks } from "./walk-checks.ts";

/** One word, with the files that every page has. */
const BARE = new Hono<WebEnv>().get("/", (c) =>
  c.html(
    `<!doctype html><title>Bare</title><link rel="stylesheet" href="${STYLE_PATH}"><script src="${HTMX_PATH}" defer></script><p>Bare</p>`,
  ),
);
for (const { path, type, text } of ASSETS) BARE.get(path, (c) => c.body(text, 200, { "Content-Type": type }));

/** What a part found; one that breaks off is a check that fails. */
const part = async (name: string, work: () => Promise<readonly Result[]>): Promise<readonly Result[]> => {
  try {
    return await timed(name, work);
  } catch (error) {
    const wrong = [String(error).split("\n").slice(0, 4).join(" | ")];
    return [{ check: 99, what: name, figure: "broke off", limit: "", wrong }];
  }
};

/** What is checked on the demo workspace; its pages first, since people change it then. */
const ofDemo = async (
  browser: Browser,
  reading: ReturnType<typeof demoHub>,
  made: Awaited<ReturnType<typeof states>>,
  bare: string,
): Promise<readonly Result[]> => {
  const { url } = await reading;
  const { addresses, missing } = await addressesOf(url);
  const walked: Place = { name: "demo", hub: url, addresses };
  const pages = await part("pages and states", async () =>
    pageChecks(browser, await lookAt(browser, [walked, ...made.places], bare), missing),
  );
  const rest = await Promise.all([
    part("what people do", () => walkChecks(browser, url, { still: made.usual, closed: made.closed })),
    part("lists, numbers, mail", () => listChecks(browser, url)),
  ]);
  return [...pages, ...rest.flat()];
};

/**
 * Every check. What needs no hub that reads tools is checked while the demo workspace is read; what changes that
 * workspace comes after the look at its pages. @returns the exit code
 */
export const run = async (): Promise<number> => {
  const startedAt = Date.now();
  const reading = timed("the demo workspace is read", () => demoHub());
  reading.catch(() => {});
  const [browser, made, bare] = await Promise.all([launch(), states(), serve(BARE)]);
  const results: Result[] = [];
  const side = async (...parts: readonly Promise<readonly Result[]>[]): Promise<void> => {
    for (const found of await Promise.all(parts)) results.push(...found);
  };
  try {
    const still = part("what goes on", () => liveCheck(browser));
    await side(part("the board", () => boardChecks(browser)));
    await side(part("how pages are used", () => useChecks(browser, made.usual)));
    await side(part("as of", () => asOfCheck(browser)));
    await side(
      part("hostile text", () => hostileChecks(browser)),
      still,
    );
    await side(part("the demo workspace", () => ofDemo(browser, reading, made, bare.url)));
  } finally {
    await browser.close();
    bare.close();
    await made.close();
    await reading.then(
      ({ stop }) => stop(),
      () => {},
    );
  }
  const failed = results.filter(({ wrong }) => wrong.length > 0).length;
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  process.stdout.write(
    `${resultTable(results)}\n${timeTable()}\n${results.length - failed} checks hold, ${failed} fail, in ${seconds} s\n`,
  );
  return failed === 0 ? 0 : 1;
};
