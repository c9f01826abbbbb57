import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectors } from "../../connectors/index.ts";
import { inWords } from "../../infra/cli/explain.ts";
import { demoConfig } from "../../infra/local/demo.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import type { Connector } from "../../shared/connector/contract.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { TRUST_LIMITS } from "../../shared/domain/experiment-trust.ts";
import { snakeKeys } from "../../shared/domain/snake-case.ts";
import type { Stage } from "../../shared/domain/stage.ts";
import { becauseAt } from "../../shared/pipeline/because-at.ts";
import type { Connection } from "../../shared/pipeline/hub.ts";
import { vocabulary } from "../../shared/pipeline/vocabulary.ts";
import { reportReads, reportsOf } from "../../shared/platform/reports.ts";
import type { Report } from "../../shared/report/document.ts";
import { makeReport } from "../../shared/report/make.ts";
import { periodOf } from "../../shared/report/period.ts";
import { streamKey } from "../../shared/store/keys.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import type { FeatureView, Views } from "../../shared/store/views.ts";
import { ExplanationJson, explanationJson } from "../../shared/web/api/feature-json.ts";
import { webApp } from "../../shared/web/app.ts";
import { featurePath } from "../../shared/web/feature-address.ts";
import { silent } from "../web/memory-views.ts";
import { arriving } from "./arriving.ts";

const NOW = "2026-03-02T10:00:00.000Z";
const HUB = "http://localhost:4100";
/** What the made-up company of `infra/sandbox/company` hides, by the names that its planners use. */
const STORIES = [
  "One-page checkout",
  "Gift cards",
  "Café pick-up ☕",
  "Saved carts",
  "Address autocomplete",
  "Natural-language questions",
];
/** Streams that tell nothing of these stories. */
const LEFT_OUT = new Set(["reviews", "commits", "runs", "issues/github", "milestones", "people", "ratings", "export"]);
const TOOLS = [
  "jira",
  "github",
  "figma",
  "growthbook",
  "hubspot",
  "launchdarkly",
  "mailchimp",
  "notion",
  "posthog",
  "zendesk",
];
/** One feature of the second product is late by how its work went so far: that needs more work than the rest. */
const LATE = { tool: "linear", size: 1200 };

/** Everything that a tool tells of the company's first product, over HTTP. */
const read = async (connector: Connector, config: unknown): Promise<Draft[]> => {
  const signal = AbortSignal.timeout(60_000);
  const around = { fetch, now: Date.now, sleep: () => Promise.resolve(), random: () => 0 };
  const http = vendorHttp({ ...connector.http(config), requestsPerMinute: 1e6 }, around, signal);
  const drafts: Draft[] = [];
  const context = { connectionId: `con_${connector.id}`, statuses: new Map() };
  for (const [name, { poll }] of Object.entries(connector.streams)) {
    if (poll === undefined || LEFT_OUT.has(name) || LEFT_OUT.has(`${name}/${connector.id}`)) continue;
    for (const scope of poll.scopes?.(config) ?? [""])
      for await (const { records, also = {} } of poll.read({ http, config, signal }, poll.start, scope))
        for (const [of, list] of Object.entries({ [name]: records, ...also })) {
          const stream = connector.streams[of];
          if (stream === undefined || LEFT_OUT.has(of)) continue;
          for (const record of list) drafts.push(...stream.normalise(stream.record.parse(record), context));
        }
  }
  return drafts;
};

