import "../../infra/local/jsx.ts";
import { mkdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { CHROMIUM, launch, visit } from "./chromium.ts";

// Makes the pictures of the README from the demo workspace: `node test/browser/screenshots.ts`.
const FOLDER = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const WINDOW = { width: 1280, height: 720 };
const MAIL = { width: 720, height: 800 };
const AT_MOST = 150_000;
/** As many work items as `npm start` has: of fewer most features stand without any. */
const SIZE = 1200;

if (CHROMIUM === undefined) process.stdout.write("screenshots: skipped, no chromium is installed\n");
else {
  const { demoHub } = await import("./demo-hub.ts");
  const [browser, demo] = await Promise.all([launch(), demoHub(SIZE)]);
  try {
    const read = async (path: string) =>
      (await (await fetch(`${demo.url}${path}`)).json()) as { data: readonly { id: string }[] };
    const feature = (await read("/v1/features?stage=support,marketing,production&limit=1")).data[0]?.id;
    const run = (await read("/v1/reports/weekly/runs?limit=1")).data[0]?.id;
    const pages: Readonly<Record<string, string>> = {
      board: "/?product=storefront",
      feature: `/features/${feature}`,
      "product-manager": "/pm",
      "product-owner": "/po",
      connections: "/connections",
      "weekly-mail": `/v1/reports/weekly/runs/${run}.html`,
    };
    await mkdir(FOLDER, { recursive: true });
    for (const colorScheme of ["light", "dark"] as const) {
      for (const [name, address] of Object.entries(pages)) {
        const viewport = name === "weekly-mail" ? MAIL : WINDOW;
        await using visitor = await visit(browser, { colorScheme, viewport });
        await visitor.page.goto(`${demo.url}${address}`);
        const path = `${FOLDER}${name}-${colorScheme}.png`;
        await visitor.page.screenshot({ path });
        const { size } = await stat(path);
        process.stdout.write(`${name}-${colorScheme}.png ${Math.round(size / 1000)} KB\n`);
        if (size > AT_MOST) process.exitCode = 1;
      }
    }
  } finally {
    await browser.close();
    await demo.stop();
  }
}
