import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import type { DeploymentStatus } from "./schema.ts";

/** How a deployment stands, from all its statuses. */
export interface DeploymentOutcome {
  /** GitHub's word of the status that decides. */
  readonly word: string;
  readonly succeeded: boolean;
  /** A status that no later one follows by itself, except `inactive`. */
  readonly finished: boolean;
  readonly finishedAt?: Instant;
  readonly inactiveAt?: Instant;
  readonly changedAt?: Instant;
}

const FINAL = new Set(["success", "failure", "error", "inactive", "cancelled"]);

/**
 * The latest status decides, but `inactive` only says that another deployment took over: the success before it stays.
 *
 * @param statuses in any order; undefined if they were not read
 */
export const deploymentOutcome = (statuses: readonly DeploymentStatus[] | null | undefined): DeploymentOutcome => {
  if (!statuses) return { word: "not read", succeeded: false, finished: false };
  const told = statuses
    .flatMap((status) => {
      const at = maybeInstant(status.created_at);
      return at === undefined || !status.state
        ? []
        : [{ state: status.state.toLowerCase(), at, id: status.id ?? 0, status }];
    })
    .sort((a, b) => a.at.localeCompare(b.at) || a.id - b.id);
  const last = told.at(-1);
  if (last === undefined) return { word: "pending", succeeded: false, finished: false };
  const deciding = last.state === "inactive" ? (told.findLast(({ state }) => state !== "inactive") ?? last) : last;
  const finished = FINAL.has(last.state);
  const changes = told.map(({ at, status }) => maybeInstant(status.updated_at) ?? at);
  const inactive =
    last.state === "inactive" ? told.find(({ state, at }) => state === "inactive" && at >= deciding.at) : undefined;
  return {
    word: deciding.state === "success" || !inactive ? deciding.state : "inactive",
    succeeded: told.some(({ state }) => state === "success"),
    finished,
    ...(finished && { finishedAt: deciding.at }),
    ...(inactive && { inactiveAt: inactive.at }),
    changedAt: changes.sort().at(-1) ?? last.at,
  };
};
