import { changedAt, createdAt, type Entity } from "../domain/entity.ts";
import { type Claim, settle } from "./claim.ts";

/** GitHub's and GitLab's own title of a pull request made to undo another. */
const REVERT = /^Revert\s+["“]/;

/** How people and cleaning tools name a pull request that takes a flag out of the code. */
const REMOVAL = /\b(?:remov|delet|retir|clean)\w*\b.{0,40}\bflag/i;

/**
 * An implementing pull request; one that reverts an implementing pull request, or removes the feature's flag, says so
 * once it is merged, and no more.
 */
export const pullRequestFacts = (entity: Entity<"pullRequest">): Claim[] => {
  const { state, isDraft, mergedAt, closedAt, title } = entity.fields;
  const claim = { stage: "development", tier: "workflow" } as const;
  const isRevert = REVERT.test(title) || entity.relations.some(({ type, reverse }) => type === "reverts" && !reverse);
  const merged = mergedAt ?? closedAt ?? changedAt(entity);
  if (isRevert)
    return state.category === "merged" ? [{ ...claim, signal: "pr.reverted", polarity: "-", at: merged }] : [];

  if (REMOVAL.test(title))
    return state.category === "merged"
      ? [{ stage: "support", tier: "workflow", signal: "removal.merged", at: merged }]
      : [];

  const opened = {
    ...claim,
    signal: "pr",
    at: createdAt(entity),
    value: isDraft && state.category !== "merged" ? "draft" : "open",
  } as const;
  if (state.category === "merged") return settle([opened, { ...opened, value: "merged", at: merged }]);
  if (state.category === "closed")
    return settle([opened, { ...opened, value: "closed", at: closedAt ?? changedAt(entity) }]);
  return [opened];
};

/** A finished run of a suite; the suite is what is green or red, whichever run said so last. */
export const testRunFacts = ({ fields }: Entity<"testRun">): Claim[] => {
  const { result, suite, repository, at } = fields;
  if (result.category !== "success" && result.category !== "failure") return [];
  return [
    {
      stage: "testing",
      signal: "test.run",
      tier: "workflow",
      value: result.category === "success" ? "green" : "red",
      at,
      recordId: `${repository} ${suite}`,
      recordKey: suite,
    },
  ];
};

/**
 * A successful deployment makes its environment hold the feature until another takes it back. A failed one changes
 * nothing, and one that a newer replaced (`inactiveAt`) is still in the newer.
 */
export const deploymentFacts = ({ fields }: Entity<"deployment">, isRollback: boolean): Claim[] => {
  const { environment, repository, result, startedAt, finishedAt } = fields;
  if (result.category !== "success" || environment.category === "unknown") return [];
  const isProduction = environment.category === "production";
  return [
    {
      stage: isProduction ? "production" : "testing",
      signal: isProduction ? "deploy.prod" : "deploy.nonprod",
      tier: "observed",
      value: isRollback ? "rolled_back" : "live",
      ...(isRollback && { polarity: "-" }),
      at: finishedAt ?? startedAt,
      recordId: `${repository} ${environment.detail}`,
      recordKey: `${environment.detail} of ${repository}`,
    },
  ];
};

/** Tools whose releases are plans: "released" there is a claim about production, not a word to customers. */
const PLANNING_TOOLS: ReadonlySet<string> = new Set(["jira", "linear"]);

/** A published release note announces; a released version of a planning tool claims that it is done. */
export const releaseFacts = (entity: Entity<"release">): Claim[] => {
  const { status, publishedAt, releaseDate, version, name } = entity.fields;
  if (status.category !== "completed") return [];
  const recordKey = entity.source.key ?? (name === "" ? version : name);
  const released = publishedAt ?? (releaseDate === undefined ? changedAt(entity) : `${releaseDate}T00:00:00.000Z`);
  if (PLANNING_TOOLS.has(entity.source.tool))
    return [{ stage: "production", signal: "claim.done", tier: "declared", value: "yes", at: released, recordKey }];
  if (publishedAt === undefined) return [];
  return [{ stage: "marketing", signal: "announced", tier: "workflow", at: publishedAt, recordKey }];
};
