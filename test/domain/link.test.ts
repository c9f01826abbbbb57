import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONFIDENCE, type Evidence, type Link, type Place, restated } from "../../shared/domain/link.ts";

const ENDS = { from: "pul_1", to: "wrk_1", type: "implements" } as const;
const T = "2026-03-01T10:00:00.000Z";
const says = (saidBy: string, ...places: readonly Place[]): { saidBy: string; said: Evidence[] } => ({
  saidBy,
  said: places.map((place) => ({ place, text: "ACME-1", url: `https://x.example/${saidBy}`, saidBy })),
});
type Statement = ReturnType<typeof says>;

/** The link after all that was said, one after the other. */
const linkAfter = (statements: readonly Statement[]): Link | undefined =>
  statements.reduce<Link | undefined>(
    (held, { saidBy, said }, at) => restated(held, ENDS, saidBy, said, `${T.slice(0, -2)}${at % 10}Z`, T) ?? held,
    undefined,
  );
const timeless = (link: Link | undefined) => link && { ...link, validFrom: T, recordedAt: T, version: 0 };

const place = fc.constantFrom<Place>("native", "branch", "title", "body");
/** The last word of each of three records, and words before it. */
const words = fc.record({
  last: fc.uniqueArray(
    fc.record({ by: fc.constantFrom("a", "b", "c"), places: fc.uniqueArray(place, { maxLength: 3 }) }),
    {
      selector: ({ by }) => by,
      minLength: 1,
    },
  ),
  order: fc.array(fc.nat(99), { minLength: 3, maxLength: 3 }),
  before: fc.array(fc.record({ by: fc.constantFrom("a", "b", "c"), places: fc.uniqueArray(place, { maxLength: 3 }) }), {
    maxLength: 6,
    size: "max",
  }),
});

describe("a link", () => {
  it("is the same but for its times, whatever the order of what is said about it", () => {
    let withdrawn = 0;
    fc.assert(
      fc.property(words, ({ last, order, before }) => {
        const final = last.map(({ by, places }) => says(by, ...places));
        const known = new Set(last.map(({ by }) => by));
        const earlier = before.filter(({ by }) => known.has(by)).map(({ by, places }) => says(by, ...places));
        const other = final
          .map((one, index) => ({ one: { ...one, said: one.said.toReversed() }, rank: order[index] ?? 0 }))
          .toSorted((x, y) => x.rank - y.rank)
          .map(({ one }) => one);
        const [straight, round] = [linkAfter([...earlier, ...final]), linkAfter(other)];
        if (straight?.validTo !== undefined) withdrawn += 1;
        if (round === undefined) expect(straight?.evidence ?? []).toEqual([]);
        else {
          expect(timeless(straight)?.evidence).toEqual(round.evidence);
          expect([straight?.confidence, straight?.origin, straight?.validTo]).toEqual([
            round.confidence,
            round.origin,
            undefined,
          ]);
        }
      }),
      { numRuns: 500 },
    );
    expect(withdrawn).toBeGreaterThan(0);
  });

  it("is as sure as the best place that says so", () => {
    const link = linkAfter([says("a", "body"), says("b", "branch"), says("c", "title")]);
    expect(link).toMatchObject({ confidence: CONFIDENCE.branch, origin: "pattern", version: 3 });
    expect(link?.evidence.map((one) => one.place)).toEqual(["branch", "title", "body"]);
  });

  it("changes nothing when the same is said again", () => {
    const link = linkAfter([says("a", "title", "body")]);
    expect(restated(link, ENDS, "a", says("a", "body", "title").said, T, T)).toBeUndefined();
    expect(restated(undefined, ENDS, "a", [], T, T)).toBeUndefined();
  });

  it("ends when the last record stops saying so, and begins anew when one says so again", () => {
    const ended = linkAfter([says("a", "title"), says("b", "body"), says("a"), says("b")]);
    expect(ended).toMatchObject({ evidence: [], confidence: 0, validTo: `${T.slice(0, -2)}3Z`, version: 4 });
    const again = restated(ended, ENDS, "a", says("a", "native").said, "2026-04-01T00:00:00.000Z", T);
    expect(again).toMatchObject({ origin: "native", validFrom: "2026-04-01T00:00:00.000Z", version: 5 });
    expect(again).not.toHaveProperty("validTo");
  });
});
