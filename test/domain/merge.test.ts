import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Mergeable, merge } from "../../shared/domain/merge.ts";

const at = (second: number) => new Date(Date.UTC(2026, 2, 1) + second * 1000).toISOString();

/** A record as it arrives: the vendor's words, its time, and when it was asked for, if it was. */
interface Arrival {
  readonly content: string;
  readonly time: number;
  readonly asked?: number | undefined;
}
const mergeable = ({ content, time, asked }: Arrival, mapping = 1): Mergeable => ({
  sourceUpdatedAt: at(time),
  contentHash: content,
  mappedHash: `${content} by mapping ${mapping}`,
  mappingVersion: mapping,
  ...(asked !== undefined && { askedAt: at(asked) }),
});

/** What a store does that obeys the merge. @returns what it holds, how often it wrote, how often it asked */
const storeOf = () => {
  let held: Mergeable | undefined;
  let writes = 0;
  return {
    held: () => held,
    writes: () => writes,
    /** @returns whether the vendor must be asked */
    take(next: Mergeable): boolean {
      const verdict = merge(held, next);
      if (verdict === "touch" && held !== undefined) held = { ...held, askedAt: next.askedAt };
      if (verdict === "write") {
        const askedBefore = held?.contentHash === next.contentHash && (held.askedAt ?? "") > (next.askedAt ?? "");
        held = askedBefore ? { ...next, askedAt: held?.askedAt } : next;
        writes += 1;
      }
      return verdict === "refetch";
    },
  };
};

/** A vendor's record over its life, in whole seconds, so that ties are frequent; and which of its states reach us, how. */
const lives = fc
  .array(fc.record({ content: fc.constantFrom("a", "b", "c"), tick: fc.constantFrom(0, 0, 1) }), {
    minLength: 1,
    maxLength: 6,
    size: "max",
  })
  .map((steps) => {
    let time = 0;
    return steps.map(({ content, tick }, step) => {
      time += tick;
      return { content, time, step };
    });
  })
  .chain((states) => {
    const last = states[states.length - 1] ?? { content: "a", time: 0, step: 0 };
    const told = states.map(({ content, time }): Arrival => ({ content, time }));
    const asked = states.map(({ content, time, step }): Arrival => ({ content, time, asked: step }));
    const most = { size: "max", maxLength: 10 } as const;
    return fc.record({
      last: fc.constant(last),
      told: fc.shuffledSubarray(told),
      asked: fc.shuffledSubarray(asked),
      again: fc.array(fc.constantFrom(...told, ...asked), most),
      order: fc.infiniteStream(fc.nat(1000)),
    });
  });

