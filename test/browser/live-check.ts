import type { Browser } from "playwright-core";
import { sampleApp, sampleHub } from "../web/sample-hub.ts";
import { visit } from "./chromium.ts";
import type { Result } from "./result.ts";
import { serve } from "./serve.ts";

const POLLS = 2;
const WITHIN_MS = 20_000;

/** What somebody has before their eyes and under their fingers. */
const HELD = `(() => ({
  focus: document.activeElement?.closest("tr,form")?.textContent.slice(0, 40) + document.activeElement?.tagName,
  scroll: Math.round(scrollY),
}))()`;

/** Connections while a run goes on: the page follows it, without taking focus or scroll, and ends to look when it is over. */
export const liveCheck = async (browser: Browser): Promise<readonly Result[]> => {
  const shown = sampleHub(1);
  let records = 1000;
  let isRunning = true;
  let asked = 0;
  const connections = () => {
    asked += 1;
    records += 1;
    return shown.connections.map((one) => ({
      ...one,
      streams: one.streams.map((run) => ({
        ...run,
        records,
        state: isRunning ? ("syncing" as const) : ("completed" as const),
      })),
    }));
  };
  const live = {
    ...shown,
    get connections() {
      return connections();
    },
  };
  let clock = Date.parse("2026-11-22T10:00:00.000Z");
  const passing = (): Date => {
    clock += 1500;
    return new Date(clock);
  };
  // Connections are looked up once for each second of the hub's clock.
  const served = await serve(sampleApp(live, { ask: async () => {}, now: passing }));
  const wrong: string[] = [];
  try {
    // Where motion is wanted, pages scroll smoothly: what is measured meanwhile is on its way.
    await using visitor = await visit(browser, { viewport: { width: 900, height: 260 }, reducedMotion: "reduce" });
    const { page, complaints } = visitor;
    await page.goto(`${served.url}/connections`);
    await page.getByRole("button", { name: "Sync now GitHub" }).focus();
    await page.evaluate("scrollBy(0, 40)");
    const before = JSON.stringify(await page.evaluate(HELD));
    const cell = () => page.locator("tbody tr").first().locator("td.num").first().textContent();
    const first = await cell();
    let polls = 0;
    page.on("response", (response) => {
      if (response.request().resourceType() === "fetch") polls += 1;
    });
    const until = Date.now() + WITHIN_MS;
    while (polls < POLLS && Date.now() < until) await page.waitForTimeout(200);
    await page.waitForTimeout(300);
    if (polls < POLLS) wrong.push(`it was looked at ${polls} times within ${WITHIN_MS / 1000} s`);
    if ((await cell()) === first) wrong.push(`the page still shows ${first}`);
    const after = JSON.stringify(await page.evaluate(HELD));
    if (after !== before) wrong.push(`before: ${before}, after: ${after}`);
    isRunning = false;
    await page
      .locator("#live")
      .waitFor({ state: "detached", timeout: WITHIN_MS })
      .catch(() => wrong.push("it goes on"));
    const ended = asked;
    await page.waitForTimeout(6000);
    if (asked !== ended) wrong.push("it is looked at after its end");
    wrong.push(...complaints);
    return [
      {
        check: 14,
        what: "a page follows what runs, keeps focus and scroll, and ends to look when it is over",
        figure: `${polls} looks`,
        limit: "focus and scroll as before",
        wrong,
      },
    ];
  } finally {
    served.close();
  }
};
