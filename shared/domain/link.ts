import type { Author } from "./assertion.ts";
import type { Instant } from "./instant.ts";
import { type Known, keeping } from "./kept-fields.ts";
import { kindOf } from "./kind.ts";

export const LINK_TYPES = [
  "parent_of",
  "blocks",
  "duplicates",
  "relates_to",
  "mentions",
  "implements",
  "designs",
  "validates",
  "deploys",
  "gates",
  "evaluates",
  "measures",
  "requests",
  "reports_problem_in",
  "promotes",
  "announces",
  "contributes_to",
  "caused_by",
  "reverts",
  "supersedes",
  "moved_to",
] as const;
export type LinkType = (typeof LINK_TYPES)[number];

export type LinkOrigin = "native" | "declared" | "pattern" | "inferred";

/** Where a link was read, and how sure that place makes us (lifecycle reference, section 5). */
export const CONFIDENCE = {
  native: 1,
  parent: 1,
  declared: 1,
  flag: 0.95,
  branch: 0.95,
  closing: 0.95,
  title: 0.9,
  tag: 0.8,
  commit: 0.7,
  body: 0.4,
} as const;
export type Place = keyof typeof CONFIDENCE;

/** `parent` is the tool's own field too: it names the parent by a key or an address, and no id. */
const ORIGINS: ReadonlyMap<Place, LinkOrigin> = new Map([
  ["native", "native"],
  ["parent", "native"],
  ["declared", "declared"],
]);

export interface Evidence {
  readonly place: Place;
  /** What was read there, e.g. `ACME-12`; never the whole text. */
  readonly text: string;
  readonly url: string;
  /** The entity whose record says so: when it stops saying so, this evidence is withdrawn. */
  readonly saidBy: string;
}

/** What a person says of a link, whatever its evidence: it stands until they, or another, say otherwise. */
export interface Decision {
  readonly is: "confirmed" | "rejected";
  readonly by: Author;
  readonly at: Instant;
}

/** The two ends of a link, and its type: what it is known by. */
export type Ends = Pick<Link, "from" | "to" | "type">;

/** One directed link between two entities; it keeps every piece of evidence, and the strongest decides. */
export interface Link {
  readonly from: string;
  readonly to: string;
  readonly type: LinkType;
  readonly origin: LinkOrigin;
  /** 0 to 1 */
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
  readonly decision?: Decision | undefined;
  readonly validFrom: Instant;
  /** Set while no evidence is left, or a person rejects it. */
  readonly validTo?: Instant | undefined;
  /** When we learnt of its last change. */
  readonly recordedAt: Instant;
  /** Rises by exactly 1 with each change. */
  readonly version: number;
}

const LINK: Known<Link> = {
  from: true,
  to: true,
  type: true,
  origin: true,
  confidence: true,
  evidence: true,
  decision: true,
  validFrom: true,
  validTo: true,
  recordedAt: true,
  version: true,
};

const compare = (a: Evidence, b: Evidence): number =>
  CONFIDENCE[b.place] - CONFIDENCE[a.place] || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/**
 * The link after one record said (or no longer says) its part of it.
 *
 * @param at valid time of what the record says
 * @param said the evidence that this record gives now; empty withdraws what it gave before
 * @returns undefined if nothing changes
 */
export const restated = (
  held: Link | undefined,
  ends: Ends,
  saidBy: string,
  said: readonly Evidence[],
  at: Instant,
  recordedAt: Instant,
): Link | undefined => {
  const evidence = [...(held?.evidence.filter((one) => one.saidBy !== saidBy) ?? []), ...said].toSorted(compare);
  if (JSON.stringify(evidence) === JSON.stringify(held?.evidence ?? [])) return undefined;
  return linkOf(held, ends, { evidence, decision: held?.decision }, at, recordedAt);
};

/**
 * The link after a person confirmed or rejected it, or (undefined) took their word back. A rejection outlives whatever
 * records say; a confirmed link needs no evidence.
 *
 * @returns undefined if nothing changes
 */
export const decided = (
  held: Link | undefined,
  ends: Ends,
  decision: Decision | undefined,
  recordedAt: Instant,
): Link | undefined => {
  if (JSON.stringify(decision) === JSON.stringify(held?.decision)) return undefined;
  return linkOf(held, ends, { evidence: held?.evidence ?? [], decision }, decision?.at ?? recordedAt, recordedAt);
};

const linkOf = (
  held: Link | undefined,
  { from, to, type }: Ends,
  { evidence, decision }: Pick<Link, "evidence" | "decision">,
  at: Instant,
  recordedAt: Instant,
): Link => {
  const [best] = evidence;
  const isRevived = held === undefined || held.validTo !== undefined;
  const isHeld = decision === undefined ? best !== undefined : decision.is === "confirmed";
  const found = best === undefined ? undefined : (ORIGINS.get(best.place) ?? "pattern");
  const confidence = decision?.is === "confirmed" ? 1 : best === undefined ? 0 : CONFIDENCE[best.place];
  const link: Link = {
    from,
    to,
    type,
    origin: found ?? (decision === undefined ? (held?.origin ?? "native") : "declared"),
    confidence: isHeld ? confidence : 0,
    evidence,
    ...(decision !== undefined && { decision }),
    validFrom: isRevived ? at : held.validFrom,
    ...(!isHeld && { validTo: at }),
    recordedAt,
    version: (held?.version ?? 0) + 1,
  };
  return keeping(held, link, LINK);
};

/** How the API names a link; it says the two ends, so that nothing must be looked up. */
export const linkId = ({ from, type, to }: Ends): string => `lnk_${from}.${type}.${to}`;

/** The ends that an id names, or undefined for any other text. */
export const endsOf = (id: string): Ends | undefined => {
  const [from = "", named, to = "", ...rest] = id.replace(/^lnk_/, "").split(".");
  const type = LINK_TYPES.find((one) => one === named);
  if (!id.startsWith("lnk_") || rest.length > 0 || type === undefined || from === to) return undefined;
  return [from, to].every((end) => /^[a-z]{3}_\w{1,60}$/.test(end) && kindOf(end) !== undefined)
    ? { from, to, type }
    : undefined;
};

/** A pointer to a record of perhaps another tool, found in a text, not yet resolved to an entity. */
export interface Reference {
  /**
   * What it points to, in a form that {@link Draft.aliases} of the target repeat: an issue key in upper case
   * (`ACME-12`), `owner/repo#12` or `sha:<commit>` in lower case, or a canonical URL without scheme.
   */
  readonly alias: string;
  readonly place: Place;
}
