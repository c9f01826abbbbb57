import { describe, expect, it } from "vitest";
import { handedOver } from "../../shared/adapters/sqlite/handed-over.ts";
import type { Archive, ArchiveNote } from "../../shared/ports/archive.ts";

const MB = 1024 * 1024;
const note: ArchiveNote = { connectionId: "acme", receivedAt: "2026-03-02T10:00:00.000Z", what: "page" };

const opened = () => {
  const files = new Map<string, Uint8Array>();
  const read: string[] = [];
  const behind: Archive = {
    put: async (_, bytes) => {
      const ref = `file-${files.size}`;
      files.set(ref, bytes);
      return ref;
    },
    get: async (ref) => {
      read.push(ref);
      return { note, bytes: files.get(ref) ?? new Uint8Array() };
    },
    list: async function* () {},
  };
  return { archive: handedOver(behind), read };
};

describe("an archive in one process", () => {
  it("hands over what it just kept once, and reads the file for whoever asks again", async () => {
    const { archive, read } = opened();
    const ref = await archive.put(note, Uint8Array.of(1, 2));
    expect(await archive.get(ref)).toEqual({ note, bytes: Uint8Array.of(1, 2) });
    expect(read).toEqual([]);
    expect(await archive.get(ref)).toEqual({ note, bytes: Uint8Array.of(1, 2) });
    expect(read).toEqual([ref]);
  });

  it("holds four megabytes at most, the newest, however many are put", async () => {
    const { archive, read } = opened();
    const refs: string[] = [];
    for (const size of [1.5, 1.5, 1.5, 5]) refs.push(await archive.put(note, new Uint8Array(size * MB)));
    for (const ref of refs) await archive.get(ref);
    expect(read).toEqual([refs[0], refs[3]]);
  });

  it("holds nothing that could not be kept", async () => {
    const { archive } = opened();
    const failing = handedOver({ ...archive, put: async () => Promise.reject(new Error("disk full")) });
    await expect(failing.put(note, Uint8Array.of(1))).rejects.toThrow("disk full");
  });
});
