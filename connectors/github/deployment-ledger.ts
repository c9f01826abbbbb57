import * as z from "zod";
import { type Instant, maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
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
  successes: z.record(z.string(), z.array(z.object({ place: z.string(), id: z.number(), sha: z.string() }))),
});
export type DeploymentsCursor = z.output<typeof DeploymentsCursor>;
export const NO_DEPLOYMENTS: DeploymentsCursor = { createdTo: null, watched: [], successes: {} };

/** Where a deployment stands among all: by its making, and by its id where one second holds several. */
export const placeInOrder = ({ id, created_at }: Pick<Deployment, "id" | "created_at">): string =>
  `${maybeInstant(created_at) ?? TIMELESS} ${String(id).padStart(16, "0")}`;

/** The cursor while it is worked on. */
export class DeploymentLedger {
  private createdTo: Instant | undefined;
  private readonly watched: Map<number, DeploymentsCursor["watched"][number]>;
  private readonly successes: Map<string, DeploymentsCursor["successes"][string]>;

  constructor(cursor: DeploymentsCursor) {
    this.createdTo = cursor.createdTo ?? undefined;
    this.watched = new Map(cursor.watched.map((entry) => [entry.id, entry]));
    this.successes = new Map(Object.entries(cursor.successes).map(([name, list]) => [name, [...list]]));
  }

  /** The commit that was live before this deployment. */
  baseOf(deployment: Deployment): string | undefined {
    const place = placeInOrder(deployment);
    return this.successes.get(deployment.environment ?? "")?.findLast((success) => success.place < place)?.sha;
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
        [...others, { place: placeInOrder(deployment), id: deployment.id, sha: deployment.sha ?? "" }].sort((a, b) =>
          a.place.localeCompare(b.place),
        ),
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
      .sort((a, b) => placeOf(a).localeCompare(placeOf(b)))
      .slice(-watchedAtMost);
    const successes = [...this.successes].map(([environment, list]) => {
      const oldest = watched.find((entry) => entry.environment === environment);
      const needed = list.findLastIndex(({ place }) => oldest === undefined || place < placeOf(oldest));
      return [environment, list.slice(Math.max(0, needed))] as const;
    });
    return { createdTo: this.createdTo ?? null, watched, successes: Object.fromEntries(successes) };
  }
}

const placeOf = ({ id, createdAt }: { id: number; createdAt: string }): string =>
  placeInOrder({ id, created_at: createdAt });
