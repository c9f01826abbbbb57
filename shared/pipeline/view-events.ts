import type { EventData, HubEvent } from "../domain/event.ts";
import { STAGES } from "../domain/stage.ts";
import { happened, type When } from "./happened.ts";
import type { StoredView } from "./under.ts";

/** What a new version of a feature as shown means. */
export const viewEvents = (url: string, was: StoredView | undefined, is: StoredView): HubEvent[] => {
  // The feature that stands for it tells what happened.
  if (is.sameAs !== undefined) return [];
  const when = { subject: is.id, sequence: is.version, time: is.explanation.asOf, recordedAt: is.observedAt };
  const feature = {
    id: is.id,
    ...(is.key !== undefined && { key: is.key }),
    name: is.name,
    url: `${url}/features/${encodeURIComponent(is.key ?? is.id)}`,
  };
  const common = { feature, productIds: [...is.productIds], cause: is.cause };
  const events: HubEvent[] = [];
  if (was === undefined) events.push(happened("feature.created", when, common));
  else {
    const changed = (["name", "status", "owner", "initiatives"] as const).filter(
      (part) => JSON.stringify(was[part]) !== JSON.stringify(is[part]),
    );
    if (changed.length > 0) events.push(happened("feature.updated", when, { ...common, changed }));
    if (was.targetDate !== is.targetDate) {
      events.push(
        happened("feature.target.changed", when, {
          ...common,
          from: was.targetDate ?? null,
          to: is.targetDate ?? null,
        }),
      );
    }
  }
  const states = ({ explanation }: StoredView) =>
    Object.fromEntries(STAGES.map((stage) => [stage, explanation.stages[stage].state]));
  if (
    was === undefined ||
    was.explanation.headline !== is.explanation.headline ||
    JSON.stringify(states(was)) !== JSON.stringify(states(is))
  ) {
    const why = is.explanation.because.filter(({ stage }) => stage === is.explanation.headline);
    events.push(
      happened("feature.stage.changed", when, {
        ...common,
        from: was?.explanation.headline ?? null,
        to: is.explanation.headline,
        stages: states(is),
        rule: why[0]?.rule ?? null,
        because: why.map(({ text }) => text),
        evidence: why.flatMap(({ evidence }) => evidence.map((link) => ({ url: link }))).slice(0, 10),
        disposition: is.explanation.disposition,
        ruleSet: is.explanation.ruleSet,
      }),
    );
  }
  if (was !== undefined && was.health.value !== is.health.value) {
    const { value, declared, derived } = is.health;
    events.push(
      happened("feature.health.changed", when, {
        ...common,
        from: was.health.value,
        to: value,
        ...(declared !== undefined && { declared: declared.value }),
        derived: derived.value,
        reasons: [...derived.reasons],
      }),
    );
  }
  events.push(...signEvents(was, is, when, common));
  const gone = was === undefined ? undefined : closedHow(was, is);
  if (gone !== undefined) events.push(happened("feature.archived", when, { ...common, how: gone }));
  const old = new Set(was?.explanation.conflicts.map(({ claim }) => claim));
  const [conflict] = is.explanation.conflicts.filter(({ claim }) => !old.has(claim));
  if (conflict !== undefined)
    events.push(
      happened("feature.conflict.detected", when, { ...common, claim: conflict.claim, against: conflict.against }),
    );
  return events;
};

/** Gone at its source, or given up; undefined where it is as closed, or as open, as before. */
const closedHow = (was: StoredView, is: StoredView): EventData<"feature.archived">["how"] | undefined => {
  const { state } = is.presence;
  const isGone = state === "archived" || state === "deleted" || state === "out_of_scope";
  if (isGone && was.presence.state !== state) return state;
  const { disposition } = is.explanation;
  return disposition !== "open" && was.explanation.disposition === "open" ? disposition : undefined;
};

/** What began or ended between two looks. Nothing where one of them could not see. */
const signEvents = (
  was: StoredView | undefined,
  is: StoredView,
  when: When,
  common: EventData<"feature.created">,
): HubEvent[] => {
  const [old, now] = [was?.signs, is.signs];
  if (old === undefined || now === undefined) return [];
  const events: HubEvent[] = [];
  if (old.blocked.length === 0 && now.blocked.length > 0)
    events.push(happened("feature.blocked", when, { ...common, by: [...now.blocked] }));
  if (old.blocked.length > 0 && now.blocked.length === 0) events.push(happened("feature.unblocked", when, common));
  if (old.scope !== undefined && now.scope !== undefined) {
    const [before, after] = [new Set(old.scope), new Set(now.scope)];
    const added = now.scope.filter((id) => !before.has(id));
    const removed = old.scope.filter((id) => !after.has(id));
    if (added.length + removed.length > 0)
      events.push(happened("work_item.scope.changed", when, { ...common, added, removed, total: now.scope.length }));
  }
  if (old.spike === undefined && now.spike !== undefined)
    events.push(happened("support.spike.detected", when, { ...common, ...now.spike }));
  return events;
};
