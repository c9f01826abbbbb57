import { defineHub, github, jira, linear, secret } from "../../../shared/platform/define-hub.ts";

/** What the stack is made from where a folder has no config of its own: to look at, and for tests. */
export default defineHub({
  products: { storefront: { name: "Storefront", sources: ["jira:ACME", "linear", "github:acme/storefront"] } },
  connections: {
    jira: jira({
      site: "acme.atlassian.net",
      email: "hub@example.com",
      apiToken: secret("JIRA_TOKEN"),
      webhookSecret: secret("JIRA_WEBHOOK_SECRET"),
      projects: ["ACME"],
    }),
    linear: linear({
      apiKey: secret("LINEAR_KEY"),
      webhookSecret: secret("LINEAR_WEBHOOK_SECRET"),
      teams: ["INS"],
    }),
    github: github({
      token: secret("GITHUB_TOKEN"),
      webhookSecret: secret("GITHUB_WEBHOOK_SECRET"),
      repos: ["acme/storefront"],
      pollEvery: "10m",
    }),
  },
});
