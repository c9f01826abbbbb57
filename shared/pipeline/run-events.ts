import type { HubEvent } from "../domain/event.ts";
import type { CensusState } from "./census.ts";
import { happened } from "./happened.ts";
import type { StreamState } from "./poll-stream.ts";

/** What the end of a run means. */
export const runEvents = (name: string, sk: string, was: StreamState | undefined, is: StreamState): HubEvent[] => {
  const { state, finishedAt, pages, queued, error } = is.run;
  if (state === "syncing" || finishedAt === undefined || was?.run.finishedAt === finishedAt) return [];
  const [stream = "", scope = ""] = sk.split("#", 2);
  const when = {
    subject: `con_${name}/${stream}/${scope}`,
    sequence: Date.parse(finishedAt),
    time: finishedAt,
    recordedAt: finishedAt,
  };
  const common = { connection: { id: `con_${name}`, name }, stream, scope: decodeURIComponent(scope) };
  if (state === "failed") {
    const { code, message } = error ?? { code: "internal_error", message: "" };
    // The row before this one is the run under way, which kept how the run before it ended: told once, not at every try.
    if (was?.lastOutcome === "failed") return [];
    const failed = happened("connection.sync.failed", when, { ...common, code, message });
    return code === "vendor_auth_expired"
      ? [failed, happened("connection.auth.expired", when, { ...common, message })]
      : [failed];
  }
  const recovered = was?.lastOutcome === "failed" ? [happened("connection.recovered", when, common)] : [];
  return [
    ...(queued === 0 ? [] : [happened("connection.sync.completed", when, { ...common, pages, records: queued })]),
    ...recovered,
  ];
};

/** What a census that missed too much means. */
export const fuseEvents = (name: string, sk: string, was: CensusState | undefined, is: CensusState): HubEvent[] => {
  if (is.result === undefined || is.result.fuse.length === 0 || was?.result?.at === is.result.at) return [];
  const [stream = "", scope = ""] = sk.split("#", 2);
  const { at, fuse } = is.result;
  const when = {
    subject: `con_${name}/${stream}/${scope}`,
    sequence: Date.parse(at),
    time: at,
    recordedAt: at,
  };
  const connection = { id: `con_${name}`, name };
  const places = fuse.map((place) => ({ ...place }));
  return [happened("deletion.fuse.tripped", when, { connection, stream, scope: decodeURIComponent(scope), places })];
};
