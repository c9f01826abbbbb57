import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, type BrowserContextOptions, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOTHING } from "./memory-views.ts";
import { sampleApp, sampleFeature, sampleHub } from "./sample-hub.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);
if (CHROMIUM === undefined) process.stdout.write("pages in a browser: skipped, no chromium is installed\n");

const HOSTILE = `<script>document.title='owned'</script><img src=x onerror="document.title='owned'">\u202egnp.exe${"w".repeat(300)}`;
const shown = sampleHub(23);
const hostile = sampleFeature(900, "testing", { name: HOSTILE, url: "javascript:document.title='owned'", key: "X-1" });
const PAGES = [
  "/",
  "/?health=off_track",
  "/?q=zzz",
  "/features",
  "/features/ACME-100",
  "/features/X-1",
  "/connections",
  "/connections/zendesk",
  "/activity",
  "/docs",
  "/docs/api",
  "/docs/stages",
  "/docs/events",
  "/docs/errors",
  "/docs/errors/usage",
];

describe.skipIf(CHROMIUM === undefined)("in a real browser", () => {
  let browser: Browser;
  const servers: Server[] = [];

  const serve = async (app: ReturnType<typeof sampleApp>): Promise<string> => {
    const server = createServer((asked, answer) => {
      void Promise.resolve(app.request(`http://localhost${asked.url}`, { method: asked.method ?? "GET" })).then(
        async (response) => {
          answer.writeHead(response.status, Object.fromEntries(response.headers));
          answer.end(Buffer.from(await response.arrayBuffer()));
        },
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  const visit = async (options: BrowserContextOptions) => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
  };

  let hub: string;

  beforeAll(async () => {
    const args = [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ];
    browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args });
    hub = await serve(sampleApp({ ...shown, features: [...shown.features, hostile] }));
  });

  afterAll(async () => {
    await browser.close();
    for (const server of servers) server.close();
  });

  it.each([
    [320, "light"],
    [390, "dark"],
    [1440, "light"],
  ] as const)("no page scrolls sideways or complains at %d px, %s", async (width, colorScheme) => {
    await using visitor = await visit({ viewport: { width, height: 800 }, colorScheme });
    const { page, complaints } = visitor;
    for (const path of PAGES) {
      await page.goto(`${hub}${path}`);
      const wide = await page.evaluate("document.documentElement.scrollWidth");
      expect([path, wide]).toEqual([path, width]);
      expect(await page.title()).toContain("Throughline");
    }
    expect(complaints).toEqual([]);
  });

  it("works with JavaScript off: filter, page, open a feature, page its timeline", async () => {
    await using visitor = await visit({ javaScriptEnabled: false, viewport: { width: 1280, height: 800 } });
    const { page } = visitor;
    await page.goto(hub);
    await page.getByRole("combobox", { name: "Health" }).selectOption("off_track");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL("**/?*health=off_track*");
    await page.getByRole("link", { name: "Table" }).click();
    await page.getByRole("link", { name: "Reset" }).click();
    await page.getByRole("link", { name: "Next 50" }).click();
    await page.getByRole("link", { name: "First page", exact: true }).waitFor();
    await page.getByRole("rowheader").getByRole("link").first().click();
    await page.getByRole("heading", { name: "Why this stage" }).waitFor();
    await page.getByText("How this was computed").click();
    await page.getByRole("region", { name: "State of each stage" }).waitFor();
    await page.getByRole("link", { name: "Older" }).click();
    await page.getByRole("link", { name: "Newest" }).waitFor();
    await page.getByRole("searchbox", { name: "Search" }).fill("checkout");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/search?q=checkout");
  });

  it("T11 shows hostile text as text, and makes no link of a hostile address", async () => {
    await using visitor = await visit({ viewport: { width: 1280, height: 800 } });
    const { page, complaints } = visitor;
    for (const path of ["/", "/features?q=script", "/features/X-1"]) {
      await page.goto(`${hub}${path}`);
      expect(await page.title()).not.toBe("owned");
      expect(await page.locator("script:not([src^='/assets/']), img, [href^='javascript']").count()).toBe(0);
    }
    expect(await page.locator("h1").textContent()).toBe(HOSTILE);
    expect(complaints).toEqual([]);
  });

  it("reaches the content first by keyboard, with targets of 24 px", async () => {
    await using visitor = await visit({ viewport: { width: 390, height: 800 } });
    const { page } = visitor;
    await page.goto(hub);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to content");
    const small =
      await page.evaluate(`[...document.querySelectorAll("header a, header input, form select, form input, form button, .jump a, .switch a, .more, .summary a, .fresh a, .end a")]
      .filter((element) => element.getBoundingClientRect().height < 24).map((element) => element.outerHTML)`);
    expect(small).toEqual([]);
  });

  it("does not move while it loads, and names the empty hub's next steps", async () => {
    const empty = await serve(sampleApp(NOTHING));
    await using visitor = await visit({ viewport: { width: 390, height: 800 } });
    await visitor.page.goto(empty);
    expect(await visitor.page.getByText("npx throughline demo").isVisible()).toBe(true);
    await visitor.page.goto(hub);
    const moved = await visitor.page.evaluate(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(sum), 300);
    })`);
    expect(moved).toBe(0);
    expect(visitor.complaints).toEqual([]);
  });
});
