import type { Fields } from "../domain/entity.ts";
import { isKind } from "../domain/entity.ts";
import type { HubEvent } from "../domain/event.ts";
import type { StoredEntity } from "../store/entities.ts";
import { aroundEvents } from "./around-events.ts";
import { changedFields, happened, named, type When } from "./happened.ts";
import type { Hub } from "./hub.ts";
import { gapEvents } from "./mapping-gaps.ts";

/** What a new version of a record means. */
export const entityEvents = (
  hub: Pick<Hub, "url" | "events">,
  was: StoredEntity | undefined,
  is: StoredEntity,
): HubEvent[] => {
  if (is.kind === "account" || is.kind === "vocabulary") return [];
  const when = { subject: is.id, sequence: is.version, time: is.sourceUpdatedAt, recordedAt: is.recordedAt };
  const isRemapped =
    was !== undefined &&
    was.mappingVersion !== is.mappingVersion &&
    (was.contentHash === is.contentHash || was.rawRef === is.rawRef);
  const cause = isRemapped ? ("rule_change" as const) : ("sync" as const);
  const changed = was === undefined ? [] : changedFields(was.fields, is.fields);
  const events: HubEvent[] = [];
  const moved = was !== undefined && was.presence.state !== is.presence.state;
  if (was === undefined || changed.length > 0) {
    events.push(
      happened("record.upserted", when, { entity: named(is), kind: is.kind, version: is.version, changed, cause }),
    );
  }
  if (moved) {
    const { state, how } = is.presence;
    events.push(
      happened("record.presence.changed", when, {
        entity: named(is),
        kind: is.kind,
        from: was.presence.state,
        to: state,
        how,
        cause,
      }),
    );
  }
  if (
    isKind(is, "workItem") &&
    hub.events?.include.has("work_item.changed") &&
    (was === undefined || changed.length > 0)
  )
    events.push(
      happened("work_item.changed", when, {
        workItem: named(is),
        version: is.version,
        changed,
        productIds: [...is.productIds],
        cause,
      }),
    );
  if (isKind(is, "workItem") && isKind(was, "workItem") && was.fields.status.category !== is.fields.status.category) {
    const [from, to] = [was.fields.status, is.fields.status];
    events.push(
      happened("work_item.status.changed", when, {
        workItem: named(is),
        from,
        to,
        productIds: [...is.productIds],
        cause,
      }),
    );
  }
  if (is.kind === "initiative" && was === undefined)
    events.push(happened("initiative.created", when, { initiative: named(is), cause }));
  if (
    isKind(is, "pullRequest") &&
    is.fields.state.category === "merged" &&
    (was?.fields as Fields<"pullRequest"> | undefined)?.state.category !== "merged"
  ) {
    events.push(
      happened("pull_request.merged", when, {
        pullRequest: named(is),
        mergeCommitSha: is.fields.mergeCommitSha ?? null,
        cause,
      }),
    );
  }
  if (isKind(is, "deployment"))
    events.push(...deploymentEvents(isKind(was, "deployment") ? was.fields : undefined, is.fields, when, named(is)));
  return [...events, ...aroundEvents(hub, was, is, when, cause), ...gapEvents(was, is)];
};

const deploymentEvents = (
  was: Fields<"deployment"> | undefined,
  is: Fields<"deployment">,
  when: When,
  deployment: ReturnType<typeof named>,
): HubEvent[] => {
  const result = is.result.category;
  if (result === "in_progress" || result === "unknown" || was?.result.category === result) return [];
  const environment = is.environment.detail;
  const finished = happened("deployment.finished", when, { deployment, environment, result, cause: "sync" });
  if (is.environment.category !== "production" || result !== "success") return [finished];
  return [finished, happened("release.deployed", when, { deployment, environment, cause: "sync" })];
};
