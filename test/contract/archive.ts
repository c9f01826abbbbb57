import { afterEach, describe, expect, it } from "vitest";
import type { Archive, ArchiveNote } from "../../shared/ports/archive.ts";

export interface OpenArchive {
  readonly archive: Archive;
  /** Damages what lies at an address, if the archive's medium can be reached. */
  readonly damage: (ref: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

const note = (receivedAt: string, more: Partial<ArchiveNote> = {}): ArchiveNote => ({
  connectionId: "jira",
  receivedAt,
  what: "webhook",
  ...more,
});
const bytes = (text: string) => new TextEncoder().encode(text);

/** What every archive must do: what was put is there, unchanged, for ever. */
export const testArchive = (name: string, open: () => Promise<OpenArchive>): void => {
  describe(name, () => {
    let opened: OpenArchive | undefined;
    const fresh = async () => {
      opened = await open();
      return opened;
    };
    afterEach(async () => {
      await opened?.close();
      opened = undefined;
    });

    it("gives back bytes and note as they were", async () => {
      const { archive } = await fresh();
      const raw = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7) % 256);
      const about = note("2026-03-01T10:00:00.123Z", { headers: { "x-github-event": "issues" }, stream: "issues" });
      const ref = await archive.put(about, raw);
      const found = await archive.get(ref);
      expect(Buffer.compare(found.bytes, raw)).toBe(0);
      expect(found.note).toEqual(about);
    });

    it("keeps the same payload once, under one address", async () => {
      const { archive } = await fresh();
      const first = await archive.put(note("2026-03-01T10:00:00.000Z", { what: "page", stream: "a" }), bytes("x"));
      const second = await archive.put(
        { stream: "a", what: "page", receivedAt: "2026-03-01T10:00:00.000Z", connectionId: "jira" },
        bytes("x"),
      );
      expect(second).toBe(first);
      expect(await archive.put(note("2026-03-01T10:00:00.000Z"), bytes("y"))).not.toBe(first);
    });

    it("lists one connection's addresses in order of receipt, between two moments", async () => {
      const { archive } = await fresh();
      const times = [
        "2026-03-02T00:00:00.000Z",
        "2026-03-01T23:59:59.999Z",
        "2026-03-01T00:00:00.000Z",
        "2026-03-03T12:00:00.000Z",
      ];
      const refs = new Map<string, string>();
      for (const at of times) refs.set(at, await archive.put(note(at), bytes(at)));
      await archive.put(note("2026-03-02T00:00:00.000Z", { connectionId: "linear" }), bytes("other"));
      const all = await Array.fromAsync(archive.list("jira"));
      expect(all).toEqual(times.toSorted().map((at) => refs.get(at)));
      const some = await Array.fromAsync(archive.list("jira", "2026-03-01T23:59:59.999Z", "2026-03-02T00:00:00.000Z"));
      expect(some).toEqual([times[1], times[0]].map((at) => refs.get(at ?? "")));
      expect(await Array.fromAsync(archive.list("nobody"))).toEqual([]);
    });

    it("F40 says so when what it holds was damaged", async () => {
      const { archive, damage } = await fresh();
      const ref = await archive.put(note("2026-03-01T10:00:00.000Z"), bytes("important".repeat(100)));
      await damage(ref);
      await expect(archive.get(ref)).rejects.toThrow();
    });

    it("refuses addresses and connections that would lead elsewhere", async () => {
      const { archive } = await fresh();
      for (const ref of ["../../etc/passwd", "jira/../../x", "", "/etc/passwd"])
        await expect(archive.get(ref)).rejects.toThrow();
      await expect(
        archive.put(note("2026-03-01T10:00:00.000Z", { connectionId: "../evil" }), bytes("x")),
      ).rejects.toThrow();
    });
  });
};
