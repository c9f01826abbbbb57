import type { Draft } from "../../shared/domain/entity.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { accountsOf } from "./normalise-account.ts";
import { repositoryOf } from "./place.ts";
import type { WorkflowRun } from "./schema.ts";

/** Conclusions, and the statuses of runs without one: https://docs.github.com/rest/actions/workflow-runs */
const RESULTS: Table<"success" | "failure" | "cancelled" | "in_progress"> = new Map([
  ["success", "success"],
  ["neutral", "success"],
  ["failure", "failure"],
  ["timed_out", "failure"],
  ["startup_failure", "failure"],
  ["cancelled", "cancelled"],
  ["skipped", "cancelled"],
  ["stale", "cancelled"],
  ["action_required", "in_progress"],
  ["in_progress", "in_progress"],
  ["queued", "in_progress"],
  ["requested", "in_progress"],
  ["waiting", "in_progress"],
  ["pending", "in_progress"],
]);

/** A workflow run. */
export const normaliseRun = (run: WorkflowRun): readonly Draft[] => {
  const repository = repositoryOf(run);
  const createdAt = maybeInstant(run.created_at);
  const draft: Draft<"testRun"> = {
    kind: "testRun",
    external: { noun: "workflow_run", id: run.node_id, url: run.html_url ?? run.url ?? "" },
    scopes: [repository],
    createdAt,
    updatedAt: maybeInstant(run.updated_at) ?? createdAt ?? TIMELESS,
    fields: {
      suite: run.name ?? "",
      repository,
      branch: run.head_branch ?? undefined,
      commitSha: run.head_sha ?? "",
      result: mapWord({ name: run.conclusion ?? run.status ?? "" }, RESULTS),
      at: maybeInstant(run.run_started_at) ?? createdAt ?? TIMELESS,
    },
  };
  return [draft, ...accountsOf([run.actor])];
};
