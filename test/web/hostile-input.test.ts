import { describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import { repliesIn } from "../../shared/store/replies.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import { LOCAL } from "../../shared/web/access/identity.ts";
import { parametersOf } from "../../shared/web/api/open-api.ts";
import { ROUTES } from "../../shared/web/api/routes.ts";
import { mcpServer } from "../../shared/web/mcp/mcp-server.ts";
import { TOOLS } from "../../shared/web/mcp/tools.ts";
import { corpusRows } from "../connector/corpus.ts";
import { depsOver } from "./mcp/mcp-hub.ts";
import { NOW, sampleApp, sampleHub } from "./sample-hub.ts";

/** Every text of every corpus; long ones cut as an address line would be. */
const texts = (): string[] => {
  const strings = [
    "strings.blns",
    "xss",
    "csv.formula",
    "prompt.injection",
    "channel.injection",
    "query.injection",
    "unicode",
    "ssrf.urls",
  ]
    .flatMap((name) => corpusRows<{ s: string }>(`${name}.jsonl`))
    .map(({ s }) => s);
  const pumps = corpusRows<{ pre: string; pump: string; suf: string }>("redos.pumps.jsonl").map(
    ({ pre, pump, suf }) => `${pre}${pump.repeat(3000)}${suf}`,
  );
  const queries = corpusRows<{ raw?: string; query?: string }>("prototype.pollution.jsonl").flatMap(
    ({ raw, query }) => query ?? raw ?? [],
  );
  return [...strings, ...pumps, ...queries].map((text) => text.slice(0, 8000));
};

const table = sqliteTable(openDatabase(":memory:"));
const hub = sampleHub(1);
const failures: unknown[] = [];
const over = {
  views: tableViews(table, {
    products: hub.products,
    connections: async () => hub.connections,
    now: () => NOW,
    statusOf: async () => () => ({ category: "unknown" as const, detail: "", mappedBy: "default" as const }),
  }),
  replies: repliesIn(table),
  ask: async () => {},
  onFailure: (error: unknown) => failures.push(error),
};
const app = sampleApp(hub, over);
const READS = ROUTES.filter(({ method }) => method === "GET").map((route) => ({
  path: route.path,
  names: parametersOf(route).map(({ name }) => name),
}));
const WRITES = ROUTES.filter(({ method }) => method !== "GET");

/** A safe spelling for an address: lone halves of signs have none. */
const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

describe("hostile input", { timeout: 60_000 }, () => {
  it("in parameters, names and filters of every operation never fails inside, and harms no prototype", async () => {
    const statuses = new Map<number, number>();
    const wrong: string[] = [];
    for (const [at, text] of texts().entries()) {
      const route = READS[at % READS.length];
      if (route === undefined) throw new Error("there are no operations");
      const name = route.names[Math.floor(at / READS.length) % route.names.length];
      const addresses = [
        `${route.path.replace(/\{\w+\}/, encoded(text))}?${name}=${encoded(text)}`,
        ...(at % 4 === 0 ? [`/v1/search?q=${encoded(text.slice(0, 200))}`] : []),
      ];
      for (const address of addresses) {
        const response = await app.request(`http://localhost:4100${address}`);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        if (response.status >= 500) wrong.push(`${response.status} ${address.slice(0, 200)}`);
      }
    }
    process.stdout.write(`answers to hostile parameters: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
    expect(wrong).toEqual([]);
    expect(failures).toEqual([]);
    expect(({} as Record<string, unknown>)["isAdmin"]).toBeUndefined();
  });

  it("in bodies and names of requests is refused as the caller's fault", async () => {
    const bodies = [
      ...corpusRows<{ b64: string }>("json.parsing.jsonl").map(({ b64 }) => Buffer.from(b64, "base64")),
      ...corpusRows<{ raw?: string }>("prototype.pollution.jsonl").flatMap(({ raw }) => raw ?? []),
      ...corpusRows<{ body: string }>("github.webhooks.jsonl")
        .slice(0, 20)
        .map(({ body }) => body),
      `${"[".repeat(100_000)}`,
      JSON.stringify({ full: "x".repeat(300_000) }),
    ];
    const statuses = new Map<number, number>();
    for (const [at, body] of bodies.entries()) {
      const route = WRITES[at % WRITES.length];
      const response = await app.request(`http://localhost:4100${route?.path.replace(/\{\w+\}/, "jira")}`, {
        method: route?.method ?? "POST",
        body,
        headers: { "Content-Type": "application/json", "Idempotency-Key": `h-${at}` },
      });
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    }
    process.stdout.write(`answers to hostile bodies: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    expect(({} as Record<string, unknown>)["isAdmin"]).toBeUndefined();
  });

  it("in arguments of tools is told as a mistake, and stays data", async () => {
    const deps = depsOver(hub, over);
    const outcomes = { answered: 0, refused: 0 };
    for (const [at, text] of texts().entries()) {
      const tool = TOOLS[at % TOOLS.length];
      const names = Object.keys(tool?.input.shape ?? {});
      const name = names[Math.floor(at / TOOLS.length) % Math.max(1, names.length)] ?? "nothing";
      const given = tool?.input.safeParse({
        ...(tool.name === "list_changes" && { since: "2026-11-15" }),
        [name]: text,
      });
      if (tool === undefined || given?.success !== true) {
        outcomes.refused += 1;
        continue;
      }
      const { text: words } = await tool.answer({ deps, identity: LOCAL }, given.data).catch((error: unknown) => {
        expect(error).toMatchObject({ name: "HubError" });
        return { text: "" };
      });
      expect(Buffer.byteLength(words)).toBeLessThanOrEqual(4096);
      outcomes.answered += 1;
    }
    process.stdout.write(`hostile arguments: ${JSON.stringify(outcomes)}\n`);
    expect(mcpServer(deps, LOCAL)).toBeDefined();
  });
});
