import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HubError } from "../../shared/connector/errors.ts";
import { becauseAt } from "../../shared/pipeline/because-at.ts";
import { previewRun } from "../../shared/pipeline/make-run.ts";
import { reportReads, reportsOf } from "../../shared/platform/reports.ts";
import { suggestion } from "../../shared/platform/suggestion.ts";
import { type Period, periodOf } from "../../shared/report/period.ts";
import { isMailAddress, type ReportSettings } from "../../shared/report/settings.ts";
import { type Call, type Command, EXIT, text } from "./command.ts";
import { type OpenStore, openStore } from "./open-store.ts";

const FORMATS = ["text", "html", "md", "csv", "json", "slack", "teams"] as const;

export const report: Command = {
  usage:
    "throughline report <name> [--format text|html|md|csv|json|slack|teams] [--as-of D] [--send | --send-test ADDRESS] [--open]",
  does: "a report of the configuration for the last whole period, or for the one before a day; --send makes the run, keeps it and sends it to whoever has not got it yet; --send-test mails it to one address as a test and keeps nothing; --open shows it in the browser",
  options: {
    format: { type: "string" },
    "as-of": { type: "string" },
    send: { type: "boolean" },
    "send-test": { type: "string" },
    open: { type: "boolean" },
  },
  words: [1, 1],
  async run(call) {
    const format = text(call.values, "format") ?? (call.json ? "json" : "text");
    if (!(FORMATS as readonly string[]).includes(format))
      throw new HubError("usage", `--format "${format}" is none of ${FORMATS.join(", ")}`, { retry: "never" });
    const store = await openStore(call.terminal);
    try {
      const settings = settingsOf(store, call.words[0] ?? "");
      const { length, zone, weekStart } = settings;
      const period = periodOf(length, zone, weekStart, asOf(call));
      if (call.values["send"] === true) return await send(call, store, settings, period);
      const tester = text(call.values, "send-test");
      if (tester !== undefined) return await test(call, store, settings, period, tester);
      await import("../local/jsx.ts");
      const { FORMATS: all } = await import("../../shared/report/render/formats.ts");
      const { localPicture } = await import("../local/picture.ts");
      const made = await previewRun(store.hub, reportReads(store.hub, becauseAt), settings, period);
      const name = format === "text" ? "txt" : (format as Exclude<(typeof FORMATS)[number], "text">);
      if (call.values["open"] === true) {
        const file = join(store.folder, "preview", `${made.report}.html`);
        mkdirSync(join(store.folder, "preview"), { recursive: true, mode: 0o700 });
        writeFileSync(file, all.html.write(made, await localPicture()), { mode: 0o600 });
        call.terminal.note(`${file}\n`);
        openInBrowser(file);
        return EXIT.ok;
      }
      call.terminal.out(all[name].write(made, name === "html" ? await localPicture() : undefined));
      return EXIT.ok;
    } finally {
      store.close();
    }
  },
};

const settingsOf = ({ config }: OpenStore, name: string): ReportSettings => {
  const all = reportsOf(config);
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = all.map((one) => one.name);
  throw new HubError("report_unknown", `no report "${name.slice(0, 60)}"${suggestion(name.slice(0, 60), known)}`, {
    retry: "never",
  });
};

const asOf = (call: Call): Date => {
  const given = text(call.values, "as-of");
  if (given === undefined) return new Date();
  const at = new Date(given);
  if (!Number.isNaN(at.getTime())) return at;
  throw new HubError("usage", `--as-of "${given}" is not a day or a moment, e.g. 2026-11-16`, { retry: "never" });
};

const test = async (call: Call, store: OpenStore, settings: ReportSettings, period: Period, to: string) => {
  if (!isMailAddress(to))
    throw new HubError("usage", `--send-test "${to.slice(0, 60)}" is no mail address`, { retry: "never" });
  await import("../local/jsx.ts");
  const { localPicture } = await import("../local/picture.ts");
  const { reportingOf } = await import("../../shared/platform/reporting.ts");
  const { sendTest } = await import("../../shared/pipeline/report-asks.ts");
  const { hub, config } = store;
  const { reads, post } = reportingOf(hub, { config, picture: localPicture });
  const made = await previewRun(hub, reads, settings, period);
  const id = `${settings.name}.test.${Date.now().toString(36)}`;
  await sendTest(post, made, `email:${to}`, id, new AbortController().signal);
  call.terminal.out(
    call.json ? `${JSON.stringify({ run: made.run, sent: 1 })}\n` : `${made.title}, ${made.run}: sent to ${to}\n`,
  );
  return EXIT.ok;
};

const send = async (call: Call, store: OpenStore, settings: ReportSettings, period: Period): Promise<number> => {
  await import("../local/jsx.ts");
  const { localPicture } = await import("../local/picture.ts");
  const { reportingOf } = await import("../../shared/platform/reporting.ts");
  const { makeRun } = await import("../../shared/pipeline/make-run.ts");
  const { deliverReports, queueAgain } = await import("../../shared/pipeline/deliver-report.ts");
  const { deliveriesOf } = await import("../../shared/store/report-store.ts");
  const { hub, config } = store;
  const { reads, post } = reportingOf(hub, { config, picture: localPicture });
  const made = await makeRun(hub, reads, settings, period);
  if (made === undefined)
    throw new HubError("lease_held", "the report is being made by another process", { retry: "later" });
  await queueAgain(hub, made.report, settings.to);
  await deliverReports(hub, post, new AbortController().signal);
  const deliveries = await deliveriesOf(hub.ports.table, made.report.report, made.report.run);
  if (call.json) call.terminal.out(`${JSON.stringify({ run: made.report.run, deliveries })}\n`);
  else {
    call.terminal.out(`${made.report.title}, ${made.report.run}\n`);
    for (const { recipient, state, reason } of deliveries)
      call.terminal.out(`  ${recipient}: ${state}${reason === undefined ? "" : ` (${reason})`}\n`);
  }
  return deliveries.every(({ state }) => state === "sent") ? EXIT.ok : EXIT.partly;
};

const OPENERS: Readonly<Record<string, string>> = { darwin: "open", win32: "explorer" };

/** Without a browser the file's name is told all the same. */
const openInBrowser = (file: string): void => {
  const child = spawn(OPENERS[process.platform] ?? "xdg-open", [file], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
};
