import github from "../../connectors/github/index.ts";
import jira from "../../connectors/jira/index.ts";
import linear from "../../connectors/linear/index.ts";
import { testConnector } from "../contract/connector.ts";

const receivedAt = new Date("2026-03-02T10:00:00.000Z");

testConnector(jira, {
  settings: {
    site: "acme",
    email: "a@acme.example",
    apiToken: "unused",
    webhookSecret: "whsec-fixture",
    projects: ["ACME"],
  },
  webhook: {
    body: {
      webhookEvent: "jira:issue_updated",
      timestamp: receivedAt.getTime(),
      issue: { id: "20012", key: "ACME-12", fields: { project: { key: "ACME" } } },
    },
    receivedAt,
  },
});

testConnector(linear, {
  settings: { apiKey: "unused", webhookSecret: "whsec-fixture" },
  webhook: {
    body: {
      action: "update",
      type: "Issue",
      createdAt: receivedAt.toISOString(),
      data: { id: "00000065-0000-4000-8000-000000000065", identifier: "ENG-12", team: { key: "ENG" } },
      webhookTimestamp: receivedAt.getTime(),
    },
    receivedAt,
  },
});

testConnector(github, {
  settings: { token: "unused", webhookSecret: "whsec-fixture", repos: ["acme/web"] },
  identity: (stream) => (stream === "commits" ? "sha" : "node_id"),
  webhook: {
    body: {
      action: "edited",
      repository: { full_name: "acme/web" },
      issue: { node_id: "I_kwDO1012", id: 1012, number: 12, repository_url: "https://api.github.com/repos/acme/web" },
    },
    headers: { "x-github-event": "issues", "x-github-delivery": "d-1" },
    receivedAt,
  },
});
