import { randomBytes } from "node:crypto";
import { webhookSender } from "../../shared/adapters/channels/webhook.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { isNamedBy, PUBLIC_EVENTS } from "../../shared/domain/event.ts";
import { VERSION } from "../../shared/platform/version.ts";
import type { WebhookSender } from "../../shared/ports/webhook-sender.ts";
import { type Call, type Command, EXIT, text } from "./command.ts";
import { type Change, followChanges } from "./follow-changes.ts";
import { plain } from "./show.ts";
import { whole } from "./start.ts";

const LOOK_MS = 1000;
const usage = (message: string): HubError => new HubError("usage", message, { retry: "never" });

export const listen: Command = {
  usage:
    "throughline listen [--events 'feature.*,…'] [--forward-to URL] [--format json] [--url HUB] [--since T] [--limit N] [--once]",
  does: "prints events of a running hub as they happen, and forwards them as signed webhooks; the key of a hub elsewhere is THROUGHLINE_KEY",
  options: {
    events: { type: "string" },
    "forward-to": { type: "string" },
    format: { type: "string" },
    url: { type: "string" },
    since: { type: "string" },
    limit: { type: "string" },
    once: { type: "boolean" },
  },
  words: [0, 0],
  async run(call) {
    const { values, terminal } = call;
    const url = hubUrl(call);
    const limit = whole(values, "limit", 1, 1_000_000) ?? Number.POSITIVE_INFINITY;
    const forward = forwarding(call);
    const following = {
      url,
      key: terminal.environment["THROUGHLINE_KEY"],
      types: typesOf(text(values, "events") ?? "*"),
      since: sinceOf(call),
    };
    terminal.note(`listening to ${url}; end with Ctrl-C\n`);
    const isJson = call.json || formatOf(call) === "json";
    let [shown, refused] = [0, 0];
    const pause = async () => {
      if (values["once"] === true) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      return true;
    };
    for await (const change of followChanges(following, pause)) {
      terminal.out(isJson ? `${JSON.stringify(change)}\n` : `${lineOf(change)}\n`);
      if (forward !== undefined && !(await forward(change))) refused += 1;
      shown += 1;
      if (shown >= limit) break;
    }
    return refused > 0 ? EXIT.partly : EXIT.ok;
  },
};

/** Where the hub is: as said, else on this machine. */
export const hubUrl = ({ values, terminal }: Pick<Call, "values" | "terminal">): string => {
  const url = text(values, "url") ?? `http://localhost:${terminal.environment["PORT"] ?? "4100"}`;
  if (!URL.canParse(url)) throw usage(`--url "${url}" is no address`);
  return url.replace(/\/$/, "");
};

const typesOf = (given: string) => {
  const patterns = given.split(",").map((one) => one.trim());
  const unknown = patterns.find((pattern) => !PUBLIC_EVENTS.some((name) => isNamedBy(name, [pattern])));
  if (unknown !== undefined) throw usage(`--events "${unknown}" names no type of event; docs/events.md lists them`);
  return PUBLIC_EVENTS.filter((name) => isNamedBy(name, patterns));
};

const formatOf = ({ values }: Call): "json" | "text" => {
  const given = text(values, "format") ?? "text";
  if (given === "json" || given === "text") return given;
  throw usage(`--format "${given}" is none of text, json`);
};

const sinceOf = ({ values }: Call): string => {
  const given = text(values, "since");
  const at = given === undefined ? new Date() : new Date(given);
  if (Number.isNaN(at.getTime())) throw usage(`--since "${given}" is not a day or a moment, e.g. 2026-11-01`);
  return at.toISOString();
};

const lineOf = ({ recorded_at: at, type, subject, test }: Change): string =>
  `${at}  ${type.padEnd(28)} ${plain(subject)}${test === true ? "  (test)" : ""}`;

/** Sends each change as the hub itself would, to wherever the person at this terminal says. @returns whether it was taken */
const forwarding = (call: Call): ((change: Change) => Promise<boolean>) | undefined => {
  const given = text(call.values, "forward-to");
  if (given === undefined) return undefined;
  const url = /^https?:\/\//.test(given) ? given : `http://${given}`;
  if (!URL.canParse(url)) throw usage(`--forward-to "${given}" is no address`);
  const sender: WebhookSender = webhookSender({ loopback: true, version: VERSION });
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  call.terminal.note(`forwarding to ${url}, signed with ${secret}\n`);
  return async ({ id, type, time, subject, sequence, test, data }) => {
    const body = JSON.stringify({ type, timestamp: time, data, ...(test === true && { test }) });
    const headers = {
      "throughline-subject": encodeURI(subject),
      "throughline-sequence": String(sequence).padStart(17, "0"),
    };
    const message = { url, id, at: new Date(), body, secrets: [secret], headers };
    const { status, reason } = await sender.send(message, new AbortController().signal);
    call.terminal.note(`  → ${status ?? plain(reason ?? "no answer")}\n`);
    return status !== undefined && status >= 200 && status < 300;
  };
};
