import { asOfCheck } from "./as-of-check.ts";
import { boardChecks } from "./board-checks.ts";
import { launch } from "./chromium.ts";
import { demoHub } from "./demo-hub.ts";
import { hostileChecks } from "./hostile-checks.ts";
import { listChecks } from "./list-checks.ts";
import { liveCheck } from "./live-check.ts";
import { type Place, pageChecks } from "./page-checks.ts";
import { type Result, resultTable } from "./result.ts";
import { states } from "./states.ts";
import { useChecks } from "./use-checks.ts";
import { addressesOf } from "./walk.ts";
import { walkChecks } from "./walk-checks.ts";

/** Every check, one after the other. @returns the exit code */
export const run = async (): Promise<number> => {
  const startedAt = Date.now();
  const [browser, demo, made] = await Promise.all([launch(), demoHub(), states()]);
  const results: Result[] = [];
  const part = async (name: string, work: () => Promise<readonly Result[]>): Promise<void> => {
    const began = Date.now();
    try {
      results.push(...(await work()));
      process.stderr.write(`${name}: ${Math.round((Date.now() - began) / 1000)} s\n`);
    } catch (error) {
      results.push({
        check: 99,
        what: name,
        figure: "broke off",
        limit: "",
        wrong: [String(error).split("\n").slice(0, 4).join(" | ")],
      });
    }
  };
  try {
    const { addresses, missing } = await addressesOf(demo.url);
    const walked: Place = { name: "demo", hub: demo.url, addresses };
    await part("pages and states", () => pageChecks(browser, [walked, ...made.places], missing));
    await part("the board", () => boardChecks(browser));
    await part("what people do", () => walkChecks(browser, demo.url, { still: made.usual, closed: made.closed }));
    await part("what goes on", () => liveCheck(browser));
    await part("hostile text", () => hostileChecks(browser));
    await part("how pages are used", () => useChecks(browser, made.usual));
    await part("as of", () => asOfCheck(browser));
    await part("lists, numbers, mail", () => listChecks(browser, demo.url));
  } finally {
    await browser.close();
    await made.close();
    await demo.stop();
  }
  const failed = results.filter(({ wrong }) => wrong.length > 0).length;
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  process.stdout.write(
    `${resultTable(results)}\n${results.length - failed} checks hold, ${failed} fail, in ${seconds} s\n`,
  );
  return failed === 0 ? 0 : 1;
};
