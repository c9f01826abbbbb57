import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Config } from "../../connectors/linear/config.ts";
import linear from "../../connectors/linear/index.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import type { Page } from "../../shared/connector/contract.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import type { Draft } from "../../shared/domain/entity.ts";

type Cursor = Record<string, unknown>;

const sandbox = await startSandbox({ size: 300, seed: 11 });
const urls: Readonly<Record<string, string | undefined>> = sandbox.urls;
const credentials: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = sandbox.credentials;
const baseUrl = urls["linear"];
if (baseUrl === undefined) process.stdout.write("skipped: the sandbox has no Linear yet\n");
afterAll(() => sandbox.stop());

const read = async (name: string, cursor?: Cursor): Promise<Page<Cursor>[]> => {
  const poll = linear.streams[name]?.poll;
  if (poll === undefined) throw new Error(`no stream ${name}`);
  const config = Config.parse({ apiKey: credentials["linear"]?.["apiKey"] ?? "lin_api_sandbox", baseUrl });
  const signal = new AbortController().signal;
  const around = { fetch, now: Date.now, sleep: () => setTimeout(0), random: () => 0 };
  const http = vendorHttp({ ...linear.http(config), requestsPerMinute: 1e6 }, around, signal);
  const from = poll.cursor.parse(cursor ?? poll.start);
  return Array.fromAsync(poll.read({ http, config, signal }, from, poll.scopes?.(config)[0] ?? ""));
};
const draftsOf = (name: string, pages: readonly Page<Cursor>[]): readonly Draft[] => {
  const stream = linear.streams[name];
  return pages.flatMap(({ records }) =>
    records.flatMap(
      (record) => stream?.normalise(stream.record.parse(record), { connectionId: "con_s", statuses: new Map() }) ?? [],
    ),
  );
};
const idsOf = (drafts: readonly Draft[]): string[] =>
  [...new Set(drafts.map(({ external }) => external.id))].toSorted();

describe.skipIf(baseUrl === undefined)("the sandbox's Linear", () => {
  const full = new Map<string, { readonly pages: readonly Page<Cursor>[]; readonly drafts: readonly Draft[] }>();
  beforeAll(async () => {
    for (const name of Object.keys(linear.streams)) {
      const pages = await read(name);
      full.set(name, { pages, drafts: draftsOf(name, pages) });
    }
  });

  it.each(Object.keys(linear.streams))("gives %s whole, then little more than nothing", async (name) => {
    const { pages, drafts } = full.get(name) ?? { pages: [], drafts: [] };
    expect(drafts.length).toBeGreaterThan(0);
    const again = draftsOf(name, await read(name, pages.at(-1)?.cursor));
    const one = ["teams", "states", "users"].includes(name) ? drafts.length : 10;
    expect(again.length).toBeLessThanOrEqual(one);
    for (const draft of again) expect(drafts).toContainEqual(draft);
  });

  it("loses no issue when it resumes at any page's cursor", async () => {
    const { pages, drafts } = full.get("issues") ?? { pages: [], drafts: [] };
    for (const [index, { cursor }] of pages.entries()) {
      const rest = draftsOf("issues", await read("issues", cursor));
      expect(idsOf([...draftsOf("issues", pages.slice(0, index + 1)), ...rest])).toEqual(idsOf(drafts));
    }
  });

  it("has no reference to a record that no stream gives", () => {
    const known = new Set([...full.values()].flatMap(({ drafts }) => drafts.map(({ external }) => external.id)));
    const refs = [...full.values()].flatMap(({ drafts }) => drafts.flatMap(({ fields }) => refsIn(fields)));
    expect(refs.length).toBeGreaterThan(0);
    expect(refs.filter((id) => !known.has(id))).toEqual([]);
  });

  it("maps every status, present and past, by the vocabulary it gives", () => {
    const words = (full.get("states")?.drafts ?? []) as readonly Draft<"vocabulary">[];
    const types = new Map(words.map(({ external, fields }) => [external.id, fields]));
    const issues = (full.get("issues")?.drafts ?? []) as readonly Draft<"workItem">[];
    for (const { fields, history = [] } of issues) {
      const { id = "", detail } = fields.status;
      expect(fields.status).toEqual(linear.status?.({ id, name: detail, type: types.get(id)?.type }, new Map()));
      const changes = history.flatMap((entry) => entry.changes).filter(({ field }) => field === "status");
      for (const { from, to } of changes) {
        expect(types.has(from?.id ?? "")).toBe(true);
        expect(types.has(to?.id ?? "")).toBe(true);
      }
      if (changes.length > 0) expect(changes.at(-1)?.to?.id).toBe(fields.status.id);
    }
  });
});

const refsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (typeof value !== "object" || value === null) return [];
  if ("noun" in value && "id" in value) return [String(value.id)];
  return Object.values(value).flatMap(refsIn);
};