describe("the stories that the made-up company hides", { timeout: 120_000 }, () => {
  const sandboxes: Sandbox[] = [];
  let views: Views;
  let report: Report;
  const hub = arriving(Object.fromEntries([...TOOLS, LATE.tool].map((tool) => [tool, "planning" as const])));
  afterAll(async () => {
    hub[Symbol.dispose]();
    for (const sandbox of sandboxes) await sandbox.stop();
  });
  beforeAll(async () => {
    for (const size of [300, LATE.size])
      sandboxes.push(await startSandbox({ size, seed: 7, until: new Date("2026-03-02T00:00:00.000Z") }));
    const [small, large] = sandboxes.map((sandbox) => demoConfig(sandbox, "s").connections);
    const real = hub.hubWith();
    const opened = new Map<string, Connection>();
    const all: [tool: string, draft: Draft][] = [];
    for (const tool of [...TOOLS, LATE.tool]) {
      const connections = (tool === LATE.tool ? large : small) ?? {};
      const load = connectors[tool];
      if (load === undefined) throw new Error(`there is no connector ${tool}`);
      const connector = await load();
      const settings = connections[tool]?.config ?? {};
      const config = connector.config.parse(tool === "github" ? { ...settings, repos: ["acme/storefront"] } : settings);
      opened.set(tool, { ...(await real.connection(tool)), connector, config });
      for (const draft of await read(connector, config)) all.push([tool, draft]);
      for (const [stream, { poll }] of Object.entries(connector.streams))
        for (const scope of poll?.scopes?.(config) ?? [""])
          await hub.table.put({
            ...streamKey(tool, stream, scope),
            version: 1,
            data: { firstCompletedAt: NOW, lastCompletedAt: NOW, run: { state: "completed", pages: 1, records: 1 } },
          });
    }
    hub.opens(opened);
    await hub.arriveTogether(...about(all));
    views = tableViews(hub.table, {
      products: real.products,
      connections: async () => [],
      now: () => new Date(NOW),
      statusOf: vocabulary(real),
    });
    const [weekly] = reportsOf({ reports: { weekly: { kind: "product", schedule: "0 9 * * 1", to: ["archive"] } } });
    if (weekly === undefined) throw new Error("there is no report");
    const period = periodOf("week", "UTC", "monday", new Date(NOW));
    const around = { reads: reportReads(real, becauseAt), hubUrl: HUB, madeAt: new Date(NOW) };
    report = await makeReport(weekly, period, around, undefined);
  });

  const app = () =>
    webApp({
      views,
      table: hub.table,
      say: silent,
      now: () => new Date(NOW),
      cursorKey: new Uint8Array(32).fill(7),
      version: "0.1.0",
      url: () => HUB,
      trustLimits: () => TRUST_LIMITS,
    });
  /** What people read on a feature's page, without its markup. */
  const pageOf = async (view: FeatureView): Promise<string> => {
    const html = await (await app().request(featurePath(view))).text();
    return html
      .replace(/<[^>]+>/g, " ")
      .replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&")
      .replaceAll(/\s+/g, " ");
  };
  /** What a section of the report says of a feature, and the hosts of its proofs. */
  const reported = (section: string, name: string) => {
    const items = (report.sections.find(({ id }) => id === section)?.blocks ?? []).flatMap((block) =>
      block.type === "list" ? block.items : [],
    );
    const details = items
      .filter(({ text }) => text.endsWith(` ${name}`) || text === name)
      .flatMap((item) => item.details);
    return {
      text: details.map((detail) => (typeof detail === "string" ? detail : "")).join("\n"),
      links: details.flatMap((detail) => (typeof detail === "object" && detail !== null ? [detail] : [])),
    };
  };

  const told = async (name: string) => {
    const page = await views.features({ q: name }, undefined, 50);
    const view = page.items.find((one) => one.name === name && (one.tool === "jira" || one.tool === LATE.tool));
    if (view === undefined) throw new Error(`no feature is called ${name}`);
    const json = ExplanationJson.strict().parse(explanationJson(view));
    const why = (stage: Stage) => json.because.find((line) => line.stage === stage);
    return { view, json, why, text: await inWords(views, view) };
  };

  it("a finished feature that no customer sees", async () => {
    const { view, json, text } = await told("One-page checkout");
    expect(json).toMatchObject({ stage: "testing", badges: ["deployed_dark"], status: { category: "completed" } });
    const [conflict] = json.conflicts;
    expect(conflict?.claim).toMatch(/^Jira ACME-\d+ says done/);
    expect(conflict?.against).toContain("flag storefront-one-page-checkout at 0 %");
    expect(toolsOf(conflict?.evidence)).toEqual(["jira", "launchdarkly"]);
    expect(text).toContain("Its plan says “Done”, but the evidence says testing");
    expect(text).toMatch(/Who says otherwise\n {2}Jira ACME-\d+ says done .*, but R6: not exposed to customers/);
    expect(await pageOf(view)).toContain(`${conflict?.claim}`);
    const { text: decision, links } = reported("decisions", view.name);
    expect(decision).toContain("says done");
    expect(decision).toContain("flag storefront-one-page-checkout at 0 %");
    expect(toolsOf(links.map(({ url }) => url))).toEqual(["jira", "launchdarkly"]);
  });

  it("an experiment that lost, and is given to everybody", async () => {
    const { view, json } = await told("Gift cards");
    const lost = json.conflicts.find(({ claim }) => claim.startsWith("GrowthBook storefront-gift-cards lost"));
    expect(lost?.against).toContain("flag storefront-gift-cards at 100 %");
    expect(toolsOf(lost?.evidence)).toEqual(["growthbook", "launchdarkly"]);
    expect(await pageOf(view)).toContain(`${lost?.claim}`);
    const { text: decision, links } = reported("decisions", view.name);
    expect(decision).toMatch(/GrowthBook storefront-gift-cards lost .*, but R6: .*flag storefront-gift-cards at 100 %/);
    expect(toolsOf(links.map(({ url }) => url))).toEqual(expect.arrayContaining(["growthbook", "launchdarkly"]));
  });

  it("a campaign that went out before customers could have what it promised", async () => {
    const { view, why, text } = await told("Café pick-up ☕");
    expect(why("marketing")?.text).toMatch(/the first \d+ \w+( \d{4})?, before customers could have it/);
    expect(toolsOf(why("marketing")?.evidence)).toEqual(expect.arrayContaining(["hubspot", "mailchimp"]));
    expect(text).toContain("before customers could have it");
    expect(await pageOf(view)).toContain("before customers could have it");
    const { text: misfit, links } = reported("misfits", view.name);
    expect(misfit).toMatch(
      /^a campaign was ahead of production: \d+ campaigns? sent, .*before customers could have it/,
    );
    expect(toolsOf(links.map(({ url }) => url))).not.toEqual([]);
  });

  it("a promise that its owner keeps to and its work does not", async () => {
    const { view, json, text } = await told("Natural-language questions");
    expect(json).toMatchObject({ health: { declared: { value: "on_track" }, derived: { value: "off_track" } } });
    const schedule = json.health.dimensions.find(({ name }) => name === "schedule");
    expect(schedule).toMatchObject({
      level: "off_track",
      text: expect.stringMatching(/the target is|not done within/),
    });
    expect(text).toMatch(/off track: .*; its owner says on track/);
    expect(text).toContain("Marks: watermelon");
    const page = await pageOf(view);
    expect(page).toContain("(the two disagree)");
    expect(page).toContain(schedule?.text ?? "?");
    const { text: misfit, links } = reported("misfits", view.name);
    expect(misfit).toContain("declared on track");
    expect(misfit).toContain(`the evidence says off track: ${schedule?.text}`);
    expect(links.map(({ url }) => new URL(url).hostname)).toContain("linear.app");
    const risks = report.sections.find(({ id }) => id === "risks")?.blocks.find((block) => block.type === "table");
    const row = risks?.type === "table" ? risks.rows.find(([cell]) => JSON.stringify(cell).includes(view.name)) : [];
    expect(row?.[3]).toContain("declared on track, the evidence says otherwise");
  });

  it("a flood of tickets after the release", async () => {
    const { view, why } = await told("Saved carts");
    expect(why("support")?.text).toMatch(/^\d+ of \d+ tickets came within 7 d from .*, right after customers first/);
    expect(toolsOf(why("support")?.evidence)).toContain("zendesk");
    expect(await pageOf(view)).toMatch(
      /\d+ of \d+ tickets came within 7 d from .*, right after customers first had it/,
    );
    const { text: misfit, links } = reported("misfits", view.name);
    expect(misfit).toMatch(/\d+ of \d+ tickets came within 7 d from .*, right after customers first had it/);
    expect(toolsOf(links.map(({ url }) => url))).toContain("zendesk");
  });

  it("one feature under as many names as there are tools", async () => {
    const { view, json, text } = await told("Address autocomplete");
    expect(json.names).toMatchObject([{ tool: "notion", name: "Fewer typed addresses" }]);
    expect((await views.feature(json.names[0]?.id ?? ""))?.id).toBe(view.id);
    for (const name of ["Address lookup while typing", "Type-ahead addresses", "Addr lookup v2"])
      expect(text).toContain(name);
    const page = await pageOf(view);
    expect(page).toContain("Also known as Fewer typed addresses in Notion");
    expect(page).toContain("Address lookup while typing");
    const { links } = reported("misfits", view.name);
    expect(links).toContainEqual({ text: "Fewer typed addresses in Notion", url: json.names[0]?.url });
  });

  it("are told in the shape that the API documents", async () => {
    for (const name of STORIES) {
      const { json } = await told(name);
      expect(Object.keys(snakeKeys(json) as object)).toEqual(expect.arrayContaining(["not_yet", "as_of", "names"]));
    }
  });
});

