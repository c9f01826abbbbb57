import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HubConfigShape } from "../../shared/platform/config.ts";
import type { HubConfig, ProductConfig } from "../../shared/platform/define-hub.ts";
import type { Sandbox } from "../sandbox/index.ts";

/** Polls of one's own machine need no pace. */
const UNPACED = 1_000_000;

const VISIONS: Readonly<Record<string, string>> = {
  storefront: "Buying takes less than a minute",
  insights: "Every team answers its own questions",
  devkit: "The first integration works within an hour",
};

/** The product managers of the made-up company. */
const OWNERS: Readonly<Record<string, string>> = {
  storefront: "Zoë Laurent",
  insights: "Lucía Fernández",
  devkit: "Ruth Adler",
};

/** What each product is to reach; results are bound to metrics of its analytics where the demo has one. */
const OBJECTIVES: Readonly<Record<string, NonNullable<ProductConfig["objectives"]>>> = {
  storefront: [
    {
      id: "orders",
      title: "More visitors finish their first order",
      text: "Most leave between the cart and the payment.",
      keyResults: [
        {
          title: "People who use saved carts on a day",
          metric: "mixpanel:Use of Saved carts",
          from: 0,
          to: 400,
          unit: "people",
        },
        { title: "Carts that become orders", from: 31, to: 40, current: 34, unit: "%" },
      ],
      initiatives: ["Fewer abandoned carts", "Sell everywhere"],
    },
    {
      id: "return",
      title: "Customers come back by themselves",
      keyResults: [{ title: "Second order within 60 days", from: 18, to: 25, current: 19, unit: "%" }],
      initiatives: ["Customers who come back"],
    },
  ],
  insights: [
    {
      id: "answers",
      title: "Teams answer their own questions",
      keyResults: [
        { title: "From visit to value", metric: "posthog:From visit to value", from: 10, to: 60, unit: "%" },
      ],
      initiatives: ["Answers without analysts", "Trust in the numbers"],
    },
  ],
  devkit: [
    {
      id: "first-call",
      title: "The first call works within five minutes",
      keyResults: [{ title: "Minutes to the first call", from: 14, to: 5, current: 9, unit: "min" }],
    },
  ],
};

const slugOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

/** As a company would have them; mails are files of the outbox, so nothing leaves the machine. */
const REPORTS: NonNullable<HubConfig["reports"]> = {
  weekly: { kind: "product", schedule: "0 9 * * 1", to: ["email:product@acme.example", "archive"] },
  marketing: { kind: "marketing", schedule: "30 9 * * 1", to: ["email:marketing@acme.example", "archive"] },
  analytics: { kind: "analytics", schedule: "0 8 * * 1", to: ["email:analytics@acme.example", "archive"] },
};

/** The config of the demo workspace: the real connectors, pointed at the vendor sandbox. */
export const demoConfig = ({ urls, credentials, company, sites }: Sandbox, webhookSecret: string): HubConfig => {
  const products = company.products.map(({ name, tracker, planning, repo }) => {
    const slug = slugOf(name);
    const vision = VISIONS[slug];
    const around = Object.entries(sites).flatMap(([id, { scopes }]) =>
      scopes === undefined ? [id] : scopes(name).map((scope) => `${id}:${scope}`),
    );
    const sources = [...new Set([...planning.map((scope) => `${tracker}:${scope}`), `github:${repo}`, ...around])];
    const objectives = OBJECTIVES[slug];
    const owner = OWNERS[slug];
    const aims = {
      ...(vision !== undefined && { vision }),
      ...(owner !== undefined && { owner }),
      ...(objectives !== undefined && { objectives }),
    };
    return [slug, { name, ...aims, sources }] as const;
  });
  const connection = (connector: "jira" | "linear" | "github", selector: object) => ({
    connector,
    config: {
      baseUrl: urls[connector],
      ...credentials[connector],
      ...selector,
      webhookSecret,
      requestsPerMinute: UNPACED,
    },
  });
  return {
    products: Object.fromEntries(products),
    reports: REPORTS,
    timezone: "Europe/Berlin",
    mail: { from: "Throughline <hub@acme.example>" },
    // Whoever tries webhooks out listens on the same machine.
    webhooks: { allowLoopback: true },
    connections: {
      jira: connection("jira", { projects: company.jira.projectKeys }),
      linear: connection("linear", { teams: company.linear.teamKeys }),
      github: connection("github", { repos: company.github.repos }),
      ...Object.fromEntries(
        Object.entries(sites).map(([id, { baseUrl, settings, webhooks }]) => [
          id,
          {
            connector: id,
            config: {
              baseUrl,
              requestsPerMinute: UNPACED,
              ...settings,
              ...(webhooks !== false && { webhookSecret }),
            },
          },
        ]),
      ),
    },
  };
};

const FILE = "demo-config.json";

/** Keeps the demo's config beside its data, for commands that read the store while or after the hub runs. */
export const keepDemoConfig = (folder: string, config: HubConfig): void =>
  writeFileSync(join(folder, FILE), `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });

export const keptDemoConfig = (folder: string): HubConfig =>
  HubConfigShape.parse(JSON.parse(readFileSync(join(folder, FILE), "utf8"))) as HubConfig;
