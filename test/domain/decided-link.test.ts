import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Decision,
  decided,
  type Evidence,
  endsOf,
  type Link,
  linkId,
  type Place,
  restated,
} from "../../shared/domain/link.ts";

const ENDS = { from: "pul_1a", to: "ftr_1b", type: "implements" } as const;
const T = "2026-03-01T10:00:00.000Z";
const BY = { id: "mem_ana", name: "Ana" };
const evidence = (saidBy: string, place: Place): Evidence => ({ place, text: "ACME-1", url: "", saidBy });
const word = (is: Decision["is"] | undefined): Decision | undefined => is && { is, by: BY, at: T };

type Step =
  | { readonly by: string; readonly places: readonly Place[] }
  | { readonly is: Decision["is"] | undefined; readonly decides: true };

const linkAfter = (steps: readonly Step[]): Link | undefined =>
  steps.reduce<Link | undefined>(
    (held, step) =>
      ("decides" in step
        ? decided(held, ENDS, word(step.is), T)
        : restated(
            held,
            ENDS,
            step.by,
            step.places.map((place) => evidence(step.by, place)),
            T,
            T,
          )) ?? held,
    undefined,
  );

/** What counts of a link: not when we learnt what. */
const meaning = (link: Link | undefined) => {
  if (link === undefined || (link.evidence.length === 0 && link.decision === undefined)) return "nothing";
  const { confidence, decision, validTo } = link;
  return { confidence, decision, isHeld: validTo === undefined, evidence: link.evidence };
};

const said = fc.record({
  by: fc.constantFrom("a", "b"),
  places: fc.uniqueArray(fc.constantFrom<Place>("native", "branch", "body"), { maxLength: 2 }),
});
const decision = fc.record({
  is: fc.constantFrom<Decision["is"] | undefined>("confirmed", "rejected", undefined),
  decides: fc.constant(true as const),
});

describe("a link that a person decided about", () => {
  it("ends the same however what records say and what people decide come between each other", () => {
    fc.assert(
      fc.property(
        fc.array(said, { maxLength: 8 }),
        fc.array(decision, { maxLength: 4 }),
        fc.infiniteStream(fc.boolean()),
        (records, people, turns) => {
          const mixed: Step[] = [];
          const [left, right]: [Step[], Step[]] = [[...records], [...people]];
          while (left.length + right.length > 0) {
            const isRecord = right.length === 0 || (left.length > 0 && turns.next().value === true);
            mixed.push((isRecord ? left : right).shift() as Step);
          }
          expect(meaning(linkAfter(mixed))).toEqual(meaning(linkAfter([...records, ...people])));
          expect(meaning(linkAfter(mixed))).toEqual(meaning(linkAfter([...people, ...records])));
        },
      ),
    );
  });

  it("stays rejected whatever is detected again, until the person takes it back", () => {
    const steps: Step[] = [
      { by: "a", places: ["branch"] },
      { is: "rejected", decides: true },
      { by: "a", places: [] },
      { by: "a", places: ["branch"] },
      { by: "b", places: ["native"] },
    ];
    expect(meaning(linkAfter(steps))).toMatchObject({ isHeld: false, confidence: 0 });
    const back = linkAfter([...steps, { is: undefined, decides: true }]);
    expect([meaning(back), back?.origin]).toMatchObject([{ isHeld: true, confidence: 1 }, "native"]);
  });

  it("holds with confidence 1 once confirmed, with weak evidence or none", () => {
    const confirmed = linkAfter([
      { by: "a", places: ["body"] },
      { is: "confirmed", decides: true },
    ]);
    expect(confirmed).toMatchObject({ confidence: 1, origin: "pattern", decision: { by: BY } });
    const declared = linkAfter([{ is: "confirmed", decides: true }]);
    expect(declared).toMatchObject({ confidence: 1, origin: "declared", evidence: [], validFrom: T });
    expect(declared?.validTo).toBeUndefined();
    const undone = linkAfter([
      { is: "confirmed", decides: true },
      { is: undefined, decides: true },
    ]);
    expect(undone?.validTo).toBe(T);
  });

  it("is named by its ends, and no other text names one", () => {
    expect(endsOf(linkId(ENDS))).toEqual(ENDS);
    for (const bad of [
      "",
      "lnk_",
      "lnk_pul_1.implements",
      "lnk_pul_1.is.ftr_1",
      "lnk_xyz_1.gates.ftr_1",
      "lnk_ftr_1.gates.ftr_1",
      "pul_1.gates.ftr_1",
      "lnk_pul_1.gates.ftr_#",
      "lnk_pul_1.gates.ftr_1.x",
    ])
      expect([bad, endsOf(bad)]).toEqual([bad, undefined]);
  });
});