const shuffled = <T>(list: readonly T[], order: Iterator<number>): T[] =>
  list
    .map((item) => ({ item, place: Number(order.next().value) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);

describe("records of one thing, in any order and any number of times", () => {
  it("F02, F03, F35 end in what the vendor says last, however late and often its answers come", () => {
    let questions = 0;
    let overtaken = 0;
    fc.assert(
      fc.property(lives, ({ last, told, again, order }) => {
        const store = storeOf();
        const whole: Arrival = { content: last.content, time: last.time };
        const coming: Arrival[] = [...told, ...again.filter(({ asked }) => asked === undefined), whole];
        if (shuffled(coming, order).at(-1)?.content !== last.content) overtaken += 1;
        let clock = last.step;
        while (coming.length > 0) {
          const [next = whole] = coming.splice(Number(order.next().value) % coming.length, 1);
          if (!store.take(mergeable(next))) continue;
          questions += 1;
          clock += 1;
          const answer = { ...whole, asked: clock };
          coming.push(answer, answer);
        }
        expect(store.held()).toMatchObject({ contentHash: last.content, sourceUpdatedAt: at(last.time) });
      }),
      { numRuns: 3000 },
    );
    expect({ questions: questions > 300, overtaken: overtaken > 300 }).toEqual({ questions: true, overtaken: true });
  });

  it("end alike without a single question where each says when it was read", () => {
    fc.assert(
      fc.property(lives, ({ last, asked, again, order }) => {
        const store = storeOf();
        const reads = [...asked, ...again].filter((one) => one.asked !== undefined);
        const whole = { content: last.content, time: last.time, asked: last.step };
        // A record without a time of change has the same one all its life.
        const timeless = shuffled([...reads, whole], order).map((one) => mergeable({ ...one, time: 0 }));
        expect(timeless.some((one) => store.take(one))).toBe(false);
        expect(store.held()?.contentHash).toBe(last.content);
      }),
      { numRuns: 3000 },
    );
  });

  it("are written once if they say the same", () => {
    fc.assert(
      fc.property(lives, ({ told, again, order }) => {
        const newest = Math.max(0, ...told.map(({ time }) => time));
        const alike = shuffled([...told, ...again], order).map((one) =>
          mergeable({ ...one, content: "a", time: newest }),
        );
        const store = storeOf();
        for (const one of alike) expect(store.take(one)).toBe(false);
        expect(store.writes()).toBe(Math.min(1, alike.length));
      }),
    );
  });
});

describe("the merge", () => {
  const held = mergeable({ content: "a", time: 10 });

  it.each<[string, Mergeable | undefined, Mergeable, string]>([
    ["the first record", undefined, held, "write"],
    ["a newer record", held, mergeable({ content: "b", time: 11 }), "write"],
    ["a newer record of the same content", held, mergeable({ content: "a", time: 11 }), "write"],
    ["an older record", held, mergeable({ content: "b", time: 9 }), "drop"],
    ["an older record that was asked for", held, mergeable({ content: "b", time: 9, asked: 99 }), "drop"],
    ["the same record", held, held, "drop"],
    ["other content at the same time", held, mergeable({ content: "b", time: 10 }), "refetch"],
    ["the answer to that question", held, mergeable({ content: "b", time: 10, asked: 12 }), "write"],
    ["an answer that confirms", held, mergeable({ content: "a", time: 10, asked: 12 }), "touch"],
    [
      "an older answer than the one held",
      mergeable({ content: "a", time: 10, asked: 12 }),
      mergeable({ content: "b", time: 10, asked: 11 }),
      "drop",
    ],
    [
      "a webhook of the second in which we asked",
      mergeable({ content: "a", time: 10, asked: 12 }),
      mergeable({ content: "b", time: 10 }),
      "refetch",
    ],
    ["the same content by a newer mapping", held, mergeable({ content: "a", time: 10 }, 2), "write"],
    [
      "the same content by an older mapping",
      mergeable({ content: "a", time: 10 }, 2),
      mergeable({ content: "a", time: 10 }, 1),
      "drop",
    ],
    ["older content by a newer mapping", held, mergeable({ content: "b", time: 9 }, 2), "drop"],
  ])("says of %s: %4$s", (_, before, next, verdict) => {
    expect(merge(before, next)).toBe(verdict);
  });

  it("takes a renamed word from the later payload only, and a newer mapping from no payload older than the one held", () => {
    const said = (word: string, receivedAt: number, mapping = 1): Mergeable => ({
      ...mergeable({ content: "a", time: 10 }),
      mappedHash: `${word} by mapping ${mapping}`,
      mappingVersion: mapping,
      receivedAt: at(receivedAt),
    });
    const now = said("Building", 20);
    expect(merge(now, said("Doing", 10))).toBe("drop");
    expect(merge(now, said("Doing", 30))).toBe("write");
    expect(merge(now, said("Doing", 10, 2))).toBe("drop");
    expect(merge(now, said("Building", 20, 2))).toBe("write");
  });

  it("settles two answers of one moment alike in either order", () => {
    const one = mergeable({ content: "a", time: 10, asked: 12 });
    const other = mergeable({ content: "b", time: 10, asked: 12 });
    expect([merge(one, other), merge(other, one)]).toEqual(["write", "drop"]);
  });

  it("F03 keeps a tombstone against whatever is older than it", () => {
    const gone = mergeable({ content: "deleted", time: 10 });
    expect(merge(gone, mergeable({ content: "a", time: 9 }))).toBe("drop");
    expect(merge(gone, mergeable({ content: "a", time: 11 }))).toBe("write");
  });
});
