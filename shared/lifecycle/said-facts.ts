import type { Assertion } from "../domain/assertion.ts";
import { endOf } from "../domain/assertion.ts";
import type { Instant } from "../domain/instant.ts";
import type { Fact } from "../domain/stage.ts";

/** A person's word about a stage as a fact: theirs, from when they said it until it ends. */
export const assertedFacts = (featureId: string, { id, said, by, at, ...rest }: Assertion, url: string): Fact[] =>
  said.about !== "stage"
    ? []
    : [
        {
          featureId,
          stage: said.stage,
          signal: "asserted",
          ...(said.says === "skip" && { value: "skip" }),
          polarity: said.says === "enter" ? "+" : "-",
          tier: "asserted",
          tool: "throughline",
          recordId: id,
          recordKey: by.name,
          url,
          occurredAt: at,
          recordedAt: at,
          linkConfidence: 1,
          expiresAt: endOf({ id, said, by, at, ...rest }),
        },
      ];

/** What somebody declared of a feature's health, and how long it may count. */
export interface DeclaredHealth {
  readonly value: "on_track" | "at_risk" | "off_track";
  readonly at: Instant;
  readonly by: string;
  readonly text: string;
  /** Absent: as long as anything that was declared once (14 d). */
  readonly until?: Instant | undefined;
}

/** Of several words about health the last that has not ended; of two at one moment the one that reads later. */
export const lastDeclared = (all: readonly DeclaredHealth[], asOf: Instant): DeclaredHealth | undefined =>
  all
    .filter(({ at, until }) => at <= asOf && (until === undefined || until > asOf))
    .toSorted((a, b) => (`${a.at} ${JSON.stringify(a)}` < `${b.at} ${JSON.stringify(b)}` ? -1 : 1))
    .at(-1);
