import type { Ends } from "../domain/link.ts";

/** Why two records may belong together, for a person to decide. */
export interface Hint {
  /** A text mentions the other; or their names are alike. */
  readonly by: "mention" | "name";
  /** What was read, or the words that both names have. */
  readonly text: string;
  readonly url: string;
  /** 0 to 0.5 */
  readonly confidence: number;
}

/** A link that nobody states, and that a person may confirm or reject. Open while it has a hint and no decision. */
export interface Suggestion extends Ends {
  readonly productIds: readonly string[];
  readonly hints: readonly Hint[];
  readonly isDecided: boolean;
}
