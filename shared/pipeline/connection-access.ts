import type { StreamAccess } from "../store/connection-detail.ts";
import type { ConnectionView } from "../store/views.ts";
import { stagesSeenBy } from "./coverage.ts";
import type { Connection } from "./hub.ts";

/** So many scopes of a stream are told one by one. */
const BROKEN_AT_MOST = 10;

/** What a connection's credential may read, as its last runs showed; nothing is asked to find out. */
export const accessOf = ({ connector }: Connection, { streams }: Pick<ConnectionView, "streams">): StreamAccess[] =>
  Object.entries(connector.streams).map(([stream, { kinds, poll }]) => {
    const runs = streams.filter((run) => run.stream === stream);
    const broken = runs.flatMap(({ state, scope, error }) =>
      state === "failed" && error !== undefined
        ? [{ scope, code: error.code, reason: error.message, at: error.at }]
        : [],
    );
    const untried = runs.filter(({ state, firstCompletedAt }) => state !== "failed" && firstCompletedAt === undefined);
    return {
      stream,
      kinds,
      stages: stagesSeenBy(kinds),
      right: connector.setup?.rights[stream],
      isSent: poll === undefined,
      works: runs.length - broken.length - untried.length,
      untried: untried.length,
      broken: broken.slice(0, BROKEN_AT_MOST),
    };
  });
