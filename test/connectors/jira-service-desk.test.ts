import { setTimeout } from "node:timers/promises";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { Config } from "../../connectors/jira/config.ts";
import jira from "../../connectors/jira/index.ts";
import { normaliseIssue } from "../../connectors/jira/normalise-issue.ts";
import { Issue } from "../../connectors/jira/schema.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { emailHash } from "../fixtures/email-hash.ts";

let now = Date.parse("2026-11-22T09:00:00Z");
const sandbox = await startSandbox({ size: 100, clock: () => now, until: new Date("2026-11-22T00:00:00Z") });
afterAll(() => sandbox.stop());
beforeEach(() => {
  sandbox.reset();
  now = Date.parse("2026-11-22T09:00:00Z");
});

const CONTEXT = { connectionId: "con_test", statuses: new Map(), emailHash };
const context = (more: object = {}) => {
  const { baseUrl, email, apiToken } = { baseUrl: sandbox.urls.jira, ...sandbox.credentials.jira };
  const config = Config.parse({ baseUrl, email, apiToken, projects: ["SUP"], ...more });
  const signal = new AbortController().signal;
  const around = { fetch, now: () => now, sleep: () => setTimeout(0), random: () => 0 };
  return { http: vendorHttp({ ...jira.http(config), requestsPerMinute: 1e6 }, around, signal), config, signal };
};
const read = async (scope: string, more: object = {}, cursor?: object) => {
  const { poll } = jira.streams["issues"] ?? {};
  const pages = await Array.fromAsync(poll?.read(context(more), poll.cursor.parse(cursor ?? {}), scope) ?? []);
  const records = pages.flatMap((page) => page.records);
  const drafts = records.flatMap((record) => normaliseIssue(Issue.parse(record), CONTEXT));
  return { pages, records, drafts, cursor: pages.at(-1)?.cursor as object };
};
const requests = (drafts: readonly Draft[]) =>
  drafts.filter((draft): draft is Draft<"supportTicket"> => draft.kind === "supportTicket");

describe("the service project of Jira", () => {
  it("gives its requests as support tickets with their organisations, page by page", async () => {
    const { drafts, pages } = await read("SUP", { pageSize: 7 });
    expect(pages.length).toBeGreaterThan(3);
    expect(new Set(drafts.map(({ kind }) => kind))).toEqual(new Set(["supportTicket", "account", "customer"]));
    expect(new Set(requests(drafts).map(({ external }) => external.id)).size).toBe(requests(drafts).length);
    for (const { fields, scopes } of requests(drafts)) {
      expect(scopes).toEqual(["SUP"]);
      expect(fields.customerId).toMatchObject({ kind: "customer", noun: "organization" });
    }
    expect(new Set(requests(drafts).map(({ fields }) => fields.status.category))).toEqual(
      new Set(["new", "open", "pending", "solved"]),
    );
  });

  it("tells by its agreements when the first reply came, how long the solution took and what was promised", async () => {
    const { drafts } = await read("SUP");
    const fields = requests(drafts).map((draft) => draft.fields);
    const solved = fields.find(({ solvedAt }) => solvedAt !== undefined);
    expect(solved?.firstReplyMinutes).toBeGreaterThan(0);
    expect(solved?.solveMinutes).toBeGreaterThan(solved?.firstReplyMinutes ?? 0);
    expect(solved?.slaBreachAt).toBeUndefined();
    const open = fields.find(({ status }) => status.category === "new");
    expect(open?.slaBreachAt).toMatch(/^2026-/);
    expect(fields.some(({ satisfactionScore }) => satisfactionScore !== undefined)).toBe(true);
  });

  it("keeps neither name nor address of a customer, in records as in drafts", async () => {
    const { records, drafts } = await read("SUP");
    expect(JSON.stringify([records, drafts])).not.toMatch(/someone@|"Someone"/);
    expect(JSON.stringify(records)).toContain('"accountType":"customer"');
    expect(requests(drafts).every(({ fields }) => fields.requesterId === undefined)).toBe(true);
  });

  it("says which work a request reports a problem in, by label and by link, whichever end tells it", async () => {
    const { drafts } = await read("SUP");
    const declared = requests(drafts).flatMap((draft) => draft.references ?? []);
    expect(declared).toContainEqual({ alias: expect.stringMatching(/^ACME-\d+$/), place: "declared" });
    const linked = requests(drafts).flatMap((draft) => draft.relations ?? []);
    expect(new Set(linked.map(({ type, reverse }) => `${type} ${reverse ?? false}`))).toEqual(
      new Set(["reports_problem_in false"]),
    );
    const work = normaliseIssue(
      Issue.parse({
        id: "7",
        fields: {
          project: { projectTypeKey: "software" },
          issuelinks: [
            {
              type: { name: "Relates" },
              outwardIssue: { id: "9", fields: { issuetype: { name: "[System] Incident" } } },
            },
          ],
        },
      }),
      CONTEXT,
    );
    expect(work[0]).toMatchObject({
      kind: "workItem",
      relations: [{ type: "reports_problem_in", to: { kind: "supportTicket", id: "9" }, reverse: true }],
    });
  });

  it("gives what was opened, solved and rated since, and sends Jira's webhook for it", async () => {
    const before = await read("SUP");
    now += 3_600_000;
    const key = requests(before.drafts).find(({ fields }) => fields.status.category === "open")?.external.key;
    await sandbox.control({ do: "webhooks", mode: "hold" });
    sandbox.setWebhooks({ jira: { url: "http://127.0.0.1:9", secret: "s" } });
    await sandbox.control({ do: "solve_request", key });
    await sandbox.control({ do: "rate_request", key, rating: 1 });
    const opened = await sandbox.control({ do: "open_request", feature: "Saved carts" });
    expect(sandbox.held().map(({ event }) => event)).toEqual([
      "jira:issue_updated",
      "jira:issue_updated",
      "jira:issue_created",
    ]);
    const after = requests((await read("SUP", {}, before.cursor)).drafts);
    const of = (wanted: unknown) => after.find(({ external }) => external.key === wanted);
    expect(of(key)?.fields).toMatchObject({
      status: { category: "solved" },
      solvedAt: "2026-11-22T10:00:00.000Z",
      satisfaction: { category: "bad" },
    });
    expect(of(opened.changed?.[0]?.["key"])?.fields.status.category).toBe("new");
  });
});

describe("an idea of Product Discovery", () => {
  it("has the votes and ratings that its project gives it", async () => {
    const { drafts } = await read("IDEA", { projects: ["IDEA"] });
    const ideas = drafts.filter((draft): draft is Draft<"feature"> => draft.kind === "feature");
    expect(ideas.length).toBeGreaterThan(3);
    for (const { fields } of ideas) {
      expect(fields.votes).toBeGreaterThanOrEqual(2);
      expect(fields.value).toBeGreaterThanOrEqual(1);
      expect(fields.effort).toBeLessThanOrEqual(5);
    }
    const epics = (await read("ACME", { projects: ["ACME"] })).drafts.filter(({ kind }) => kind === "feature");
    expect(epics.length).toBeGreaterThan(3);
    for (const { fields } of epics) expect(fields).not.toHaveProperty("votes");
  });
});
