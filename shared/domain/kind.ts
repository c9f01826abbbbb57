import { hash } from "node:crypto";

/** Every kind of entity, with the prefix of its ids. */
export const KINDS = {
  product: "prd",
  objective: "obj",
  keyResult: "krs",
  initiative: "ini",
  feature: "ftr",
  workItem: "wrk",
  cycle: "cyc",
  pullRequest: "pul",
  review: "rev",
  commit: "com",
  testRun: "tst",
  deployment: "dep",
  release: "rel",
  featureFlag: "flg",
  experiment: "exp",
  metric: "mtr",
  feedback: "fbk",
  survey: "srv",
  surveyResponse: "rsp",
  campaign: "cmp",
  supportTicket: "tkt",
  announcement: "ann",
  incident: "inc",
  design: "dsg",
  document: "doc",
  person: "per",
  account: "acc",
  team: "tea",
  customer: "cus",
  vocabulary: "voc",
} as const;

export type Kind = keyof typeof KINDS;

const PREFIXES: ReadonlyMap<string, Kind> = new Map(
  Object.entries(KINDS).map(([kind, prefix]) => [prefix, kind as Kind]),
);

/** The kind that an id of ours names, or undefined if the text is no such id. */
export const kindOf = (id: string): Kind | undefined => PREFIXES.get(id.slice(0, id.indexOf("_")));

/** A record of the same connection, as its vendor names it; becomes an id by {@link entityId}. */
export interface Ref<K extends Kind = Kind> {
  readonly kind: K;
  /** The vendor's word for the record type, part of the id so that issue 7 and version 7 differ. */
  readonly noun: string;
  readonly id: string;
}

/**
 * The tool's immutable id made ours: the same at every arrival, after a move and after a replay, and never shared by
 * two sites of one vendor. Hex, so it is safe in keys, URLs and queue group ids.
 */
export const entityId = (connectionId: string, { kind, noun, id }: Ref): string =>
  `${KINDS[kind]}_${hash("sha256", JSON.stringify([connectionId, noun, id]), "hex").slice(0, 26)}`;

/** The id of a thing that only the hub's config names: a product by its slug, a connection by its name. */
export const configuredId = (prefix: "prd" | "con", slug: string): string => `${prefix}_${slug}`;
