import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readAhead } from "../../shared/pipeline/read-ahead.ts";

/** Five pages, with what was begun of them and how the reading ended. */
const five = (failsAt?: number) => {
  const begun: number[] = [];
  const ends: unknown[] = [];
  async function* read(until: AbortSignal): AsyncGenerator<number, void, undefined> {
    try {
      for (let page = 1; page <= 5; page++) {
        begun.push(page);
        await setImmediate();
        if (page === failsAt) throw new Error(`page ${page} failed`);
        yield page;
      }
    } finally {
      ends.push(until.aborted);
    }
  }
  return { begun, ends, read };
};
const run = new AbortController().signal;
const settled = async () => {
  for (let turn = 0; turn < 10; turn++) await setImmediate();
};

describe("pages read ahead", () => {
  it("are one ahead of the page that is worked on, and no more", async () => {
    const { begun, read } = five();
    const seen: [number, number][] = [];
    for await (const page of readAhead(read, run, () => true)) {
      await settled();
      seen.push([page, begun.at(-1) ?? 0]);
    }
    expect(seen).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
      [5, 5],
    ]);
  });

  it("are not asked for before the page before is done, where that is not wanted", async () => {
    const { begun, read } = five();
    const seen: number[] = [];
    for await (const _ of readAhead(read, run, () => false)) {
      await settled();
      seen.push(begun.at(-1) ?? 0);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it("give each page before the one that failed", async () => {
    const { read } = five(3);
    const seen: number[] = [];
    const reading = async () => {
      for await (const page of readAhead(read, run, () => true)) {
        await settled();
        seen.push(page);
      }
    };
    await expect(reading()).rejects.toThrow("page 3 failed");
    expect(seen).toEqual([1, 2]);
  });

  it("end with whoever reads them, and what was on its way is broken off", async () => {
    const { begun, ends, read } = five();
    for await (const page of readAhead(read, run, () => true)) if (page === 2) break;
    expect(begun).toEqual([1, 2, 3]);
    expect(ends).toEqual([true]);
  });

  it("end with the run: the page at hand is kept, and none is given after it", async () => {
    const { read } = five();
    const time = new AbortController();
    const seen: number[] = [];
    const reading = async () => {
      for await (const page of readAhead(read, time.signal, () => true)) {
        seen.push(page);
        if (page === 2) time.abort(new Error("time is up"));
      }
    };
    await expect(reading()).rejects.toThrow("time is up");
    expect(seen).toEqual([1, 2]);
  });
});
