import * as z from "zod";
import type { Instant } from "../../shared/domain/instant.ts";
import type { DeploymentOutcome } from "./deployment-outcome.ts";
import { before } from "./paging.ts";
import type { Deployment } from "./schema.ts";

/** What a run of deployments must remember for the next: where it was, what may still change, what came before. */
export const DeploymentsCursor = z.object({
  createdTo: z.string().nullable(),
  /** Deployments to be read again: not finished, recent, or the one that is live in its environment. */
  watched: z.array(
    z.object({
      id: z.number(),
      environment: z.string(),
      createdAt: z.string(),
      finished: z.boolean(),
      mark: z.string(),
    }),
  ),
  /** By environment, the successful deployments that a watched or coming one may follow, oldest first. */
  successes: z.record(z.string(), z.array(z.object({ id: z.number(), sha: z.string() }))),
});
export type DeploymentsCursor = z.output<typeof DeploymentsCursor>;
export const NO_DEPLOYMENTS: DeploymentsCursor = { createdTo: null, watched: [], successes: {} };

/** The cursor while it is worked on. Deployment ids rise with time, so they order what one second holds. */
export class DeploymentLedger {
  private createdTo: Instant | undefined;
  private readonly watched: Map<number, DeploymentsCursor["watched"][number]>;
  private readonly successes: Map<string, { id: number; sha: string }[]>;

  constructor(cursor: DeploymentsCursor) {
    this.createdTo = cursor.createdTo ?? undefined;
    this.watched = new Map(cursor.watched.map((entry) => [entry.id, entry]));
    this.successes = new Map(Object.entries(cursor.successes).map(([name, list]) => [name, [...list]]));
  }

  /** The commit that was live before this deployment. */
  baseOf({ id, environment }: Pick<Deployment, "id" | "environment">): string | undefined {
    return this.successes.get(environment ?? "")?.findLast((success) => success.id < id)?.sha;
  }

  /**
   * Deployments that are new are noted in the order of their making.
   *
   * @param mark stands for the statuses as read
   */
  note(deployment: Deployment, createdAt: Instant, outcome: DeploymentOutcome, mark: string): void {
    const environment = deployment.environment ?? "";
    if (outcome.succeeded) {
      const others = (this.successes.get(environment) ?? []).filter(({ id }) => id !== deployment.id);
      this.successes.set(
        environment,
        [...others, { id: deployment.id, sha: deployment.sha ?? "" }].sort((a, b) => a.id - b.id),
      );
    }
    const { id } = deployment;
    this.watched.set(id, { id, environment, createdAt, finished: outcome.finished, mark });
    if (this.createdTo === undefined || createdAt > this.createdTo) this.createdTo = createdAt;
  }

  /** Whether the deployment's statuses are as last read. */
  knows(id: number, mark: string): boolean {
    return this.watched.get(id)?.mark === mark;
  }

  forget(id: number): void {
    this.watched.delete(id);
  }

  /** @param now GitHub's time */
  cursor(now: Instant, recheckHours: number, watchedAtMost: number): DeploymentsCursor {
    const recent = before(now, recheckHours * 3600);
    const live = new Set([...this.successes.values()].map((list) => list.at(-1)?.id));
    const watched = [...this.watched.values()]
      .filter(({ id, finished, createdAt }) => !finished || createdAt >= recent || live.has(id))
      .sort((a, b) => a.id - b.id)
      .slice(-watchedAtMost);
    const successes = [...this.successes].map(([environment, list]) => {
      const oldest = watched.find((entry) => entry.environment === environment)?.id ?? Number.POSITIVE_INFINITY;
      const before = list.findLastIndex(({ id }) => id < oldest);
      return [environment, list.slice(Math.max(0, before))] as const;
    });
    return { createdTo: this.createdTo ?? null, watched, successes: Object.fromEntries(successes) };
  }
}
