import type { StoredEntity } from "../store/entities.ts";
import { declare } from "./declare.ts";
import { declarePlan } from "./declare-plan.ts";
import { declareProducts } from "./declare-products.ts";
import type { Hub } from "./hub.ts";
import { tellLate } from "./late.ts";
import type { LostMessage } from "./messages.ts";
import { project, projectDue, projectSights } from "./project.ts";
import { reviewRules } from "./review-rules.ts";

/** An entity not announced this long after its write was lost by the feed. */
const LOST_AFTER_MS = 60 * 60_000;
const AT_ONCE = 200;

/** Catches what the feed lost, applies what the config declares of people and objectives, and derives anew what time alone changes. Bounded: the next sweep goes on. */
export const sweep = async (hub: Hub): Promise<void> => {
  const now = hub.ports.clock.now();
  const upTo = new Date(now.getTime() - LOST_AFTER_MS).toISOString();
  const lost = await hub.ports.table.query<StoredEntity>({ pk: "T#unpublished", by: "due", upTo, limit: AT_ONCE });
  if (lost.length > 0) {
    const records = lost.map((after) => ({ pk: after.pk, sk: after.sk, before: undefined, after }));
    await project(hub, records);
    const ids = lost.map(({ data }) => data.id);
    // Counted by an alarm on AWS.
    hub.log.warn({ records: lost.length }, "not announced in time");
    await hub.ports.unpublished.send([JSON.stringify({ ids } satisfies LostMessage)]);
  }
  const declared = (await declare(hub)) + (await declarePlan(hub));
  await declareProducts(hub);
  const derived = (await projectDue(hub, now.toISOString())) + (await projectSights(hub)) + (await reviewRules(hub));
  const done = lost.length + declared + derived;
  if (done > 0) hub.log.info({ records: done }, "swept");
  await tellLate(hub);
};
