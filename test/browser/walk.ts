import { ROUTES } from "../../shared/web/api/routes.ts";
import { PAGES } from "../../shared/web/dashboard/dashboard.ts";

/** Pages that answer with a file, a part of a document, or by leading elsewhere. */
const NO_DOCUMENT = new Set(["/board/more", "/activity.atom", "/login/oidc", "/login/oidc/back"]);
const isFile = (path: string): boolean => /\.(?:json|csv|md)\}?$/.test(path);

interface Named {
  readonly id: string;
  readonly name?: string;
  readonly slug?: string;
  readonly key?: string | null;
}

const TABS = ["runs", "dead-letters", "mapping", "webhooks", "access", "settings"];

/** The part of the API's reference with most in it: the others are made by the same code. */
const heaviestTag = async (hub: string): Promise<string> => {
  const tags = [...new Set(ROUTES.map(({ tag }) => tag.toLowerCase().replaceAll(" ", "-")))];
  const weighed = await Promise.all(
    tags.map(async (tag) => ({ tag, length: (await (await fetch(`${hub}/docs/api/${tag}`)).text()).length })),
  );
  return weighed.toSorted((a, b) => b.length - a.length)[0]?.tag ?? "";
};

/** What stands in the place of each `:name` of an address, as a hub has it. */
const values = async (hub: string): Promise<Readonly<Record<string, readonly string[]>>> => {
  const list = async (path: string): Promise<readonly Named[]> => {
    const response = await fetch(`${hub}${path}`);
    return response.ok ? ((await response.json()) as { data: readonly Named[] }).data : [];
  };
  const first = ([one]: readonly Named[]) => (one === undefined ? [] : [one]);
  const [products, features, initiatives, releases, connections, reports] = await Promise.all([
    list("/v1/products"),
    list("/v1/features?stage=production,marketing,support,testing&limit=1"),
    list("/v1/initiatives?limit=1"),
    list("/v1/releases?limit=1"),
    list("/v1/connections?limit=50"),
    list("/v1/reports"),
  ]);
  const report = first(reports).map(({ id }) => id);
  const runs = report[0] === undefined ? [] : await list(`/v1/reports/${report[0]}/runs`);
  const run = first(runs).map(({ id }) => id);
  const code = connections.find(({ name }) => name === "jira") ?? connections[0];
  return {
    "/features/:key": first(features).map(({ key, id }) => (key && /^[\w.~-]+$/.test(key) ? key : id)),
    "/connections/:name": code === undefined ? [] : [code.name ?? code.id],
    "/connections/:name/:tab": code === undefined ? [] : TABS.map((tab) => `${code.name ?? code.id}/${tab}`),
    "/initiatives/:id": first(initiatives).map(({ id }) => id),
    "/releases/:id": first(releases).map(({ id }) => id),
    "/products/:slug": first(products).map(({ slug, id }) => slug ?? id),
    "/products/:product/flow": first(products).map(({ slug, id }) => slug ?? id),
    "/docs/api/:tag": [await heaviestTag(hub)],
    "/docs/errors/:code": ["usage"],
    "/docs/events/:type": ["feature.stage.changed"],
    "/reports/:id": report,
    "/reports/:id/preview": report,
    "/reports/:id/runs/:run": run.map((one) => `${report[0]}/runs/${one}`),
  };
};

/** An address of each page of the hub; a page that none was found for is `missing`. */
export const addressesOf = async (
  hub: string,
): Promise<{ addresses: readonly string[]; missing: readonly string[] }> => {
  const known = await values(hub);
  const addresses: string[] = [];
  const missing: string[] = [];
  for (const [path] of PAGES) {
    // Nothing is told by this hub to others: the hub of states with a webhook shows them.
    if (path.startsWith("/settings/webhooks/")) continue;
    if (NO_DOCUMENT.has(path) || isFile(path)) continue;
    if (!path.includes(":")) {
      addresses.push(path);
      continue;
    }
    const found = known[path] ?? [];
    if (found.length === 0)
      missing.push(`${path}: this hub has none, or test/browser/walk.ts does not know what to ask for`);
    // A value may stand for more than one part, with a slash between them.
    const [start = ""] = path.split("/:");
    const rest = /\/:[^/]+((?:\/[a-z]+)*)$/.exec(path)?.[1] ?? "";
    addresses.push(...found.map((value) => `${start}/${value}${rest}`));
  }
  return { addresses, missing };
};
