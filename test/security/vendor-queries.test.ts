import { describe, expect, it } from "vitest";
import { connectors } from "../../connectors/index.ts";
import jira from "../../connectors/jira/index.ts";
import type { Connector } from "../../shared/connector/contract.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import { corpusRows } from "../connector/corpus.ts";

/** Settings with one word of the operator's where a query, a path or a filter is made of it. */
const SETTINGS: Readonly<Record<string, (word: string) => object>> = {
  figma: (word) => ({ token: "t", teams: [word] }),
  github: (word) => ({ token: "t", repos: [word] }),
  growthbook: (word) => ({ apiKey: "k", projects: [word] }),
  hubspot: (word) => ({ accessToken: "t", companies: true, portalId: word }),
  intercom: (word) => ({ accessToken: "t", since: word }),
  jira: (word) => ({ site: "acme", email: "a@acme.example", apiToken: "t", projects: [word], jqlTime: "epoch" }),
  launchdarkly: (word) => ({ accessToken: "t", projects: [word] }),
  linear: (word) => ({ apiKey: "k", teams: [word] }),
  mailchimp: (word) => ({ apiKey: "k-us21", audiences: [word] }),
  mixpanel: (word) => ({
    projectId: "7",
    serviceAccount: "a",
    serviceAccountSecret: "s",
    events: [word],
  }),
  notion: (word) => ({ token: "ntn_t", databases: [{ id: word, as: "spec" }] }),
  posthog: (word) => ({ apiKey: "k", projects: [word] }),
  segment: (word) => ({ webhookSecret: "s", events: { [word]: {} } }),
  slack: (word) => ({ token: "xoxb-t", feedback: [word] }),
  typeform: (word) => ({ accessToken: "t", forms: [word] }),
  zendesk: (word) => ({ subdomain: "acme", accessToken: "t", featureFieldIds: [word] }),
};
const PLAIN: Readonly<Record<string, string>> = {
  figma: "118000000042",
  github: "acme/web",
  hubspot: "77",
  intercom: "2026-01-01",
  notion: "0123456789abcdef0123456789abcdef",
  posthog: "309484",
  slack: "C0FEEDBACK",
  zendesk: "360001",
};
/** What is asked by POST and changes nothing. */
const READ_BY_POST = /\/(?:graphql|search(?:\/\w+)?|query|bulkfetch|rest\/api\/3\/[\w/]*(?:search|bulkfetch|bulk)\S*)$/;

const OWN = [
  'ACME") OR (1=1',
  'ACME" ORDER BY created',
  'x"}}) { nodes { id } } __schema { types { name } } #',
  "../../admin",
  "a/b?c=d#e",
  "%2e%2e%2fadmin",
  "a\nb",
];
const HOSTILE = [
  ...OWN,
  ...corpusRows<{ lang: string; s: string }>("query.injection.jsonl")
    .filter(({ lang }) => !/^(?:ddb|eb)/.test(lang))
    .map(({ s }) => s),
];

interface Sent {
  readonly method: string;
  readonly segments: readonly string[];
  readonly parameters: readonly string[];
  readonly body: string;
}

/** The first request of every stream and scope; nobody answers, so that there is no second. */
const firstRequests = async (connector: Connector, config: unknown): Promise<Sent[]> => {
  const sent: Sent[] = [];
  const unanswered: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    sent.push({
      method: init?.method ?? "GET",
      segments: url.pathname.split("/"),
      parameters: [...url.searchParams.keys()],
      body: typeof init?.body === "string" ? init.body : "",
    });
    return new Response("{}", { status: 418 });
  };
  const signal = new AbortController().signal;
  const around = { fetch: unanswered, now: () => 1_772_445_600_000, sleep: async () => {}, random: () => 0 };
  const http = vendorHttp({ ...connector.http(config), requestsPerMinute: 1e9, attempts: 1 }, around, signal);
  for (const { poll } of Object.values(connector.streams)) {
    for (const scope of poll === undefined ? [] : (poll.scopes?.(config) ?? [""])) {
      // As the tool's first answer is a refusal, so is the end of the read.
      await Array.fromAsync(poll?.read({ http, config, signal }, poll.start, scope) ?? []).catch(() => {});
    }
  }
  return sent;
};

/** The part of a body that is a program: a GraphQL document is one, its variables are not. */
const programOf = (body: string): unknown => {
  try {
    const { query } = JSON.parse(body) as { query?: unknown };
    return query;
  } catch {
    return undefined;
  }
};

describe("words of the config in what is asked of a tool", () => {
  it("T24 are known for every connector", () => {
    expect(Object.keys(SETTINGS)).toEqual(Object.keys(connectors));
  });

  it.each(Object.keys(SETTINGS))("T24 stay words in requests of %s: one path, one query, one program", async (id) => {
    const connector = (await connectors[id]?.()) as Connector;
    const settings = SETTINGS[id] ?? (() => ({}));
    const plain = PLAIN[id] ?? "plainword";
    const usual = await firstRequests(connector, connector.config.parse(settings(plain)));
    for (const word of HOSTILE) {
      const config = connector.config.safeParse(settings(word));
      if (!config.success) continue;
      const sent = await firstRequests(connector, config.data);
      expect(sent.map(({ method, parameters }) => [method, parameters])).toEqual(
        usual.map(({ method, parameters }) => [method, parameters]),
      );
      for (const [nth, { segments, body }] of sent.entries()) {
        const before = usual[nth];
        const decoded = segments.map((segment) => decodeURIComponent(segment));
        const wanted = before?.segments.map((segment) =>
          decodeURIComponent(segment).toLowerCase() === plain.toLowerCase() ? word.toLowerCase() : segment,
        );
        expect([word, decoded.map((one) => one.toLowerCase())]).toEqual([
          word,
          wanted?.map((one) => one.toLowerCase()),
        ]);
        expect(programOf(body)).toEqual(programOf(before?.body ?? ""));
      }
    }
  });

  it("T24 that would break a Jira query are refused with the config", () => {
    const settings = (projects: string[]) => ({ site: "acme", email: "a@acme.example", apiToken: "t", projects });
    expect(jira.config.safeParse(settings(["ACME"])).success).toBe(true);
    const accepted = HOSTILE.filter((word) => jira.config.safeParse(settings([word])).success);
    expect(accepted).toEqual([]);
  });
});

describe("what is asked of a tool", () => {
  it.each(Object.keys(SETTINGS))("T31 of %s reads only, whatever the token may do", async (id) => {
    const connector = (await connectors[id]?.()) as Connector;
    const config = connector.config.parse(SETTINGS[id]?.(PLAIN[id] ?? "plainword"));
    const sent = await firstRequests(connector, config);
    if (Object.values(connector.streams).some(({ poll }) => poll !== undefined)) expect(sent.length).toBeGreaterThan(0);
    const writing = sent.filter(
      ({ method, segments, body }) =>
        (method !== "GET" && !(method === "POST" && READ_BY_POST.test(segments.join("/")))) ||
        /\bmutation\b/.test(String(programOf(body) ?? "")),
    );
    expect(writing).toEqual([]);
  });

  it("T31 needs no right to write but for webhooks, as each page of a connector says", async () => {
    for (const [id, load] of Object.entries(connectors)) {
      const { setup } = await load();
      const rights = Object.values(setup?.rights ?? {}).map(String);
      if (id !== "segment") expect([id, rights.length]).not.toEqual([id, 0]);
      expect([id, rights.filter((right) => /write|manage|delete|\bfull\b/i.test(right))]).toEqual([id, []]);
    }
  });
});
