import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { COUNTED, type CountedRow } from "../../shared/ports/counted.ts";
import type { FeedRecord, Row, Table } from "../../shared/ports/table.ts";

/** A table to test, with the feed that its puts made and the way to close it. */
export interface OpenTable {
  readonly table: Table;
  readonly feed: () => Promise<readonly FeedRecord[]>;
  readonly close: () => Promise<void>;
}

/** So many bytes that no compression makes smaller. */
const noise = (bytes: number): string =>
  createHash("shake256", { outputLength: Math.ceil(bytes * 0.75) })
    .update("noise")
    .digest("base64");

const row = (sk: string, version = 1, data: unknown = { sk }): Row => ({ pk: "P", sk, version, data });

/** What every Table must do, whatever it is made of. */
export const testTable = (name: string, open: () => Promise<OpenTable>): void => {
  describe(name, () => {
    let opened: OpenTable | undefined;
    const fresh = async () => {
      await opened?.close();
      opened = await open();
      return opened;
    };
    afterEach(async () => {
      await opened?.close();
      opened = undefined;
    });

    it("gives back what was put, with its places and its expiry", async () => {
      const { table } = await fresh();
      const full: Row = {
        ...row("a"),
        data: { text: "ü\u0000\"'", list: [1, null, { deep: true }] },
        list: { pk: "L", sk: "1" },
        due: { pk: "D", sk: "2" },
        expiresAt: 4_000_000_000,
      };
      expect(await table.put(full)).toBe(true);
      expect(await table.get("P", "a")).toEqual(full);
      expect(await table.get("P", "b")).toBeUndefined();
    });

    it("writes only the version after the one it holds", async () => {
      const { table } = await fresh();
      expect(await table.put(row("a", 2))).toBe(false);
      expect(await table.put(row("a", 1, "first"))).toBe(true);
      expect(await table.put(row("a", 1, "again"))).toBe(false);
      expect(await table.put(row("a", 3, "gap"))).toBe(false);
      expect(await table.put(row("a", 2, "second"))).toBe(true);
      expect((await table.get("P", "a"))?.data).toBe("second");
    });

    it("F16 lets exactly one of many writers of one version win", async () => {
      const { table } = await fresh();
      const won = await Promise.all(Array.from({ length: 20 }, (_, writer) => table.put(row("a", 1, writer))));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await table.get("P", "a"))?.data).toBe(won.indexOf(true));
    });

    it("reads many keys at once and leaves out what is not there", async () => {
      const { table } = await fresh();
      for (const sk of ["a", "b", "c"]) await table.put(row(sk));
      const found = await table.getMany([
        { pk: "P", sk: "c" },
        { pk: "P", sk: "x" },
        { pk: "P", sk: "a" },
      ]);
      expect(found.map(({ sk }) => sk).sort()).toEqual(["a", "c"]);
      expect(await table.getMany([])).toEqual([]);
      const keys = Array.from({ length: 105 }, (_, at) => ({ pk: "P", sk: `n${at}` }));
      await Promise.all(keys.map(({ sk }) => table.put(row(sk))));
      expect(await table.getMany(keys)).toHaveLength(105);
    });

    it("lists a partition in the order of the UTF-8 bytes of the sort key", async () => {
      const { table } = await fresh();
      const keys = ["Z", "a", "é", "z", "\u{1F600}", "\uFFFD", "1", "10", "2", "A#", "A", "A-"];
      for (const sk of keys) await table.put(row(sk));
      await table.put({ ...row("other"), pk: "Q" });
      const byBytes = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect((await table.query({ pk: "P" })).map(({ sk }) => sk)).toEqual(byBytes);
      expect((await table.query({ pk: "P", descending: true })).map(({ sk }) => sk)).toEqual(byBytes.toReversed());
    });

    it("gives any page of any partition like a plain sort of everything would", async () => {
      const { table } = await fresh();
      const letters = fc.string({ unit: fc.constantFrom("a", "b", "#", "é", "_", "%"), minLength: 1, maxLength: 3 });
      const keys = [...new Set(fc.sample(letters, 60))];
      for (const sk of keys) await table.put(row(sk));
      const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
      const range = fc.record(
        { prefix: fc.oneof(letters, fc.constant("")), after: letters, upTo: letters, descending: fc.boolean() },
        { requiredKeys: [] },
      );
      await fc.assert(
        fc.asyncProperty(range, fc.nat(8), async (range, limit) => {
          const { prefix = "", after, upTo, descending } = range;
          const inRange = sorted
            .filter((sk) => sk.startsWith(prefix))
            .filter((sk) => upTo === undefined || order(sk, upTo) <= 0);
          const expected = (descending ? inRange.toReversed() : inRange)
            .filter((sk) => after === undefined || (descending ? order(sk, after) < 0 : order(sk, after) > 0))
            .slice(0, limit + 1);
          const found = await table.query({ pk: "P", ...range, limit: limit + 1 });
          expect(found.map(({ sk }) => sk)).toEqual(expected);
          expect(await table.count({ pk: "P", prefix, ...(upTo !== undefined && { upTo }) })).toBe(inRange.length);
        }),
        { numRuns: 40 },
      );
    });

    it("finds rows by their place in a list and by when they are due, and loses them when the place is gone", async () => {
      const { table } = await fresh();
      await table.put({ ...row("a"), list: { pk: "L", sk: "2" }, due: { pk: "D", sk: "2026-01-02" } });
      await table.put({ ...row("b"), list: { pk: "L", sk: "1" } });
      await table.put({ ...row("c"), due: { pk: "D", sk: "2026-01-01" } });
      expect((await table.query({ pk: "L", by: "list" })).map(({ sk }) => sk)).toEqual(["b", "a"]);
      expect((await table.query({ pk: "D", by: "due", upTo: "2026-01-01" })).map(({ sk }) => sk)).toEqual(["c"]);
      await table.put(row("a", 2));
      expect((await table.query({ pk: "L", by: "list" })).map(({ sk }) => sk)).toEqual(["b"]);
      expect(await table.query({ pk: "D", by: "due", prefix: "2026-01-02" })).toEqual([]);
    });

    it("tells the sort keys of a query, of several standings in one order", async () => {
      const { table } = await fresh();
      const standings = ["done", "todo", undefined];
      const rows = Array.from({ length: 30 }, (_, at) => ({
        ...row(`k${at}`),
        data: { fields: standings[at % 3] === undefined ? {} : { status: { category: standings[at % 3] } } },
        list: { pk: "N#workItem#0", sk: `wrk_0${String(at).padStart(2, "0")}` },
      }));
      await Promise.all(rows.map((one) => table.put(one)));
      const query = { pk: "N#workItem#0", by: "list", limit: 4, after: "wrk_003" } as const;
      expect(await table.sortKeys(query)).toEqual(["wrk_004", "wrk_005", "wrk_006", "wrk_007"]);
      expect(await table.sortKeys({ ...query, descending: true })).toEqual(["wrk_002", "wrk_001", "wrk_000"]);
      expect(await table.sortKeys({ pk: "P", prefix: "k2", limit: 3 })).toEqual(["k2", "k20", "k21"]);
      // A table without an index of standings gives the others too: those asked for are never left out.
      const some = await table.sortKeys({ ...query, limit: 30, standing: ["unknown", "done"] });
      const asked = rows.filter((_, at) => at > 3 && at % 3 !== 1).map(({ list }) => list.sk);
      expect(some.filter((sk) => asked.includes(sk))).toEqual(asked);
    });

    it("tells few values of the rows of a list and of what stands beside them, in its order and page by page", async () => {
      const { table } = await fresh();
      const came = ["2026-01-01", "2026-02-01", "2026-02-02", "2026-02-03"];
      for (const [at, sourceCreatedAt] of came.entries()) {
        const [id, list] = [`tkt_${at}`, { pk: "N#supportTicket#0", sk: `tkt_${at}` }];
        const fields = { status: { category: at === 3 ? "open" : "solved" }, firstReplyMinutes: at + 0.5 };
        const data = { productIds: ['prd_"a"'], presence: { state: "present" }, sourceCreatedAt, fields };
        await table.put({ pk: `E#${id}`, sk: "A", version: 1, data, list });
        if (at !== 1) await table.put({ pk: `E#${id}`, sk: "C", version: 1, data: { features: [{ featureId: id }] } });
      }
      const query = { pk: "N#supportTicket#0", limit: 2 };
      const shown = (rows: readonly CountedRow[]) =>
        rows.map(({ sk, own, beside }) => [sk, own[0], own[2], own[7], own[8], own[9], beside]);
      const row = (at: number, status: string, beside: unknown) =>
        [`tkt_${at}`, ['prd_"a"'], came[at], status, at + 0.5, null, beside] as const;
      const first = row(0, "solved", [[{ featureId: "tkt_0" }]]);
      const third = row(2, "solved", [[{ featureId: "tkt_2" }]]);
      const last = row(3, "open", [[{ featureId: "tkt_3" }]]);
      expect(shown(await table.counted(query, "said"))).toEqual([first, row(1, "solved", null)]);
      expect(shown(await table.counted({ ...query, after: "tkt_1" }, "said"))).toEqual([third, last]);
      const since = await table.counted({ ...query, since: "2026-02-02" }, "said");
      expect(shown(since)).toEqual([third, last]);
      const open = await table.counted({ ...query, since: "2026-03-01", standing: ["open"] }, "said");
      expect(shown(open)).toEqual([last]);
      expect(await table.counted({ pk: "N#supportTicket#1" }, "said")).toEqual([]);
    });

    it("tells few values of what stands beside the rows of a list, as they are now", async () => {
      const { table } = await fresh();
      const shown = (headline: string | null) => ({
        name: "A \u{1f680}",
        explanation: { headline, path: [{ headline, at: "2026-01-01" }] },
        health: { disagree: true },
      });
      await table.put({ pk: "E#ftr_1", sk: "A", version: 1, data: {}, list: { pk: "N#feature#1", sk: "ftr_1" } });
      await table.put({ pk: "E#ftr_1", sk: "V", version: 1, data: shown("design") });
      await table.put({ pk: "E#ftr_1", sk: "V", version: 2, data: shown(null) });
      const [one] = await table.counted({ pk: "N#feature#1" }, "feature");
      const values = COUNTED.feature.beside.values.map((place, at) => [place, one?.beside?.[at]]);
      expect(values.filter(([, value]) => value !== null)).toEqual([
        ["name", "A \u{1f680}"],
        ["explanation.path", [{ headline: null, at: "2026-01-01" }]],
        ["health.disagree", true],
      ]);
      expect(one?.own).toEqual([]);
    });

    it("counts what a query without limit would give", async () => {
      const { table } = await fresh();
      const rows = Array.from({ length: 105 }, (_, at) => ({
        ...row(`k${at}`),
        list: { pk: "L", sk: `${at % 2}#${at}` },
      }));
      await Promise.all(rows.map((one) => table.put(one)));
      expect(await table.count({ pk: "L", by: "list" })).toBe(105);
      expect(await table.count({ pk: "L", by: "list", prefix: "1#" })).toBe(52);
      expect(await table.count({ pk: "P", prefix: "k1" })).toBe(16);
      expect(await table.count({ pk: "none" })).toBe(0);
    });

    it("tells each committed put once, with what was there before, and nothing of refused ones", async () => {
      const { table, feed } = await fresh();
      await table.put(row("a", 1, "first"));
      await table.put(row("a", 1, "refused"));
      await table.put(row("a", 2, "second"));
      await table.put(row("b", 1));
      const told = (await feed()).map(({ sk, before, after }) => [sk, before?.data, after.data]);
      expect(told.filter(([sk]) => sk === "a")).toEqual([
        ["a", undefined, "first"],
        ["a", "first", "second"],
      ]);
      expect(told).toHaveLength(3);
    });

    it("pages through a list as through a partition, and through places that rows share", async () => {
      const { table } = await fresh();
      const places = ["a1", "a2", "a2", "a2", "a3", "b1"];
      for (const [at, sk] of places.entries()) await table.put({ ...row(`k${at}`), list: { pk: "L", sk } });
      const page = async (more: object) =>
        (await table.query({ pk: "L", by: "list", prefix: "a", limit: 2, ...more })).map(({ list }) => list?.sk);
      expect(await page({})).toEqual(["a1", "a2"]);
      expect(await page({ after: "a2" })).toEqual(["a3"]);
      expect(await page({ after: "a3", descending: true })).toEqual(["a2", "a2"]);
      expect(await page({ after: "a3", descending: true, upTo: "a1" })).toEqual(["a1"]);
      expect(await page({ limit: 0 })).toEqual([]);
    });

    it("F17 refuses keys that not every table can hold, wherever they stand, and holds the longest", async () => {
      const { table } = await fresh();
      const long = { pk: "€".repeat(682), sk: `${"€".repeat(341)}a` };
      const bad: [string, string][] = [
        ["", "a"],
        ["P", ""],
        [`${long.pk}€`, "a"],
        ["P", "€".repeat(342)],
        ["P", "\ud800"],
      ];
      for (const [pk, sk] of bad) {
        const refused = expect.objectContaining({ code: "row_key_invalid", retry: "never" });
        await expect(table.put({ ...row("a"), pk, sk })).rejects.toEqual(refused);
        await expect(table.put({ ...row("a"), list: { pk, sk } })).rejects.toEqual(refused);
        await expect(table.put({ ...row("a"), due: { pk, sk } })).rejects.toEqual(refused);
      }
      expect(await table.query({ pk: "P" })).toEqual([]);
      const full: Row = { ...row("a"), ...long, list: long, due: long };
      expect(await table.put(full)).toBe(true);
      expect(await table.get(long.pk, long.sk)).toEqual(full);
      expect(await table.query({ pk: long.pk, by: "due", prefix: long.sk, upTo: long.sk })).toEqual([full]);
      expect(await table.query({ pk: long.pk, after: long.sk })).toEqual([]);
    });

    it("finds nothing where no key can be, and refuses a bound that none can have", async () => {
      const { table } = await fresh();
      await table.put(row("a"));
      for (const text of ["", "x".repeat(2049)]) {
        expect(await table.get(text, "a")).toBeUndefined();
        expect(await table.get("P", text)).toBeUndefined();
        expect(await table.getMany([{ pk: text, sk: text }])).toEqual([]);
        expect(await table.query({ pk: text })).toEqual([]);
        expect(await table.count({ pk: text })).toBe(0);
      }
      expect(await table.query({ pk: "P", prefix: "a".repeat(1025) })).toEqual([]);
      expect(await table.query({ pk: "P", after: "" })).toHaveLength(1);
      expect(await table.query({ pk: "P", after: "", descending: true })).toEqual([]);
      expect(await table.query({ pk: "P", upTo: "" })).toEqual([]);
      for (const bound of [{ after: "a".repeat(1025) }, { upTo: "a".repeat(1025) }])
        await expect(table.query({ pk: "P", ...bound })).rejects.toMatchObject({ code: "row_key_invalid" });
    });

    it("F17 refuses a row over 400 KB once it is compressed, and holds everything below as it was", async () => {
      const { table } = await fresh();
      await expect(table.put(row("a", 1, noise(600_000)))).rejects.toMatchObject({
        code: "row_too_large",
        retry: "never",
      });
      expect(await table.get("P", "a")).toBeUndefined();
      const deep = JSON.parse(`${"[".repeat(40)}12345678901234567890123456789012345678901${"]".repeat(40)}`) as unknown;
      const all: unknown[] = [deep, "x".repeat(1022), "x".repeat(1023), "€".repeat(1_000_000), noise(400_000)];
      for (const [at, data] of all.entries()) {
        expect(await table.put(row(`k${at}`, 1, data))).toBe(true);
        expect((await table.get("P", `k${at}`))?.data).toEqual(data);
      }
      expect(await table.query({ pk: "P" })).toHaveLength(all.length);
    });

    it("is not led astray by quotes, wildcards and odd characters in keys", async () => {
      const { table } = await fresh();
      for (const sk of ["'; DROP TABLE item; --", "%", "_", "a%", "\\", "__proto__", "\u0001"]) {
        await table.put(row(sk));
        expect((await table.query({ pk: "P", prefix: sk })).map((found) => found.sk)).toContain(sk);
      }
      for (const prefix of ["\ud7ff", "\u{10ffff}", "~\u{10ffff}", "\u007f"]) {
        for (const end of ["", "a", "b"]) await table.put(row(`${prefix}${end}`));
        expect((await table.query({ pk: "P", prefix, after: `${prefix}a` })).map(({ sk }) => sk)).toEqual([
          `${prefix}b`,
        ]);
      }
      expect((await table.query({ pk: "P", prefix: "%" })).map(({ sk }) => sk)).toEqual(["%"]);
    });
  });
};
