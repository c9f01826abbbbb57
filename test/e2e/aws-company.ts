import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { bundles } from "../../infra/aws/bundle.ts";
import { deployedParts } from "../../infra/aws/deployed-parts.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { companyConfig, SECRET, secretsOf, WIDE } from "./company-config.ts";
import { bodyOf, served } from "./served.ts";
import { stackAsDeployed } from "./stack-as-deployed.ts";

const BEGIN = Date.parse("2026-03-02T10:00:00.000Z");
export const CURSOR_KEY = "e2e-cursor-key-of-32-characters-";

/** Time that the test moves, for this process and for all instances of functions. */
export interface SharedTime {
  now: number;
  readonly shared: Float64Array;
}

const sharedTime = (): SharedTime => {
  const shared = new Float64Array(new SharedArrayBuffer(8));
  vi.useFakeTimers({ toFake: ["Date"] });
  const time = {
    shared,
    get now() {
      return shared[0] ?? 0;
    },
    set now(at) {
      shared[0] = at;
      vi.setSystemTime(at);
    },
  };
  time.now = BEGIN;
  return time;
};

/** The made-up company, the stack over its three tools, and the bundles of that stack's functions. */
export const openAwsCompany = async () => {
  const time = sharedTime();
  const sandbox = await startSandbox({ size: 20, seed: 11, clock: () => time.now, limits: WIDE });
  const { connections, ...rest } = companyConfig(sandbox);
  const { jira, linear, github } = connections;
  const { apiKey: _, ...linearConfig } = linear.config;
  const { oauthApp } = sandbox.access;
  const config: HubConfig = {
    ...rest,
    url: "http://localhost:4100",
    eventTypePrefix: "dev.throughline",
    outputs: {
      team: { connector: "teams", webhookUrl: { secret: "TEAMS_URL" }, events: ["work_item.status.changed"] },
    },
    connections: {
      jira: { ...jira, config: { ...jira.config, webhookSecret: { secret: "JIRA_WEBHOOK_SECRET" } } },
      linear: {
        ...linear,
        config: {
          ...linearConfig,
          webhookSecret: { secret: "LINEAR_WEBHOOK_SECRET" },
          // The one of the three whose tokens rotate.
          oauth: {
            clientId: oauthApp.clientId,
            clientSecret: { secret: "LINEAR_CLIENT_SECRET" },
            refreshToken: { secret: "LINEAR_REFRESH_TOKEN" },
            tokenUrl: `${sandbox.urls.linear}/oauth/token`,
          },
        },
      },
      github: { ...github, config: { ...github.config, webhookSecret: { secret: "GITHUB_WEBHOOK_SECRET" } } },
    },
  };
  /** What the team's channel was told. */
  const cards: string[] = [];
  const channel = await served(async (request, response) => {
    cards.push(String(await bodyOf(request)));
    response.writeHead(202).end();
  });
  const folder = mkdtempSync(join(tmpdir(), "throughline-aws-"));
  const [stack] = await Promise.all([stackAsDeployed(config), bundles(deployedParts(config), folder)]);
  return {
    time,
    sandbox,
    config,
    stack,
    cards,
    /** Holds the bundles. */
    folder,
    /** Of one hub: a refresh token is good for one hub alone. */
    secrets(): Record<string, string> {
      const { THROUGHLINE_IDENTITY_KEY: _key, ...known } = secretsOf(sandbox);
      return {
        ...known,
        JIRA_WEBHOOK_SECRET: SECRET,
        LINEAR_WEBHOOK_SECRET: SECRET,
        GITHUB_WEBHOOK_SECRET: SECRET,
        LINEAR_CLIENT_SECRET: oauthApp.clientSecret,
        TEAMS_URL: channel.url,
        LINEAR_REFRESH_TOKEN: sandbox.access.linear.consent(),
        THROUGHLINE_CURSOR_KEY: CURSOR_KEY,
      };
    },
    async close(): Promise<void> {
      await Promise.all([sandbox.stop(), channel.close()]);
      rmSync(folder, { recursive: true, force: true });
      vi.useRealTimers();
    },
  };
};

export type AwsCompany = Awaited<ReturnType<typeof openAwsCompany>>;
