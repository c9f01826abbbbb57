import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectors } from "../../connectors/index.ts";
import { demoConfig } from "../../infra/local/demo.ts";
import type { Join } from "../../infra/sandbox/control/joins.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { entityId } from "../../shared/domain/kind.ts";
import { type Contribution, projectedOf } from "../../shared/pipeline/relink.ts";
import { lists } from "../../shared/store/keys.ts";
import type { Suggestion } from "../../shared/store/suggestions.ts";
import { arriving } from "./arriving.ts";

/** What is read of each tool: its plans, and what is made for them. */
const STREAMS: Readonly<Record<string, string>> = {
  jira: "issues",
  notion: "features",
  figma: "files",
  launchdarkly: "flags",
  hubspot: "campaigns",
};
const PLANNED = new Set(["feature", "workItem", "design", "featureFlag", "campaign"]);
/** From here on a link counts without a person. */
const SURE = 0.7;

/** A record of the company with the feature that the hub says it belongs to, if any. */
interface Told extends Join {
  readonly epic: string;
  readonly recordId: string;
  readonly said: Contribution | undefined;
  readonly is: "right" | "wrong" | "asked" | "none";
}

describe("what the hub joins of the made-up company, against the truth", { timeout: 60_000 }, () => {
  let sandbox: Sandbox;
  const joins: Told[] = [];
  const epics = new Map<string, string>();
  const hub = arriving(
    Object.fromEntries(Object.keys(STREAMS).map((tool) => [tool, tool === "jira" ? "planning" : "data"])),
  );
  const idOf = (tool: string, { kind, external }: Draft) => entityId(`con_${tool}`, { kind, ...external });
  afterAll(async () => {
    hub[Symbol.dispose]();
    await sandbox.stop();
  });

  /** All that a tool tells in one of its streams. */
  const read = async (tool: string, name: string, config: unknown): Promise<Draft[]> => {
    const connector = await connectors[tool]?.();
    const stream = connector?.streams[name];
    if (connector === undefined || stream?.poll === undefined) throw new Error(`${tool} has no stream ${name}`);
    const settings = connector.config.parse(config);
    const signal = AbortSignal.timeout(60_000);
    const around = { fetch: sandbox.fetch, now: Date.now, sleep: () => Promise.resolve(), random: () => 0 };
    const http = vendorHttp({ ...connector.http(settings), requestsPerMinute: 1e6 }, around, signal);
    const context = { connectionId: `con_${tool}`, statuses: new Map() };
    const drafts: Draft[] = [];
    for (const scope of stream.poll.scopes?.(settings) ?? [""])
      for await (const { records } of stream.poll.read({ http, config: settings, signal }, stream.poll.start, scope))
        for (const record of records) drafts.push(...stream.normalise(stream.record.parse(record), context));
    return drafts.filter(({ kind }) => PLANNED.has(kind));
  };

  beforeAll(async () => {
    sandbox = await startSandbox({ size: 300, seed: 7, until: new Date("2026-03-02T00:00:00.000Z") });
    const { connections = {} } = demoConfig(sandbox, "s");
    const all: [tool: string, draft: Draft][] = [];
    const ids = new Map<string, string>();
    for (const [tool, name] of Object.entries(STREAMS))
      for (const draft of await read(tool, name, connections[tool]?.config)) {
        const id = idOf(tool, draft);
        ids.set(`${tool} ${tool === "jira" ? draft.external.id : (draft.external.key ?? draft.external.id)}`, id);
        const { title, type } = draft.fields as { readonly title?: string; readonly type?: string };
        if (tool === "jira" && draft.kind === "feature" && type === "Epic") epics.set(title ?? "", id);
        all.push([tool, { ...draft, history: [] }]);
      }
    const truths = sandbox.joins().filter(({ product }) => product === "Storefront");
    const told = truths.map(({ tool, id }) => ids.get(`${tool} ${id}`));
    const about = all.filter(([tool, draft]) => tool !== "jira" && told.includes(idOf(tool, draft)));
    const text = JSON.stringify(about);
    const named = ({ kind, external: { key = "" } }: Draft) =>
      kind === "feature" || new RegExp(`\\b${key}\\b`, "i").test(text);
    await hub.arriveTogether(...all.filter(([tool, draft]) => tool === "jira" && named(draft)), ...about);
    for (const join of truths) {
      const recordId = ids.get(`${join.tool} ${join.id}`);
      const epic = epics.get(join.feature);
      if (recordId === undefined || epic === undefined) continue;
      const [said] = (await projectedOf(hub.table, recordId)).features;
      const is =
        said === undefined ? "none" : said.confidence < SURE ? "asked" : said.featureId === epic ? "right" : "wrong";
      joins.push({ ...join, epic, recordId, said, is });
    }
  });

  it("are nearly always right, and most of them are found", () => {
    const count = (is: Told["is"]) => joins.filter((one) => one.is === is).length;
    const precision = count("right") / (count("right") + count("wrong"));
    const recall = count("right") / joins.length;
    process.stdout.write(
      `joins: ${joins.length} in truth; ${count("right")} right, ${count("wrong")} wrong, ${count("asked")} doubted, ${count("none")} not joined; precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}\n`,
    );
    expect(joins.length).toBeGreaterThan(50);
    expect(precision).toBeGreaterThanOrEqual(0.97);
    expect(recall).toBeGreaterThanOrEqual(0.75);
    // A marker that somebody wrote for nothing else is believed, whatever the record is called.
    expect(joins.filter(({ is }) => is === "wrong").map(({ said }) => said?.via)).toEqual(["declared"]);
  });

  it("are put to people where a key leads to a feature of quite another name, or nothing leads anywhere", async () => {
    const open = await hub.table.query<Suggestion>({ pk: lists.suggestions, by: "list", limit: 200 });
    const asked = new Set(open.flatMap(({ data: { from, to } }) => [`${from} ${to}`, `${to} ${from}`]));
    const unsure = joins.filter(({ is }) => is === "asked" || is === "none");
    expect(unsure.filter(({ care, tool }) => care === "wrong" && tool === "notion")).toHaveLength(3);
    const isAsked = ({ recordId, epic }: Told) => asked.has(`${recordId} ${epic}`);
    expect(unsure.filter((one) => !isAsked(one)).map(({ tool, feature }) => `${tool} ${feature}`)).toEqual([]);
    expect(joins.filter((one) => one.is === "right" && isAsked(one))).toEqual([]);
  });

  it("give no feature the name of another one", async () => {
    for (const [title, epic] of epics)
      for (const { name } of (await hub.view(epic))?.names ?? [])
        expect(name === title || !epics.has(name), `${name} is told as a name of ${title}`).toBe(true);
  });
});
