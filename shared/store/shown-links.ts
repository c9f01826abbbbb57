import type { FieldedKind } from "../domain/entity.ts";
import type { Decision, Evidence, LinkOrigin, LinkType } from "../domain/link.ts";
import type { Hint } from "./suggestions.ts";

/** A record at one end of a link; only its id where it was never read. */
export interface LinkEnd {
  readonly id: string;
  readonly kind?: FieldedKind | undefined;
  readonly key?: string | undefined;
  readonly name?: string | undefined;
  readonly tool?: string | undefined;
  readonly url?: string | undefined;
}

export interface LinkView {
  /** Names both ends and the type. */
  readonly id: string;
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  readonly type: LinkType;
  readonly productIds: readonly string[];
  /** Null where nothing states it. */
  readonly origin: LinkOrigin | null;
  readonly confidence: number;
  readonly holds: boolean;
  readonly decision?: Decision | undefined;
  readonly evidence: readonly Pick<Evidence, "place" | "text" | "url">[];
}

/** A link that nobody states, for a person to decide. */
export interface SuggestionView extends LinkView {
  /** Surest first. */
  readonly hints: readonly Hint[];
}
