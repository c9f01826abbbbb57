import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HubConfigShape } from "../../shared/platform/config.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import type { Sandbox } from "../sandbox/index.ts";

/** Polls of one's own machine need no pace. */
const UNPACED = 1_000_000;

const VISIONS: Readonly<Record<string, string>> = {
  storefront: "Buying takes less than a minute",
  insights: "Every team answers its own questions",
  devkit: "The first integration works within an hour",
};

const slugOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

/** The config of the demo workspace: the real connectors, pointed at the vendor sandbox. */
export const demoConfig = ({ urls, credentials, company, sites }: Sandbox, webhookSecret: string): HubConfig => {
  const products = company.products.map(({ name, tracker, planning, repo }) => {
    const slug = slugOf(name);
    const vision = VISIONS[slug];
    const around = Object.entries(sites).flatMap(([id, { scopes }]) =>
      scopes === undefined ? [id] : scopes(name).map((scope) => `${id}:${scope}`),
    );
    const sources = [...new Set([...planning.map((scope) => `${tracker}:${scope}`), `github:${repo}`, ...around])];
    return [slug, { name, ...(vision !== undefined && { vision }), sources }] as const;
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