const HOSTS: Readonly<Record<string, string>> = {
  growthbook: "growthbook.io",
  hubspot: "hubspot.com",
  jira: "atlassian.net",
  launchdarkly: "launchdarkly.com",
  mailchimp: "mailchimp.com",
  zendesk: "zendesk.com",
};
const toolsOf = (evidence: readonly string[] = []): string[] =>
  Object.keys(HOSTS).filter((tool) => evidence.some((url) => url.includes(HOSTS[tool] ?? "?")));

/** The records that have to do with the stories; nothing is told of how. */
const about = (all: readonly (readonly [string, Draft])[]): (readonly [string, Draft])[] => {
  const text = new Map(all.map(([tool, draft]) => [draft, `${tool} ${JSON.stringify(draft)}`]));
  const epics = all.flatMap(([, { kind, external, fields }]) =>
    kind === "feature" && STORIES.includes((fields as { title?: string }).title ?? "") ? [external.id] : [],
  );
  const items = all.filter(
    ([, draft]) => draft.kind === "workItem" && epics.some((id) => text.get(draft)?.includes(`"id":"${id}"`)),
  );
  const keys = items.flatMap(([, { external }]) => external.key ?? []);
  const named = new RegExp(`(?:${keys.join("|")})(?![0-9])|${STORIES.map((name) => name.slice(0, 9)).join("|")}`, "i");
  const pulls = all.filter(([, draft]) => draft.kind === "pullRequest" && named.test(text.get(draft) ?? ""));
  const shas = new Set(pulls.flatMap(([, { fields }]) => (fields as { mergeCommitSha?: string }).mergeCommitSha ?? []));
  const brings = ({ kind, fields }: Draft) =>
    kind === "deployment" && (fields as { commitShas: readonly string[] }).commitShas.some((sha) => shas.has(sha));
  const flags = STORIES.map(
    (name) => `storefront-${name.toLowerCase().replace("é", "e").replace(/ ☕/, "").replaceAll(" ", "-")}`,
  );
  return all.filter(
    ([, draft]) =>
      epics.includes(draft.external.id) ||
      items.some(([, item]) => item === draft) ||
      brings(draft) ||
      draft.kind === "vocabulary" ||
      draft.kind === "objective" ||
      flags.some((key) => text.get(draft)?.includes(key)) ||
      (draft.kind !== "account" && named.test(text.get(draft) ?? "")),
  );
};
