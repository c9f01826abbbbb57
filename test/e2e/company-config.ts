import type { Sandbox } from "../../infra/sandbox/index.ts";

export const SECRET = "e2e-webhook-secret";

/** A config as a user writes it, over part of the made-up company: small enough to be read many times in a test run. */
export const companyConfig = ({ urls, credentials }: Sandbox, more: { jira?: object; github?: object } = {}) => ({
  products: {
    storefront: { name: "Storefront", sources: ["jira:ACME", "jira:IDEA"] },
    insights: { name: "Insights", sources: ["linear:INS"] },
    devkit: { name: "Devkit", sources: ["github:acme/devkit"] },
  },
  eventTypePrefix: "com.acme.hub",
  environments: { staging: "test" as const },
  connections: {
    jira: {
      connector: "jira",
      config: {
        baseUrl: urls.jira,
        email: credentials.jira.email,
        apiToken: { secret: "JIRA_TOKEN" },
        projects: ["ACME", "IDEA"],
        webhookSecret: SECRET,
        requestsPerMinute: 1_000_000,
        ...more.jira,
      },
    },
    linear: {
      connector: "linear",
      config: {
        baseUrl: urls.linear,
        apiKey: { secret: "LINEAR_KEY" },
        teams: ["INS"],
        webhookSecret: SECRET,
        requestsPerMinute: 1_000_000,
      },
    },
    github: {
      connector: "github",
      config: {
        baseUrl: urls.github,
        token: { secret: "GITHUB_TOKEN" },
        repos: ["acme/devkit"],
        webhookSecret: SECRET,
        timeline: false,
        pullDetails: false,
        requestsPerMinute: 1_000_000,
        ...more.github,
      },
    },
  },
});

export const secretsOf = ({ credentials }: Sandbox): Record<string, string> => ({
  JIRA_TOKEN: credentials.jira.apiToken,
  LINEAR_KEY: credentials.linear.apiKey,
  GITHUB_TOKEN: credentials.github.token,
  // So that two hubs over one company hash addresses alike.
  THROUGHLINE_IDENTITY_KEY: "e2e-identity-key-of-32-characters",
});

export const WIDE = { jira: 1e9, linear: 1e9, linear_complexity: 1e12, github: 1e9, github_burst: 1e9 };
