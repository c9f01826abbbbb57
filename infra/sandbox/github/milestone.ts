import { featureDays, featureUpdated, type Product } from "../company/features.ts";
import { progressOf } from "../company/progress.ts";
import type { World } from "../company/world.ts";
import { githubTime, idOf, nodeId, repoApi, repoSite, userJson } from "./names.ts";

/** A feature of a product planned in GitHub, as the milestone it is there. Its number is its index plus one. */
export const milestoneJson = (world: World, product: Product, index: number) => {
  const { calendar } = world.company;
  const feature = world.feature(product.index, index);
  const { edit } = feature;
  const number = index + 1;
  const url = `${repoApi(product)}/milestones/${number}`;
  const progress = progressOf(world, product.index, index);
  const finished = featureDays(feature).finished;
  const closed = feature.overclaimed || ["production", "released", "cancelled"].includes(feature.phase);
  const updated = edit?.updated ?? featureUpdated(calendar, feature);
  const closedAt = !closed
    ? null
    : edit?.phase === undefined && finished !== undefined
      ? calendar.at(finished)
      : updated;
  const due =
    edit?.targetDate === undefined
      ? feature.targetDay === undefined
        ? null
        : calendar.date(feature.targetDay)
      : edit.targetDate;
  return {
    url,
    html_url: `${repoSite(product)}/milestone/${number}`,
    labels_url: `${url}/labels`,
    id: idOf("milestone", product.index, number),
    node_id: nodeId("MI", idOf("milestone", product.index, number)),
    number,
    title: feature.title,
    description: `${feature.title}. Part of: ${product.initiatives[feature.initiative] ?? ""}.`,
    creator: userJson(feature.lead),
    open_issues: progress.total - progress.done - progress.cancelled,
    closed_issues: progress.done + progress.cancelled,
    state: closed ? "closed" : "open",
    created_at: githubTime(calendar.at(feature.proposedDay)),
    updated_at: githubTime(updated),
    due_on: due === null ? null : `${due}T07:00:00Z`,
    closed_at: closedAt === null ? null : githubTime(closedAt),
  };
};
