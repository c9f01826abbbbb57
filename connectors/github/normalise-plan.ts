import { plainText, visible } from "../../shared/connector/markdown.ts";
import type { Draft, PLAN_STATUSES } from "../../shared/domain/entity.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { referencesIn } from "../../shared/domain/reference.ts";
import { accountsOf } from "./normalise-account.ts";
import { repositoryOf } from "./place.ts";
import type { Milestone, Release } from "./schema.ts";

/** A milestone is open or closed; one that nothing was ever put into is a proposal. */
const PLAN_STATES: Table<(typeof PLAN_STATUSES)[number]> = new Map([
  ["empty", "proposed"],
  ["open", "active"],
  ["closed", "completed"],
]);

const RELEASE_STATES: Table<"planned" | "started" | "completed" | "cancelled"> = new Map([
  ["draft", "planned"],
  ["prerelease", "started"],
  ["published", "completed"],
]);

/** A milestone as a feature. */
export const normaliseMilestone = (milestone: Milestone): readonly Draft[] => {
  const repository = repositoryOf(milestone);
  const state = milestone.state ?? "open";
  const isEmpty = (milestone.open_issues ?? 1) + (milestone.closed_issues ?? 0) === 0;
  const targetDate = /^\d{4}-\d{2}-\d{2}/.exec(milestone.due_on ?? "")?.[0];
  const draft: Draft<"feature"> = {
    kind: "feature",
    external: {
      noun: "milestone",
      id: milestone.node_id,
      key: `${repository}/milestone/${milestone.number}`,
      url: milestone.html_url ?? milestone.url ?? "",
    },
    scopes: [repository],
    createdAt: maybeInstant(milestone.created_at),
    updatedAt: maybeInstant(milestone.updated_at) ?? maybeInstant(milestone.created_at) ?? TIMELESS,
    fields: {
      title: milestone.title ?? "",
      problem: plainText(milestone.description),
      type: "Milestone",
      targetDate,
      targetDateResolution: targetDate === undefined ? undefined : "day",
      declaredStatus: mapWord({ name: state, type: state === "open" && isEmpty ? "empty" : state }, PLAN_STATES),
      completedAt: maybeInstant(milestone.closed_at),
    },
    references: [
      ...referencesIn(milestone.title, "title", repository),
      ...referencesIn(visible(milestone.description), "body", repository),
    ],
  };
  return [draft, ...accountsOf([milestone.creator])];
};

/** When the release last changed, as far as GitHub tells; older servers send no `updated_at`. */
export const releaseChangedAt = (release: Pick<Release, "updated_at" | "published_at" | "created_at">) =>
  maybeInstant(release.updated_at) ??
  maybeInstant(release.published_at) ??
  maybeInstant(release.created_at) ??
  TIMELESS;

/** A release. */
export const normaliseRelease = (release: Release): readonly Draft[] => {
  const repository = repositoryOf(release);
  const state = release.draft ? "draft" : release.prerelease ? "prerelease" : "published";
  const shas = release.commit_shas ?? undefined;
  const version = release.tag_name ?? "";
  const draft: Draft<"release"> = {
    kind: "release",
    external: {
      noun: "release",
      id: release.node_id,
      key: version,
      url: release.html_url ?? release.url ?? "",
    },
    scopes: [repository],
    createdAt: maybeInstant(release.created_at),
    updatedAt: releaseChangedAt(release),
    fields: {
      name: release.name || version,
      version,
      channel: release.prerelease ? "prerelease" : "stable",
      notes: plainText(release.body),
      status: mapWord({ name: state }, RELEASE_STATES),
      publishedAt: maybeInstant(release.published_at),
      ...(shas !== undefined && { commitShas: shas }),
    },
    references: [
      ...referencesIn(release.name, "title", repository),
      ...referencesIn(visible(release.body), "body", repository),
    ],
  };
  return [draft, ...accountsOf([release.author])];
};
