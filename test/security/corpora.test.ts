import { readdirSync, readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { connectors } from "../../connectors/index.ts";
import type { Stream } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import { draftsOf, ingest } from "../../shared/pipeline/ingest.ts";
import { parseHubConfig } from "../../shared/platform/config.ts";
import { safeAddress } from "../../shared/platform/safe-address.ts";
import { corpusRows, corpusText } from "../connector/corpus.ts";
import { stillClock } from "../connector/vendor-server.ts";
import { emailHash } from "../fixtures/email-hash.ts";
import { sampleApp, sampleHub } from "../web/sample-hub.ts";
import { bodyOf, count, type Door, type Row, tally, textOf } from "./corpus-row.ts";
import { DOORS_OUT } from "./doors-out.ts";
import { openHook, post, signed } from "./hook-door.ts";

const FILES = [
  "strings.blns.jsonl",
  "json.parsing.jsonl",
  "xss.jsonl",
  "ssrf.urls.jsonl",
  "csv.formula.jsonl",
  "prototype.pollution.jsonl",
  "prompt.injection.jsonl",
  "channel.injection.jsonl",
  "query.injection.jsonl",
  "unicode.jsonl",
  "github.webhooks.jsonl",
] as const;
const corpora: [string, Row[]][] = [
  ...FILES.map((file): [string, Row[]] => [file, corpusRows<Row>(file)]),
  ["aws.limits.json", JSON.parse(corpusText("aws.limits.json") ?? "[]") as Row[]],
];
/** The same classes without the corpora, so that a clone on its own proves something too. */
const OWN: Row[] = [
  ...[
    "",
    "null",
    "\u0000",
    "\ud800",
    "<script>alert(1)</script>",
    "=1+1",
    "../../etc/passwd",
    "\u202ea",
    "é".repeat(9e4),
  ].map((s) => ({ s })),
  { raw: '{"__proto__":{"polluted":1}}' },
  { rawjson: '{"id":9007199254740993,"n":1e400}' },
  { b64: "//57ACIAYQAiADoAMQB9AA==" },
  ...[1000, 100_000].map((depth) => ({ gen: { kind: "nest", depth } })),
  ...[255, 1023, 1025, 10_241].map((kb) => ({ gen: { kind: "pad", kb } })),
];

const VENDOR = "https://api.vendor.example";

/** Every row with `THROUGHLINE_CORPORA=all`, else some of each, so that the suite stays short. */
const STEP = process.env["THROUGHLINE_CORPORA"] === "all" ? 1 : 40;

/** 200 for a value, 400 for a refusal in words of our own, 500 for anything else that is thrown. */
const statusOf = (work: () => unknown): number => {
  try {
    work();
    return 200;
  } catch (error) {
    return error instanceof HubError || error instanceof z.ZodError ? 400 : 500;
  }
};

const FIXTURES = new URL("../fixtures/", import.meta.url);
const folders = readdirSync(FIXTURES, { withFileTypes: true }).filter((one) => one.isDirectory());
/** Every record on file with the stream that reads it. */
const fixtures = (
  await Promise.all(
    folders.map(async ({ name }) => {
      const connector = await connectors[name]?.();
      if (connector === undefined) return [];
      return readdirSync(new URL(`${name}/`, FIXTURES)).flatMap((file) => {
        if (!file.endsWith(".json")) return [];
        const held = JSON.parse(readFileSync(new URL(`${name}/${file}`, FIXTURES), "utf8")) as {
          stream?: string;
          record?: unknown;
        };
        const stream = connector.streams[held.stream ?? file.replace(".json", "")];
        return stream === undefined || held.record === undefined
          ? []
          : [{ at: `${name}/${file}`, stream, record: held.record }];
      });
    }),
  )
).flat();
/** A copy whose every text is that one. */
const withText = (value: unknown, text: string): unknown => {
  if (typeof value === "string") return text;
  if (Array.isArray(value)) return value.map((part) => withText(part, text));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withText(part, text)]));
};
/** A copy of which one text, the nth, is that one. */
const withOneText = (value: unknown, text: string, nth: number): unknown => {
  let seen = 0;
  let all = 0;
  JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "string") all += 1;
    return part;
  });
  return JSON.parse(JSON.stringify(value), (_, part: unknown) => {
    if (typeof part !== "string") return part;
    seen += 1;
    return seen - 1 === nth % Math.max(1, all) ? text : part;
  });
};
const normalised = (stream: Stream<unknown, unknown, unknown>, record: unknown): number =>
  statusOf(() =>
    JSON.stringify(
      draftsOf(stream, "x/y", record, { id: "con_x", statuses: new Map(), environments: undefined, emailHash }),
    ),
  );

