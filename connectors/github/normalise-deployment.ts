import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { environmentOf } from "../../shared/domain/environment.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { deploymentOutcome } from "./deployment-outcome.ts";
import { accountsOf } from "./normalise-account.ts";
import { repositoryOf, siteOf } from "./place.ts";
import type { Deployment } from "./schema.ts";

/** https://docs.github.com/rest/deployments/statuses#create-a-deployment-status */
const RESULTS: Table<"success" | "failure" | "cancelled" | "in_progress"> = new Map([
  ["success", "success"],
  ["failure", "failure"],
  ["error", "failure"],
  ["cancelled", "cancelled"],
  ["inactive", "cancelled"],
  ["in_progress", "in_progress"],
  ["queued", "in_progress"],
  ["pending", "in_progress"],
  ["waiting", "in_progress"],
]);

/** The hub's own table first, then the name, then GitHub's flag; any other environment is `other`. */
const environmentIn = ({ environment, production_environment }: Deployment, own: NormaliseContext["environments"]) =>
  environmentOf(environment ?? "", own, production_environment ? "production" : "other");

/** A deployment with what its statuses say. */
export const normaliseDeployment = (deployment: Deployment, context: NormaliseContext): readonly Draft[] => {
  const repository = repositoryOf(deployment);
  const { word, finishedAt, inactiveAt, changedAt } = deploymentOutcome(deployment.statuses);
  const sha = deployment.sha ?? "";
  const startedAt = maybeInstant(deployment.created_at) ?? TIMELESS;
  const changes = [startedAt, maybeInstant(deployment.updated_at), changedAt].filter((at) => at !== undefined);
  const draft: Draft<"deployment"> = {
    kind: "deployment",
    external: {
      noun: "deployment",
      id: deployment.node_id,
      url: `${siteOf(deployment.url)}/${repository}/deployments/${encodeURIComponent(deployment.environment ?? "")}`,
    },
    scopes: [repository],
    createdAt: startedAt,
    updatedAt: changes.sort().at(-1) ?? startedAt,
    fields: {
      repository,
      environment: environmentIn(deployment, context.environments),
      commitSha: sha,
      commitShas: [...new Set([...(deployment.commit_shas ?? []), sha])],
      result: mapWord({ name: word }, RESULTS),
      startedAt,
      finishedAt,
      inactiveAt,
    },
  };
  return [draft, ...accountsOf([deployment.creator])];
};
