import { changedAt, createdAt, type Entity, type Fields, isKind, nameOf } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import type { StatusOf } from "../domain/item-history.ts";
import { type ItemTimes, itemTimes } from "./item-times.ts";

interface Common {
  readonly id: string;
  /** The key people know it by, else its name. */
  readonly name: string;
  readonly url: string;
  /** Where the team that works on it has it: `connection:scope`, e.g. `linear:PAY`, `github:acme/web`. */
  readonly place: string;
  /** Deleted, or out of what is read: counts for nothing from then on. */
  readonly goneAt?: Instant | undefined;
}

export interface ItemRecord extends Common, ItemTimes {
  readonly kind: "item";
  readonly type: Fields<"workItem">["type"]["category"];
  readonly points?: number | undefined;
  /** Records that the tool names as its cause. */
  readonly causes?: readonly string[] | undefined;
}

export interface PullRecord extends Common {
  readonly kind: "pull";
  readonly openedAt: Instant;
  readonly firstReviewAt?: Instant | undefined;
  readonly mergedAt?: Instant | undefined;
}

/** A finished deployment to production. */
export interface DeploymentRecord extends Common {
  readonly kind: "deployment";
  /** Repository and name of the environment: what a later success restores. */
  readonly target: string;
  readonly at: Instant;
  readonly succeeded: boolean;
}

export interface IncidentRecord extends Common {
  readonly kind: "incident";
  readonly detectedAt: Instant;
  readonly resolvedAt?: Instant | undefined;
  readonly causes?: readonly string[] | undefined;
}

export interface TicketRecord extends Common {
  readonly kind: "ticket";
  readonly createdAt: Instant;
  readonly isOpen: boolean;
  readonly rating?: "good" | "bad" | undefined;
  /** When it was solved, or last changed: as near as tools tell of the time of its rating. */
  readonly ratedAt?: Instant | undefined;
  /** When a promise ends or ended, unmet so far. */
  readonly promiseEndsAt?: Instant | undefined;
  readonly isBroken?: boolean | undefined;
}

/** What the figures of flow ask of a record over all its time: small, and the same however often it is made. */
export type FlowRecord = ItemRecord | PullRecord | DeploymentRecord | IncidentRecord | TicketRecord;

export interface RecordSource {
  readonly entity: Entity;
  /** In any order. */
  readonly history: readonly HistoryEntry[];
  /** Of a pull request. */
  readonly reviews?: readonly Entity<"review">[] | undefined;
}

/** Pure. Undefined for kinds, and states, that no figure counts. */
export const flowRecord = (
  { entity, history, reviews = [] }: RecordSource,
  statusOf: StatusOf,
): FlowRecord | undefined => {
  const common = commonOf(entity);
  if (isKind(entity, "workItem")) {
    const { type, estimate } = entity.fields;
    return {
      ...common,
      kind: "item",
      type: type.category,
      ...(estimate?.unit === "points" && { points: estimate.value }),
      ...causesOf(entity),
      ...itemTimes(entity, history, statusOf),
    };
  }
  if (isKind(entity, "pullRequest")) return { ...common, kind: "pull", ...pullTimes(entity, reviews) };
  if (isKind(entity, "deployment")) return deploymentOf(entity, common);
  if (isKind(entity, "incident")) {
    const { detectedAt, resolvedAt } = entity.fields;
    return {
      ...common,
      kind: "incident",
      detectedAt,
      ...(resolvedAt !== undefined && { resolvedAt }),
      ...causesOf(entity),
    };
  }
  if (isKind(entity, "supportTicket")) return { ...common, kind: "ticket", ...ticketTimes(entity) };
  return undefined;
};

const commonOf = (entity: Entity): Common => {
  const { id, source, scopes, presence } = entity;
  const connection = source.connectionId.replace(/^con_/, "");
  const isGone = presence.state === "deleted" || presence.state === "out_of_scope";
  return {
    id,
    name: (source.key ?? nameOf(entity)).slice(0, 80),
    url: source.url,
    place: scopes[0] === undefined ? connection : `${connection}:${scopes[0]}`,
    ...(isGone && { goneAt: presence.since }),
  };
};

const causesOf = ({ relations }: Entity): { readonly causes?: readonly string[] } => {
  const causes = relations.flatMap(({ type, otherId, reverse }) => (type === "caused_by" && !reverse ? [otherId] : []));
  return causes.length === 0 ? {} : { causes: [...new Set(causes)].sort() };
};

/** The first word of somebody else: an author's own remark on a pull request is no review. */
const pullTimes = (entity: Entity<"pullRequest">, reviews: readonly Entity<"review">[]) => {
  const { authorId, mergedAt } = entity.fields;
  const openedAt = createdAt(entity);
  const firstReviewAt = reviews
    .filter(
      ({ fields, presence }) =>
        presence.state === "present" && (authorId === undefined || fields.authorId !== authorId),
    )
    .map(({ fields }) => fields.at)
    .filter((at) => at >= openedAt)
    .sort()[0];
  return {
    openedAt,
    ...(firstReviewAt !== undefined && { firstReviewAt }),
    ...(mergedAt !== undefined && { mergedAt }),
  };
};

const deploymentOf = ({ fields }: Entity<"deployment">, common: Common): DeploymentRecord | undefined => {
  const { environment, repository, result, startedAt, finishedAt } = fields;
  const isFinished = result.category === "success" || result.category === "failure";
  if (environment.category !== "production" || !isFinished) return undefined;
  return {
    ...common,
    kind: "deployment",
    target: `${repository} ${environment.detail}`,
    at: finishedAt ?? startedAt,
    succeeded: result.category === "success",
  };
};

const ticketTimes = (entity: Entity<"supportTicket">): Omit<TicketRecord, keyof Common | "kind"> => {
  const { status, satisfaction, solvedAt, slaBreachAt, isSlaBreached } = entity.fields;
  const rating =
    satisfaction?.category === "good" || satisfaction?.category === "bad" ? satisfaction.category : undefined;
  return {
    createdAt: createdAt(entity),
    isOpen: status.category !== "solved" && status.category !== "closed",
    ...(rating !== undefined && { rating, ratedAt: solvedAt ?? changedAt(entity) }),
    ...(slaBreachAt !== undefined && { promiseEndsAt: slaBreachAt }),
    ...(isSlaBreached === true && { isBroken: true }),
  };
};