const DOORS: Readonly<Record<string, Door>> = {
  "webhook, read to its end": async (rows, into) => {
    using hub = openHook();
    for (const row of rows) {
      const body = bodyOf(row);
      count(into, await post(body, signed(body)), textOf(row));
    }
    for (const { message } of await hub.queued()) await ingest(hub.whole, message);
  },
  "record of a tool": async (rows, into) => {
    for (const [nth, row] of rows.entries()) {
      const { at, stream, record } = fixtures[nth % fixtures.length] ?? {
        at: "",
        stream: undefined,
        record: undefined,
      };
      if (stream === undefined) continue;
      const text = textOf(row).slice(0, 100_000);
      count(
        into,
        Math.max(
          normalised(stream, withOneText(record, text, nth)),
          normalised(stream, withText(record, text)) === 500 ? 500 : 0,
        ),
        `${at} ${text}`,
      );
    }
  },
  "API: query and path": async (rows, into) => {
    const app = sampleApp(sampleHub(0));
    for (const [nth, row] of rows.entries()) {
      const text = encodeURIComponent(textOf(row).toWellFormed().slice(0, 500));
      const query = typeof row.query === "string" ? row.query : `q=${text}`;
      const paths = [
        `/v1/features?${query}`,
        `/v1/features/${text}`,
        `/v1/changes?since=${text}`,
        `/v1/${text}`,
        `/features?${query}`,
      ];
      const path = paths[nth % paths.length] ?? "";
      count(into, (await app.request(path)).status, path);
    }
  },
  "API: body": async (rows, into) => {
    const app = sampleApp(sampleHub(0));
    const headers = { "content-type": "application/json" };
    for (const [nth, row] of rows.entries()) {
      const path = ["/v1/shares", "/v1/keys", "/v1/members"][nth % 3] ?? "";
      // A text is the name of a key that is made; whatever else is a body of its own.
      const { s } = row;
      const [to, body] =
        typeof s === "string"
          ? (["/v1/keys", JSON.stringify({ name: s, role: "viewer" })] as const)
          : ([path, new Uint8Array(bodyOf(row))] as const);
      const { status } = await app.request(to, { method: "POST", headers, body });
      count(into, status, path);
    }
  },
  config: async (rows, into) => {
    for (const row of rows) {
      const text = textOf(row).slice(0, 500);
      const source = bodyOf(row).toString("utf8").slice(0, 500);
      const named = {
        products: { [text]: { name: text } },
        connections: { [text]: { connector: text, config: { token: text } } },
      };
      const status = Math.max(
        statusOf(() => parseHubConfig(named, "throughline.config.json", source)),
        statusOf(() => parseHubConfig({ connections: {}, url: text }, "throughline.config.json", source)),
      );
      if (status === 500) into.failed.push(text);
      else
        count(
          into,
          statusOf(() =>
            parseHubConfig({ products: { web: { name: text, sources: [] } }, connections: {} }, "c.json", source),
          ),
          text,
        );
    }
  },
  ...DOORS_OUT,
};

/** Which doors a corpus fits; those that are not named here fit all. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = { config: ["github.webhooks.jsonl"] };

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const heapMb = (): number => {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

describe("hostile and odd texts", () => {
  const all: [string, Row[]][] = [
    ["own", OWN],
    ...corpora.flatMap(([file, rows]): [string, Row[]][] =>
      rows.length === 0 ? [] : [[file, rows.filter((_, nth) => nth % STEP === 0)]],
    ),
  ];

  it.each(Object.keys(DOORS))("are taken or refused, and fail nowhere: %s", { timeout: 120_000 }, async (name) => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort();
    await DOORS[name]?.(OWN, tally());
    const heap = heapMb();
    const lines: string[] = [];
    let accepted = 0;
    for (const [file, rows] of all) {
      if (LEFT_OUT[name]?.includes(file)) continue;
      const seen = tally();
      await DOORS[name]?.(rows, seen);
      lines.push(
        `${name} | ${file} | ${rows.length} | ${seen.accepted} taken | ${seen.refused} refused | ${seen.failed.length} failed`,
      );
      expect([file, seen.failed]).toEqual([file, []]);
      expect(seen.accepted + seen.refused).toBe(rows.length);
      accepted += seen.accepted;
    }
    // A door that refuses whatever comes proves nothing; no row of a corpus is a message of this protocol.
    if (name !== "MCP: message") expect(accepted).toBeGreaterThan(0);
    const grown = heapMb() - heap;
    process.stdout.write(`${lines.join("\n")}\n${name} | heap ${grown.toFixed(1)} MB more than before\n`);
    expect(grown).toBeLessThan(48);
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
  });

  const urls = corpora.find(([file]) => file === "ssrf.urls.jsonl")?.[1] ?? [];
  it.skipIf(urls.length === 0)("T10 lead no credential anywhere as address, next page or redirect", async () => {
    const seen = { block: 0, allow: 0, "host-only": 0 };
    for (const { s, expect: verdict } of urls) {
      const text = String(s);
      const asked: string[] = [];
      const clock = stillClock("2026-03-02T10:00:00.000Z");
      const answering: typeof fetch = async (input) => {
        asked.push(new URL(String(input)).host);
        return Response.json({});
      };
      const settings = { baseUrl: VENDOR, headers: { authorization: "Bearer t" }, requestsPerMinute: 1e9 };
      const http = vendorHttp(settings, { ...clock.around, fetch: answering }, new AbortController().signal);
      const error: unknown = await http.fetch(text).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      // Whatever the row, the credential goes to the vendor's own host or nowhere.
      expect([text, asked.filter((host) => host !== new URL(VENDOR).host)]).toEqual([text, []]);
      if (asked.length === 0) expect(error).toBeInstanceOf(Error);
      // As the config's own address it is https, or this machine itself.
      if (safeAddress(text))
        expect(["https:", "127.0.0.1", "localhost", "[::1]"]).toContain(
          new URL(text).protocol === "https:" ? "https:" : new URL(text).hostname,
        );
      seen[verdict as keyof typeof seen] += 1;
    }
    process.stdout.write(`next page | ssrf.urls.jsonl | ${JSON.stringify(seen)}\n`);
  });
});
