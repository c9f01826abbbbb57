import type { FieldedKind } from "../domain/entity.ts";
import type { Kind } from "../domain/kind.ts";

/** The start of the keys of all lists of entities of a kind: adapters with indexes index these alone. */
export const KIND_LISTS = "N#";

/** The start of the keys of the lists of one kind; the shard stands behind it. */
export const kindLists = <K extends Kind>(kind: K) => `${KIND_LISTS}${kind}#` as const;

/** Sort keys of the rows that are counted by beside those of a list. */
export const BESIDE = { contribution: "C", view: "V" } as const;

/** Where an entity stands, as the first of these places says; `unknown` where none does. */
export const STANDING = ["fields.status.category", "fields.state.category", "fields.result.category"] as const;

/** When something happened to what is counted by its time: the latest of these, each at the first of its places that is filled. */
export const MOMENTS = [["fields.at"], ["fields.solvedAt"], ["sourceCreatedAt", "firstSeenAt"]] as const;

/** Values that a list is counted by, as places in the data of rows: `fields.at`. */
interface Values {
  /** Of the row that stands in the list. */
  readonly own: readonly string[];
  /** Of another row of its partition, by the sort key of that. */
  readonly beside: { readonly sk: string; readonly values: readonly string[] };
}

/** What reports count without a look at whole rows. */
export const COUNTED = {
  /** Tickets, feedback and answers, with the features that they speak of. */
  said: {
    own: [
      "productIds",
      "presence.state",
      "sourceCreatedAt",
      "sourceUpdatedAt",
      "firstSeenAt",
      "fields.at",
      "fields.solvedAt",
      "fields.status.category",
      "fields.firstReplyMinutes",
      "fields.isSlaBreached",
      "fields.sentiment.category",
      "fields.surveyId",
      "fields.score",
      "fields.scale",
    ],
    beside: { sk: BESIDE.contribution, values: ["features"] },
  },
  /** Features, by what is shown of them. */
  feature: {
    own: [],
    beside: {
      sk: BESIDE.view,
      values: [
        "key",
        "name",
        "productIds",
        "presence.state",
        "sameAs",
        "status",
        "targetDate",
        "names",
        "decisions",
        "explanation.headline",
        "explanation.disposition",
        "explanation.path",
        "explanation.badges",
        "explanation.conflicts",
        "explanation.findings",
        "health.value",
        "health.disagree",
        "health.declared.value",
      ],
    },
  },
} as const satisfies Readonly<Record<string, Values>>;

/** A row of a list by what it is counted by, in the order of {@link COUNTED}; null where the data says nothing there. */
export interface CountedRow {
  /** In the list. */
  readonly sk: string;
  readonly own: readonly unknown[];
  /** Null where there is no such row. */
  readonly beside: readonly unknown[] | null;
}

/** Kinds of which those of a time are wanted. */
export const TIMED_KINDS = ["supportTicket", "feedback", "surveyResponse"] as const satisfies readonly FieldedKind[];

/** The start of the keys of their lists. */
export const TIMED = TIMED_KINDS.map(kindLists);

/** The value at a place of a row's data; null where there is none. */
export const valueAt = (data: unknown, place: string): unknown =>
  place.split(".").reduce((of, name) => (of as Readonly<Record<string, unknown>> | null)?.[name] ?? null, data);
