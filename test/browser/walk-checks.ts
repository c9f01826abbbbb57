import type { Browser, Page } from "playwright-core";
import { visit } from "./chromium.ts";
import type { Result } from "./result.ts";
import { timed } from "./timed.ts";

export interface Beside {
  /** A hub in which nothing changes and all was there before. */
  readonly still: string;
  /** One that asks who somebody is. */
  readonly closed: SignIn;
}

interface SignIn {
  readonly url: string;
  readonly token: string;
}

/** Before today in the hub that stands still. */
const A_DAY_BEFORE = "2026-10-20";

const heading = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("heading", { name, exact: true, level: 1 }).waitFor();
};

/** Presses a button that changes something. @throws Error unless the hub takes it and leads back to a page */
const press = async (page: Page, name: RegExp): Promise<void> => {
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await page.getByRole("button", { name }).first().click();
  const status = (await answered).status();
  if (status !== 303) throw new Error(`the form was answered with ${status}`);
  await page.waitForURL((url) => !url.pathname.endsWith("dead-letters"));
};

/** What people come for, each as they would do it. */
const TASKS: Readonly<Record<string, (page: Page, hub: string, beside: Beside) => Promise<void>>> = {
  filter: async (page, hub) => {
    await page.goto(hub);
    await page.getByRole("combobox", { name: "Health" }).selectOption("off_track");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL("**/?*health=off_track*");
  },
  page: async (page, hub) => {
    await page.goto(`${hub}/features`);
    await page.getByRole("link", { name: "Next 50" }).click();
    await page.getByRole("link", { name: "First page", exact: true }).waitFor();
  },
  "as of": async (page, _, { still }) => {
    await page.goto(still);
    await page.locator("input[name=as_of]").fill(A_DAY_BEFORE);
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("You are viewing").waitFor();
  },
  search: async (page, hub) => {
    await page.goto(hub);
    await page.getByRole("searchbox", { name: "Search" }).fill("checkout");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/search?q=checkout");
  },
  "open a feature": async (page, hub) => {
    await page.goto(`${hub}/features`);
    await page.getByRole("rowheader").getByRole("link").first().click();
    await page.getByRole("heading", { name: "Why this stage" }).waitFor();
    await page.getByText("How this was computed").click();
    await page.getByRole("region", { name: "State of each stage" }).waitFor();
  },
  "page a timeline": async (page, _, { still }) => {
    await page.goto(`${still}/features/ACME-4`);
    await page.getByRole("link", { name: "Older" }).click();
    await page.getByRole("link", { name: "Newest" }).waitFor();
  },
  "preview a report": async (page, hub) => {
    await page.goto(`${hub}/reports/weekly`);
    await page.getByRole("link", { name: "Preview" }).click();
    await page.frameLocator("iframe.mail").getByRole("heading").first().waitFor();
    await page.getByRole("link", { name: "Markdown" }).click();
    await page.getByText("# Product weekly").waitFor();
  },
  "sync now": async (page, hub) => {
    await page.goto(`${hub}/connections`);
    await press(page, /^Sync now/);
  },
  replay: async (page, hub) => {
    await page.goto(`${hub}/connections/jira/dead-letters`);
    await press(page, /^Replay the archive/);
  },
  "sign in": async (page, _, { closed }) => {
    await page.goto(closed.url);
    await page.getByLabel("Key").fill(closed.token);
    await page.getByRole("button", { name: "Sign in with a key" }).click();
    await heading(page, "All features");
  },
};

/** Every task in a browser of the given kind. @returns what could not be done */
const walk = async (browser: Browser, kind: "no scripts" | "no htmx", hub: string, beside: Beside) => {
  const wrong: string[] = [];
  await using visitor = await visit(browser, { javaScriptEnabled: kind === "no htmx" });
  if (kind === "no htmx") await visitor.page.route("**/htmx*.js", (route) => route.abort());
  for (const [task, work] of Object.entries(TASKS)) {
    await visitor.page.context().clearCookies();
    try {
      await timed(`${kind}: ${task}`, () => work(visitor.page, hub, beside));
    } catch (error) {
      wrong.push(`${task}: ${String(error).split("\n", 1)[0]} (at ${visitor.page.url()})`);
    }
  }
  return wrong;
};

const MAIN = `(() => { const main = document.getElementById("main").cloneNode(true);
  for (const one of main.querySelectorAll("time")) one.replaceWith(one.dateTime);
  for (const one of main.querySelectorAll("input[type=hidden]")) one.remove();
  return location.href + main.innerHTML; })()`;

/** The same address shows the same, however somebody came to it. */
const sameAgain = async (browser: Browser, hub: string): Promise<string[]> => {
  await using visitor = await visit(browser);
  const { page } = visitor;
  const seen = () => page.evaluate(MAIN) as Promise<string>;
  await page.goto(`${hub}/?health=off_track`);
  const board = await seen();
  await page.locator(".board h3 a").first().click();
  await page.getByRole("heading", { name: "Why this stage" }).waitFor();
  const feature = await seen();
  await page.goBack();
  const back = await seen();
  await page.goForward();
  const forward = await seen();
  await page.reload();
  const again = await seen();
  await using other = await visit(browser);
  await other.page.goto(page.url());
  const copied = (await other.page.evaluate(MAIN)) as string;
  const told: Readonly<Record<string, boolean>> = {
    back: back === board,
    forward: forward === feature,
    reload: again === feature,
    "a copied address": copied === feature,
    "another page": feature !== board,
  };
  return Object.entries(told).flatMap(([how, holds]) => (holds ? [] : [`${how} shows something else`]));
};

/** What people do on pages: without scripts, and by all ways to the same address. */
export const walkChecks = async (browser: Browser, demo: string, beside: Beside): Promise<readonly Result[]> => {
  const tasks = Object.keys(TASKS);
  const [scriptless, withoutHtmx, same] = await Promise.all([
    walk(browser, "no scripts", demo, beside),
    walk(browser, "no htmx", demo, beside),
    sameAgain(browser, beside.still),
  ]);
  const told = (kind: string, wrong: readonly string[]): Result => ({
    check: 7,
    what: `${kind}: ${tasks.join(", ")}`,
    figure: `${tasks.length - wrong.length} of ${tasks.length} tasks`,
    limit: "all",
    wrong,
  });
  return [
    told("without JavaScript", scriptless),
    told("without htmx", withoutHtmx),
    {
      check: 19,
      what: "back, forward, reload and a copied address show the same",
      figure: `${same.length} differ`,
      limit: "0",
      wrong: same,
    },
  ];
};
