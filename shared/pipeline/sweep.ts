import { declare } from "./declare.ts";
import { declarePlan } from "./declare-plan.ts";
import { declareProducts } from "./declare-products.ts";
import type { Hub } from "./hub.ts";
import { keepBoards } from "./keep-boards.ts";
import { tellLate } from "./late.ts";
import { listReleases } from "./list-releases.ts";
import { lostByFeed } from "./lost.ts";
import type { LostMessage } from "./messages.ts";
import { project, projectDue, projectSights } from "./project.ts";
import { reviewRules } from "./review-rules.ts";

/**
 * Catches what the feed lost, applies what the config declares of people and objectives, derives anew what time alone
 * changes, keeps the boards of days that ended, lists releases by their day. Bounded: the next sweep goes on.
 */
export const sweep = async (hub: Hub): Promise<void> => {
  const now = hub.ports.clock.now();
  const { lost, done: taken } = await lostByFeed(hub.ports);
  if (lost.length > 0) {
    const records = lost.map((after) => ({ pk: after.pk, sk: after.sk, before: undefined, after }));
    await project(hub, records);
    const ids = lost.map(({ data }) => data.id);
    // Counted by an alarm on AWS.
    hub.log.warn({ records: lost.length }, "not announced in time");
    await hub.ports.unpublished.send([JSON.stringify({ ids } satisfies LostMessage)]);
  }
  await taken();
  const declared = (await declare(hub)) + (await declarePlan(hub));
  await declareProducts(hub);
  const derived = (await projectDue(hub, now.toISOString())) + (await projectSights(hub)) + (await reviewRules(hub));
  await keepBoards(hub);
  await listReleases(hub);
  const done = lost.length + declared + derived;
  if (done > 0) hub.log.info({ records: done }, "swept");
  await tellLate(hub);
};
