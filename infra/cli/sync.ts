import { connectionViews } from "../../shared/pipeline/connection-views.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { type Call, type Command, EXIT } from "./command.ts";
import { runJobs } from "./run-jobs.ts";

export const sync: Command = {
  usage: "throughline sync [connection…] [--full] [--wait]",
  does: "read the tools now: by the running hub, or by this command where none runs; resumable",
  options: { full: { type: "boolean" }, wait: { type: "boolean" } },
  words: [0, 50],
  run: (call) =>
    runJobs({
      terminal: call.terminal,
      connections: call.words,
      job: call.values["full"] === true ? { full: true } : {},
      waits: call.values["wait"] === true,
      isDone: async (hub, names, since) => {
        const views = (await connectionViews(hub)).filter(({ name }) => names.includes(name));
        // A credential that is refused ends a run: the streams after it are not tried.
        return views.every(
          ({ streams }) =>
            streams.every(({ state, startedAt = "" }) => state !== "syncing" && startedAt >= since) ||
            streams.some(({ error, startedAt = "" }) => error?.code === "vendor_auth_expired" && startedAt >= since),
        );
      },
      progress: (hub) => tell(hub, call.terminal.note),
      outcome: (hub, names, since) => outcome(hub, call, names, since),
    }),
};

const tell = async (hub: Hub, note: (words: string) => void): Promise<void> => {
  for (const { name, streams } of await connectionViews(hub)) {
    const at = streams.find(({ state }) => state === "syncing");
    if (at !== undefined)
      note(`${name}: reading ${at.stream}${at.scope === "" ? "" : ` of ${at.scope}`}, ${at.records} records\n`);
  }
};

const outcome = async (hub: Hub, call: Call, names: readonly string[], since: string): Promise<number> => {
  const views = (await connectionViews(hub)).filter(({ name }) => names.includes(name));
  const rows = views.flatMap(({ name, streams }) =>
    streams.filter(({ startedAt = "" }) => startedAt >= since).map((run) => ({ connection: name, ...run })),
  );
  for (const { connection, stream, scope, state, records, error } of rows) {
    if (call.json) call.terminal.out(`${JSON.stringify({ connection, stream, scope, state, records, error })}\n`);
    else
      call.terminal.out(
        `${state === "completed" ? "✓" : "✗"} ${connection}/${stream}${scope === "" ? "" : ` ${scope}`}: ${records} records${error === undefined ? "" : `, ${error.message} (${error.code})`}\n`,
      );
  }
  const failed = rows.filter(({ state }) => state === "failed");
  if (failed.length === 0) return EXIT.ok;
  if (failed.length < rows.length) return EXIT.partly;
  return failed.every(({ error }) => error?.code === "vendor_auth_expired") ? EXIT.unauthorised : EXIT.unreachable;
};
