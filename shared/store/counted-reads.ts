import type { Entity, Fields } from "../domain/entity.ts";
import type { COUNTED, CountedRow, TIMED_KINDS } from "../ports/counted.ts";
import type { Table, WantedSince } from "../ports/table.ts";
import { lists, SHARDS } from "./keys.ts";
import type { FeatureView, Slice } from "./views.ts";

/** What reports count of a feature; the rest of it is looked up where it is shown. */
export type FeatureBrief = Pick<
  FeatureView,
  "id" | "key" | "name" | "productIds" | "sameAs" | "status" | "targetDate" | "names" | "decisions"
> & {
  readonly presence: Pick<FeatureView["presence"], "state">;
  readonly explanation: Pick<
    FeatureView["explanation"],
    "headline" | "disposition" | "path" | "badges" | "conflicts" | "findings"
  >;
  readonly health: Pick<FeatureView["health"], "value" | "disagree"> & {
    readonly declared?: Pick<NonNullable<FeatureView["health"]["declared"]>, "value"> | undefined;
  };
};

/** Kinds of what customers say, of which there are many. */
export const SAID_KINDS = [
  "surveyResponse",
  "feedback",
  "supportTicket",
] as const satisfies (typeof TIMED_KINDS)[number][];
export type SaidKind = (typeof SAID_KINDS)[number];

interface SaidFields {
  readonly supportTicket: Pick<Fields<"supportTicket">, "solvedAt" | "firstReplyMinutes" | "isSlaBreached"> & {
    readonly status: Pick<Fields<"supportTicket">["status"], "category">;
  };
  readonly feedback: Pick<Fields<"feedback">, "at"> & {
    readonly sentiment?: Pick<NonNullable<Fields<"feedback">["sentiment"]>, "category"> | undefined;
  };
  readonly surveyResponse: Pick<Fields<"surveyResponse">, "surveyId" | "at" | "score" | "scale">;
}

/** What reports count of what somebody said, and the features that it speaks of. */
export type SaidBrief<K extends SaidKind> = Pick<
  Entity<K>,
  "id" | "productIds" | "sourceCreatedAt" | "sourceUpdatedAt" | "firstSeenAt"
> & {
  readonly presence: Pick<Entity["presence"], "state">;
  readonly fields: SaidFields[K];
  readonly features: readonly string[];
};

/** Pages in ascending order of ids, of all products and with those that are gone. */
export interface CountedReads {
  features(after: string | undefined, limit: number): Promise<Slice<FeatureBrief>>;
  said<K extends SaidKind>(
    kind: K,
    after: string | undefined,
    limit: number,
    wanted?: WantedSince,
  ): Promise<Slice<SaidBrief<K>>>;
}

export const countedReads = (table: Table): CountedReads => ({
  features: (after, limit) =>
    walk(table, "feature", after, limit, "feature", {}, ({ sk, beside }) => beside && featureOf(sk, beside)),
  said: <K extends SaidKind>(kind: K, after: string | undefined, limit: number, wanted: WantedSince = {}) =>
    walk(table, kind, after, limit, "said", wanted, saidOf) as Promise<Slice<unknown>> as Promise<Slice<SaidBrief<K>>>,
});

const walk = async <Item>(
  table: Table,
  kind: SaidKind | "feature",
  after: string | undefined,
  limit: number,
  by: keyof typeof COUNTED,
  wanted: WantedSince,
  itemOf: (row: CountedRow) => Item | null,
): Promise<Slice<Item>> => {
  const items: Item[] = [];
  let place = after;
  let left = limit;
  const first = SHARDS.indexOf((after?.split("_")[1]?.[0] ?? "0") as (typeof SHARDS)[number]);
  for (const digit of SHARDS.slice(Math.max(0, first))) {
    const pk = lists.shard(kind, digit);
    const rows = await table.counted({ pk, limit: left, ...(place !== undefined && { after: place }), ...wanted }, by);
    for (const row of rows) {
      const item = itemOf(row);
      if (item !== null) items.push(item);
    }
    place = rows.at(-1)?.sk ?? place;
    left -= rows.length;
    if (left === 0) return { items, next: place };
  }
  return { items, next: undefined };
};

type Explained = FeatureView["explanation"];

/** In the order of `COUNTED.feature`. */
type FeatureValues = readonly [
  key: string | null,
  name: string,
  productIds: readonly string[],
  presence: FeatureView["presence"]["state"],
  sameAs: string | null,
  status: FeatureView["status"],
  targetDate: string | null,
  names: FeatureView["names"] | null,
  decisions: FeatureView["decisions"] | null,
  headline: Explained["headline"],
  disposition: Explained["disposition"],
  path: Explained["path"],
  badges: Explained["badges"],
  conflicts: Explained["conflicts"],
  findings: Explained["findings"] | null,
  health: FeatureView["health"]["value"],
  disagree: boolean,
  declared: FeatureView["health"]["value"] | null,
];

const featureOf = (id: string, values: readonly unknown[]): FeatureBrief => {
  const [key, name, productIds, state, sameAs, status, targetDate, names, decisions, ...explained] =
    values as FeatureValues;
  const [headline, disposition, path, badges, conflicts, findings, value, disagree, declared] = explained;
  return {
    id,
    key: key ?? undefined,
    name,
    productIds,
    presence: { state },
    sameAs: sameAs ?? undefined,
    status,
    targetDate: targetDate ?? undefined,
    names: names ?? undefined,
    decisions: decisions ?? undefined,
    explanation: { headline, disposition, path, badges, conflicts, findings: findings ?? undefined },
    health: { value, disagree, ...(declared !== null && { declared: { value: declared } }) },
  };
};

/** In the order of `COUNTED.said`. */
type SaidValues = readonly [
  productIds: readonly string[],
  presence: Entity["presence"]["state"],
  sourceCreatedAt: string | null,
  sourceUpdatedAt: string,
  firstSeenAt: string,
  at: string | null,
  solvedAt: string | null,
  status: string | null,
  firstReplyMinutes: number | null,
  isSlaBreached: boolean | null,
  sentiment: string | null,
  surveyId: string | null,
  score: number | null,
  scale: readonly [number, number] | null,
];

/** Fields of all kinds at once: the list tells which of them there are. */
const saidOf = ({ sk, own, beside }: CountedRow) => {
  const [productIds, state, sourceCreatedAt, sourceUpdatedAt, firstSeenAt, at, solvedAt, status, ...measured] =
    own as SaidValues;
  const [firstReplyMinutes, isSlaBreached, sentiment, surveyId, score, scale] = measured;
  const [spoken] = (beside ?? []) as readonly [(readonly { readonly featureId: string }[] | null)?];
  return {
    id: sk,
    productIds,
    presence: { state },
    sourceCreatedAt: sourceCreatedAt ?? undefined,
    sourceUpdatedAt,
    firstSeenAt,
    fields: {
      at,
      solvedAt: solvedAt ?? undefined,
      status: { category: status },
      firstReplyMinutes: firstReplyMinutes ?? undefined,
      isSlaBreached: isSlaBreached ?? undefined,
      sentiment: sentiment === null ? undefined : { category: sentiment },
      surveyId,
      score: score ?? undefined,
      scale: scale ?? undefined,
    },
    features: spoken?.map(({ featureId }) => featureId) ?? [],
  };
};
