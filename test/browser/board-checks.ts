import type { Browser } from "playwright-core";
import { boardHub } from "./board-hub.ts";
import { visit } from "./chromium.ts";
import { wire } from "./looks.ts";
import type { Result } from "./result.ts";
import { serve } from "./serve.ts";

const FEATURES = 10_000;
const KB = 1000;
const LIMIT_KB = 100;
const CARDS = 20;

const kb = (bytes: number): string => `${(bytes / KB).toFixed(1)} KB`;
const over = (bytes: number): string[] => (bytes > LIMIT_KB * KB ? [kb(bytes)] : []);

const COUNTED = `[...document.querySelectorAll(".colhead h2 span")]
  .reduce((sum, one) => sum + Number(one.textContent.replaceAll(",", "")), 0)`;
const FIRST_FULL = `[...document.querySelectorAll(".board .col")].find((one) => one.querySelector(".more"))?.getAttribute("aria-labelledby")`;

/** The board over a store with many features: its weight, and columns that grow without losing the focus. */
export const boardChecks = async (browser: Browser): Promise<readonly Result[]> => {
  const served = await serve(await boardHub(FEATURES));
  try {
    await using visitor = await visit(browser);
    const { page, complaints } = visitor;
    const bytes = await wire(page);
    await page.goto(served.url);
    const first = bytes().all;
    const html = Buffer.byteLength(
      await (await fetch(served.url, { headers: { "accept-encoding": "identity" } })).text(),
    );
    const counted = (await page.evaluate(COUNTED)) as number;
    const column = (await page.evaluate(FIRST_FULL)) as string;
    const cards = page.locator(`[aria-labelledby="${column}"] h3 a`);
    await page.locator(`[aria-labelledby="${column}"] .more`).click();
    await page.locator("#say:not(:empty)").waitFor({ state: "attached" });
    const said = (await page.evaluate(`document.getElementById("say").textContent`)) as string;
    const focused = (await page.evaluate(
      `[...document.querySelectorAll('[aria-labelledby="${column}"] h3 a')].indexOf(document.activeElement)`,
    )) as number;
    const shown = await cards.count();
    return [
      {
        check: 2,
        what: `HTML of the board with ${FEATURES.toLocaleString("en-GB")} features`,
        figure: kb(html),
        limit: `${LIMIT_KB} KB`,
        wrong: [...over(html), ...(counted === FEATURES ? [] : [`its columns count ${counted} features`])],
      },
      {
        check: 2,
        what: "a first visit of that board, on the wire with all that it loads",
        figure: kb(first),
        limit: `${LIMIT_KB} KB`,
        wrong: [...over(first), ...(first < KB ? ["nothing was counted"] : [])],
      },
      {
        check: 13,
        what: "after Show more the first new card has the focus, and a status is told",
        figure: `card ${focused + 1} of ${shown}, "${said}"`,
        limit: `card ${CARDS + 1}`,
        wrong: [
          ...(focused === CARDS && shown === 2 * CARDS ? [] : ["another one has the focus"]),
          ...(said === `${CARDS} more features shown` ? [] : ["another status"]),
          ...complaints,
        ],
      },
    ];
  } finally {
    served.close();
  }
};
