import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { FeedRecord, Row, Table } from "../../shared/ports/table.ts";

/** A table to test, with the feed that its puts made and the way to close it. */
export interface OpenTable {
  readonly table: Table;
  readonly feed: () => Promise<readonly FeedRecord[]>;
  readonly close: () => Promise<void>;
}

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

    it("lets exactly one of many writers of one version win", async () => {
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
      const keys = Array.from({ length: 230 }, (_, at) => ({ pk: "P", sk: `n${at}` }));
      for (const { sk } of keys) await table.put(row(sk));
      expect(await table.getMany(keys)).toHaveLength(230);
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
      await fc.assert(
        fc.asyncProperty(letters, letters, fc.nat(8), fc.boolean(), async (prefix, after, limit, descending) => {
          const expected = (descending ? sorted.toReversed() : sorted)
            .filter((sk) => sk.startsWith(prefix))
            .filter((sk) =>
              descending
                ? Buffer.compare(Buffer.from(sk), Buffer.from(after)) < 0
                : Buffer.compare(Buffer.from(sk), Buffer.from(after)) > 0,
            )
            .slice(0, limit + 1);
          const found = await table.query({ pk: "P", prefix, after, descending, limit: limit + 1 });
          expect(found.map(({ sk }) => sk)).toEqual(expected);
        }),
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

    it("counts what a query without limit would give", async () => {
      const { table } = await fresh();
      for (let at = 0; at < 150; at++) await table.put({ ...row(`k${at}`), list: { pk: "L", sk: `${at % 2}#${at}` } });
      expect(await table.count({ pk: "L", by: "list" })).toBe(150);
      expect(await table.count({ pk: "L", by: "list", prefix: "1#" })).toBe(75);
      expect(await table.count({ pk: "P", prefix: "k1" })).toBe(61);
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

    it("is not led astray by quotes, wildcards and odd characters in keys", async () => {
      const { table } = await fresh();
      for (const sk of ["'; DROP TABLE item; --", "%", "_", "a%", "\\", "__proto__", "\u0001"]) {
        await table.put(row(sk));
        expect((await table.query({ pk: "P", prefix: sk })).map((found) => found.sk)).toContain(sk);
      }
      expect((await table.query({ pk: "P", prefix: "%" })).map(({ sk }) => sk)).toEqual(["%"]);
    });
  });
};
