import type { Instant } from "../domain/instant.ts";
import type { ConnectionView } from "../store/views.ts";
import { waitsForData } from "../store/waits-for-data.ts";
import { briefly } from "./briefly.ts";
import type { WebDeps } from "./web-deps.ts";

/** How far what is shown can be trusted to be of now. */
export interface Freshness {
  /** All fresh sources are at least this new; null while there is no data at all. */
  readonly asOf: Instant | null;
  readonly fresh: readonly ConnectionView[];
  /** Behind their limit, refused, failed, or never read. */
  readonly stale: readonly ConnectionView[];
  /** Not one complete run yet. */
  readonly starting: readonly ConnectionView[];
  /** They only send, and have sent nothing yet. */
  readonly waiting: readonly ConnectionView[];
}

/** What is never asked and only sends has nothing to be read first. */
const hasStarted = ({ streams }: ConnectionView): boolean => streams.every((run) => run.firstCompletedAt !== undefined);

const isFresh = (connection: ConnectionView): boolean => {
  const { state, dataAsOf } = connection;
  if (dataAsOf === undefined || !hasStarted(connection)) return false;
  return state === "healthy" || state === "degraded" || state === "syncing";
};

/** How fresh everything is, as of a moment ago. */
export const freshness = async ({ views, now }: Pick<WebDeps, "views" | "now">): Promise<Freshness> =>
  freshnessOf(await briefly(views, "connections", now().getTime(), () => views.connections()));

/** The freshness over all connections but those paused by a person; what only sends and never sent is neither fresh nor stale. */
export const freshnessOf = (connections: readonly ConnectionView[]): Freshness => {
  const watched = connections.filter((one) => one.state !== "paused" && !waitsForData(one));
  const fresh = watched.filter(isFresh);
  const times = (fresh.length > 0 ? fresh : watched).flatMap(({ dataAsOf }) => dataAsOf ?? []).sort();
  return {
    asOf: times[0] ?? null,
    fresh,
    stale: watched.filter((connection) => !isFresh(connection)),
    waiting: connections.filter(waitsForData),
    starting: watched.filter((connection) => !hasStarted(connection)),
  };
};
