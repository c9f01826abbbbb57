import { changedAt, isKind } from "../domain/entity.ts";
import type { StatusOf } from "../domain/item-history.ts";
import type { Claim, Record } from "./claim.ts";
import { placedFacts } from "./item-facts.ts";
import type { SignalRule } from "./rule-set.ts";

/**
 * What the signals of the config make of a record. A status counts over all its past; of a label tools tell only that it
 * is there, so that it counts from the record's last change.
 */
export const signalClaims = (record: Record, statusOf: StatusOf, signals: readonly SignalRule[]): Claim[] =>
  signals.flatMap((signal) => {
    const { id, status, label } = signal;
    const claims =
      status !== undefined ? inStatus(record, statusOf, signal) : label === undefined ? [] : labelled(record, signal);
    return claims.map((claim) => ({ ...claim, rule: id, recordId: `${record.entity.id} ${id}` }));
  });

const inStatus = ({ entity, history }: Record, statusOf: StatusOf, { stage, status = "" }: SignalRule): Claim[] =>
  isKind(entity, "workItem") || isKind(entity, "feature")
    ? placedFacts(entity, history, statusOf, new Map([[status, stage]]))
    : [];

const labelled = ({ entity }: Record, { stage, label = "" }: SignalRule): Claim[] => {
  if (!(isKind(entity, "workItem") || isKind(entity, "feature") || isKind(entity, "pullRequest"))) return [];
  const has = entity.fields.labels?.some((one) => one.toLowerCase() === label.toLowerCase()) === true;
  return has ? [{ stage, signal: "item.stage", tier: "workflow", value: "in", at: changedAt(entity) }] : [];
};
