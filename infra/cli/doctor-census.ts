import type { CensusState } from "../../shared/pipeline/census.ts";
import { censusesOf } from "../../shared/pipeline/due-censuses.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { censusKey } from "../../shared/store/keys.ts";
import { type Call, EXIT } from "./command.ts";
import { runJobs } from "./run-jobs.ts";

/** Compares what every tool lists with what the hub holds, now. @returns the exit code: 6 if a person must look */
export const takeCensuses = (call: Call, connections: readonly string[]): Promise<number> =>
  runJobs({
    terminal: call.terminal,
    connections,
    job: { census: call.values["accept-deletions"] === true ? "confirmed" : "now" },
    waits: true,
    isDone: async (hub, names, since) =>
      (await counts(hub, names)).every(
        ({ state }) => state !== undefined && state.startedAt >= since && state.state !== "counting",
      ),
    progress: async () => {},
    outcome: async (hub, names) => {
      const all = await counts(hub, names);
      for (const one of all) call.terminal.out(call.json ? `${JSON.stringify(inJson(one))}\n` : inWords(one));
      const isWhole = all.every(({ state }) => state?.state === "completed" && state.result?.fuse.length === 0);
      return isWhole ? EXIT.ok : EXIT.partly;
    },
  });

interface Count {
  readonly connection: string;
  readonly stream: string;
  readonly scope: string;
  readonly state: CensusState | undefined;
}

const counts = async (hub: Hub, names: readonly string[]): Promise<Count[]> => {
  const all: Count[] = [];
  for (const connection of names) {
    for (const { stream, scope } of censusesOf(await hub.connection(connection))) {
      const { pk, sk } = censusKey(connection, stream, scope);
      all.push({ connection, stream, scope, state: (await hub.ports.table.get<CensusState>(pk, sk))?.data });
    }
  }
  return all;
};

const inJson = ({ connection, stream, scope, state }: Count): object => {
  const { theirs, ours, ...result } = state?.result ?? { theirs: null, ours: null };
  return {
    connection,
    stream,
    scope,
    state: state?.state ?? "pending",
    vendor_count: theirs,
    hub_count: ours,
    ...result,
    ...(state?.error !== undefined && { error: state.error }),
  };
};

const whole = (count: number): string => count.toLocaleString("en-GB");

const inWords = ({ connection, stream, scope, state }: Count): string => {
  const where = `${connection}/${stream}${scope === "" ? "" : ` ${scope}`}`;
  if (state?.error !== undefined) return `✗ ${where}: ${state.error.message} (${state.error.code})\n`;
  const result = state?.result;
  if (result === undefined) return `✗ ${where}: not counted yet\n`;
  const { theirs, ours, gaps, gone, lost, unlisted, fuse } = result;
  const notes = [
    gaps > 0 && `${whole(gaps)} missing here, asked for`,
    gone > 0 && `${whole(gone)} gone there, noted`,
    lost > 0 && `${whole(lost)} out of sight, noted`,
    unlisted > 0 && `${whole(unlisted)} not in the tool's list though it gives them`,
    ...fuse.map(
      (place) => `${whole(place.missing)} of ${whole(place.of)} missing in ${place.name}: nothing was removed`,
    ),
  ].filter(Boolean);
  const mark = fuse.length > 0 ? "✗" : notes.length > 0 ? "!" : "✓";
  const fix =
    fuse.length > 0
      ? `  Fix: if they were deleted on purpose, throughline doctor --census ${connection} --accept-deletions\n`
      : "";
  return `${mark} ${where}: ${whole(theirs)} there, ${whole(ours)} here${notes.length > 0 ? `; ${notes.join("; ")}` : ""}\n${fix}`;
};
