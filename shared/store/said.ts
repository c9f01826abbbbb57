import { randomBytes } from "node:crypto";
import { type Asserted, type Assertion, type Author, type Update, withAsserted } from "../domain/assertion.ts";
import type { Instant } from "../domain/instant.ts";
import { type Decision, type Ends, linkId } from "../domain/link.ts";
import type { Table } from "../ports/table.ts";
import { audit } from "./audit.ts";
import { update } from "./entities.ts";
import { decisionKey, partition, saidKey, updateKey } from "./keys.ts";
import type { Slice } from "./views.ts";

/** All that people assert of a feature. */
export interface Said {
  /** Oldest first, those that ended among them. */
  readonly assertions: readonly Assertion[];
  /** Version of the feature's view that the last of them was said to: nobody else may say something to the same. */
  readonly toVersion: number;
}

/** What a person decided about a link, with what was decided before. */
export interface Decided extends Ends {
  /** Null: they took it back. */
  readonly decision: Decision | null;
  readonly recordedAt: Instant;
}

/** One thing to say of a feature; undefined takes back what runs. */
export interface Saying {
  readonly about: Asserted["about"];
  readonly next?: Pick<Assertion, "said" | "reason" | "expiresAt"> | undefined;
}

/**
 * The writes of people. Each is one row, and the change feed carries it on: links, facts and views follow from it, however
 * often it comes.
 */
export interface Say {
  /** @returns false where somebody said something to that version of the feature already */
  assert(feature: string, version: number, by: Author, sayings: readonly Saying[]): Promise<boolean>;
  post(told: Pick<Update, "about" | "health" | "text" | "by">): Promise<Update>;
  /** Confirms or rejects a link; undefined takes back what was decided. */
  decide(ends: Ends, is: Decision["is"] | undefined, by: Author): Promise<void>;
}

const freshId = (prefix: string): string => `${prefix}_${randomBytes(13).toString("hex")}`;

export const sayings = (table: Table, clock: () => Date): Say => ({
  async assert(feature, version, by, all) {
    const at = clock().toISOString();
    let isFirst = true;
    await update<Said>(table, saidKey(feature), (held) => {
      isFirst = (held?.data.toVersion ?? -1) < version;
      if (!isFirst) return undefined;
      const assertions = all.reduce<readonly Assertion[]>(
        (before, { about, next }) =>
          withAsserted(before, about, next && { id: freshId("asr"), by, at, ...next }, by, at),
        held?.data.assertions ?? [],
      );
      return { data: { ...held?.data, assertions, toVersion: version } };
    });
    if (isFirst)
      for (const { about, next } of all)
        await audit(
          { ports: { table, clock: { now: clock } } },
          by,
          next === undefined ? "override.clear" : "override.set",
          feature,
          next === undefined ? { about } : { ...next.said, expiresAt: next.expiresAt ?? null },
        );
    return isFirst;
  },
  async post(told) {
    const posted: Update = { id: freshId("upd"), ...told, at: clock().toISOString() };
    await table.put({ ...updateKey(posted.about, posted.at, posted.id), version: 1, data: posted });
    return posted;
  },
  async decide({ from, to, type }, is, by) {
    const at = clock().toISOString();
    const decision = is === undefined ? null : { is, by, at };
    await update<Decided>(table, decisionKey(from, type, to), (held) =>
      held === undefined && decision === null
        ? undefined
        : { data: { ...held?.data, from, to, type, decision, recordedAt: at } },
    );
    const act = is === undefined ? "link.undo" : is === "confirmed" ? "link.confirm" : "link.reject";
    await audit({ ports: { table, clock: { now: clock } } }, by, act, linkId({ from, to, type }));
  },
});

/** What people assert of a feature, oldest first. */
export const saidOf = async (table: Table, feature: string): Promise<readonly Assertion[]> => {
  const { pk, sk } = saidKey(feature);
  return (await table.get<Said>(pk, sk))?.data.assertions ?? [];
};

/** Updates on a feature or initiative, newest first. */
export const updatesOf = async (
  table: Table,
  about: string,
  after: string | undefined,
  limit: number,
): Promise<Slice<Update>> => {
  const rows = await table.query<Update>({
    pk: partition.ofEntity(about),
    prefix: "U#",
    descending: true,
    limit: limit + 1,
    ...(after !== undefined && { after }),
  });
  const shown = rows.slice(0, limit);
  return { items: shown.map(({ data }) => data), next: rows.length > limit ? shown.at(-1)?.sk : undefined };
};
