import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { erasePerson } from "../../infra/cli/erase-person.ts";
import type { Confirm } from "../../infra/cli/person-words.ts";
import { rebuildStore } from "../../infra/local/rebuild.ts";
import { eraser } from "../../shared/domain/erased-words.ts";
import { everyAct } from "../../shared/store/audit.ts";
import { CONFIG, ENVIRONMENT, knowledgeOf, LOG, open, storedWork } from "../faults/stored-work.ts";

const room = mkdtempSync(join(tmpdir(), "throughline-erasure-"));
afterAll(() => rmSync(room, { recursive: true }));

/** Every place below a folder where a text stands, in names of files too; packed payloads are unpacked. */
const places = (folder: string, text: RegExp): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((one) => {
    const path = join(one.parentPath, one.name);
    if (!one.isFile()) return text.test(one.name) ? [path] : [];
    const bytes = readFileSync(path);
    const content = one.name.endsWith(".zst") ? zstdDecompressSync(bytes) : bytes;
    return text.test(one.name) || text.test(content.toString("latin1")) ? [path.replace(folder, "")] : [];
  });
const ADA = /ada[ .]brook|ada%20brook/i;

describe("a person who is erased", () => {
  const folder = join(room, "hub");
  const options = { folder, config: CONFIG, environment: ENVIRONMENT, envFile: join(folder, ".env"), log: LOG };
  let before: Map<string, unknown>;
  let erased: NonNullable<Awaited<ReturnType<typeof erasePerson>>>;
  let declined: unknown;
  let asked: Parameters<Confirm>[0];
  let isUntouched: boolean;
  let found: { readonly before: string[]; readonly after: string[] };
  beforeAll(async () => {
    const embedded = await storedWork(folder);
    before = knowledgeOf(embedded);
    embedded.close();
    const first = places(folder, ADA);
    const who = "ada.brook@acme.example";
    declined = await erasePerson({
      ...options,
      who,
      confirm: async (one) => {
        asked = one;
        return false;
      },
    });
    isUntouched = JSON.stringify(places(folder, ADA)) === JSON.stringify(first);
    erased = (await erasePerson({ ...options, who, confirm: async () => true })) ?? expect.unreachable();
    found = { before: first, after: places(folder, ADA) };
  });

  it("is shown with all accounts first, and stays untouched unless that one is meant", () => {
    expect(asked).toMatchObject({ id: erased.person });
    expect(asked.accounts).toHaveLength(erased.accounts);
    expect(asked.accounts.join()).toMatch(/^\w+:/);
    expect([declined, isUntouched]).toEqual([undefined, true]);
  });

  it("T33 stands in no file of the hub any more: store, past, events, archive, free pages", () => {
    expect(found.before).toContain("/hub.db");
    expect(found.before.filter((path) => path.endsWith(".zst"))).toHaveLength(3);
    expect(found.after).toEqual([]);
    expect(erased).toMatchObject({ accounts: 1, payloads: 3, left: [] });
  });

  it("T33 leaves every record in its version, with a word in the place of the name", () => {
    const embedded = open(folder);
    const now = knowledgeOf(embedded);
    const versions = embedded.db.prepare("SELECT sum(version) AS n FROM item WHERE pk LIKE 'E#%'").get();
    embedded.close();
    expect(versions?.["n"]).toBeGreaterThan(before.size);
    expect([...now.keys()].filter((key) => key.startsWith("E#"))).toEqual(
      [...before.keys()].filter((key) => key.startsWith("E#")),
    );
    const text = JSON.stringify([...now.values()]);
    expect(text).toContain(erased.token);
    expect(text).toContain("Automation for Jira");
  });

  it("T33 is noted in the audit log by id, without name or address", async () => {
    const embedded = open(folder);
    const acts = await Array.fromAsync(everyAct(embedded.ports.table));
    embedded.close();
    expect(acts.filter(({ act }) => act === "person.erase")).toMatchObject([
      { subject: erased.person, detail: { accounts: 1, payloads: 3 } },
    ]);
  });

  it("T33 does not come back when the store is made anew from the archive", async () => {
    const { incomplete, kept } = await rebuildStore({ ...options, now: new Date(Date.UTC(2026, 2, 2)) });
    expect(incomplete).toEqual({});
    rmSync(kept, { recursive: true });
    expect(places(folder, ADA)).toEqual([]);
    const embedded = open(folder);
    const text = JSON.stringify([...knowledgeOf(embedded).values()]);
    embedded.close();
    expect(text).toContain(erased.token);
  });

  it("T33 has to be one who is held here", async () => {
    await expect(
      erasePerson({ ...options, who: "nobody@acme.example", confirm: async () => true }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("words of a person", () => {
  const erase = eraser(
    { anywhere: ["Zoë Ó'Neil", "zoe@acme.example"], handles: ["web"], hashes: ["abc123"] },
    "erased-1",
    () => "def456",
  );
  it.each([
    ["as JSON", '{"name":"Zoë Ó\'Neil"}', '{"name":"erased-1"}'],
    ["as JSON in ASCII", '{"name":"Zo\\u00eb \\u00d3\'Neil"}', '{"name":"erased-1"}'],
    ["behind a line's end", '"by\\nZoë Ó\'Neil"', '"by\\nerased-1"'],
    ["in a key", `P#named#${encodeURIComponent("zoë ó'neil")}#per_1`, "P#named#erased-1#per_1"],
    ["as an address", "<ZOE@acme.example>", "<erased-1>"],
    ["as a part of a longer name", "Zoë Ó'Neilson", "Zoë Ó'Neilson"],
    [
      "as a handle",
      '"web", @web, https://x.example/web and the web',
      '"erased-1", @erased-1, https://x.example/erased-1 and the web',
    ],
    [
      "as the first part of a branch",
      "CI on web/ins-27-sync, web-1/x, web / app",
      "CI on erased-1/ins-27-sync, web-1/x, web / app",
    ],
    ["as a hash", "U#abc123", "U#def456"],
  ])("T33 are replaced %s", (_, text, expected) => {
    expect(erase(text)).toBe(expected);
  });
});
