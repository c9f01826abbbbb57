import { Webhook } from "standardwebhooks";
import { postSlack } from "../adapters/channels/slack.ts";
import { postTeams } from "../adapters/channels/teams.ts";
import { HubError } from "../connector/errors.ts";
import { type Surroundings, vendorHttp } from "../connector/http.ts";
import { budget } from "../connector/limits.ts";
import { snakeKeys } from "../domain/snake-case.ts";
import type { Post } from "../pipeline/deliver-report.ts";
import type { Hub } from "../pipeline/hub.ts";
import type { Report } from "../report/document.ts";
import { type PictureMaker, reportMail } from "../report/render/mail.tsx";
import { reportSlack } from "../report/render/slack.ts";
import { reportTeams } from "../report/render/teams.ts";
import type { HubConfig } from "./define-hub.ts";
import { mailerOf } from "./mailer-of.ts";
import { slackSettings, surroundingsOf } from "./outputs.ts";
import { safeAddress } from "./safe-address.ts";

type Config = Pick<HubConfig, "reports" | "outputs" | "mail">;

const PER_MINUTE = 60;

/** Takes reports to the recipients that a config names. @param picture draws charts; without it they are lines of bars */
export const reportPosts = (hub: Hub, config: Config, picture?: PictureMaker): Post => {
  const around = surroundingsOf(hub);
  const secretOf = async (name: string): Promise<string> => {
    const value = await hub.ports.secrets.get(name);
    if (value === undefined) throw new HubError("secret_missing", `${name} is not set`, { retry: "never" });
    return value;
  };
  const outputOf = (name: string, connector: "slack" | "teams") => {
    const output = config.outputs?.[name];
    if (output?.connector === connector) return output;
    throw new HubError("config_invalid", `there is no output ${name} to ${connector}`, { retry: "never" });
  };
  return async (recipient, report, id, signal) => {
    const [way = "", ...rest] = recipient.split(":");
    const to = rest.join(":");
    if (way === "email") return mail(hub, config, report, to, id, picture);
    try {
      if (way === "webhook") return await webhook(await secretOf(to), config, report, id, { around, secretOf, signal });
      if (way === "slack") {
        const output = outputOf(to, "slack");
        if (output.connector !== "slack") return;
        await postSlack(await slackSettings(to, output, secretOf), reportSlack(report), around, signal);
      } else {
        const output = outputOf(to, "teams");
        if (output.connector !== "teams") return;
        await postTeams(await secretOf(output.webhookUrl.secret), reportTeams(report), around, signal);
      }
    } catch (error) {
      throw mayHaveArrived(error) ? lost(way, error) : error;
    }
  };
};

const mail = async (
  hub: Hub,
  { mail: settings }: Config,
  report: Report,
  to: string,
  id: string,
  picture?: PictureMaker,
) => {
  const { subject, text, html, pictures } = reportMail(report, await picture?.());
  const sender = settings?.replyTo ?? /(?<![^\s<>])[^\s<>]+@[^\s<>]+/.exec(settings?.from ?? "")?.[0];
  await mailerOf(settings, hub.ports.secrets, hub.ports.mailer).send({
    id,
    to: [to],
    subject,
    text,
    html,
    pictures,
    headers: {
      // Who gets it stands in the configuration, so that a person must take the address out.
      ...(sender !== undefined && {
        "List-Unsubscribe": `<mailto:${sender}?subject=${encodeURIComponent(`unsubscribe ${report.report}`)}>`,
      }),
      "List-ID": `<${report.report}.reports.throughline>`,
      "Auto-Submitted": "auto-generated",
    },
  });
};

/** The report as JSON (`report.v1`), signed where a key is configured; the same id at every try. */
const webhook = async (
  address: string,
  { reports }: Config,
  report: Report,
  id: string,
  {
    around,
    secretOf,
    signal,
  }: { around: Surroundings; secretOf: (name: string) => Promise<string>; signal: AbortSignal },
): Promise<void> => {
  if (!safeAddress(address))
    throw new HubError("config_invalid", "the address of a webhook must start with https://", { retry: "never" });
  const body = JSON.stringify({ type: "report.v1", timestamp: report.madeAt, data: snakeKeys(report) });
  const key = reports?.[report.report]?.signWith;
  const now = new Date(around.now());
  const signature = key && new Webhook(await secretOf(key.secret)).sign(id, now, body);
  const url = new URL(address);
  const http = { baseUrl: url.origin, headers: {}, requestsPerMinute: PER_MINUTE, attempts: 1 };
  const response = await vendorHttp(http, around, signal, budget(PER_MINUTE, around.now)).fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      ...(signature && { "webhook-signature": signature }),
    },
    body,
  });
  await response.body?.cancel();
  if (response.ok) return;
  throw new HubError("delivery_refused", `the webhook answered ${response.status}`, { retry: "later" });
};

/** Errors before anything was sent. */
const UNSENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Whether the other side may have taken it, though its answer never came. An answer with an error is an answer. */
const mayHaveArrived = (error: unknown): boolean => {
  if (!(error instanceof HubError) || error.code !== "vendor_unreachable" || error.details["status"] !== undefined)
    return false;
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause)
    if ("code" in cause && UNSENT.has(String(cause.code))) return false;
  return true;
};

const lost = (way: string, cause: unknown): HubError =>
  new HubError("delivery_unknown", `the answer of ${way} got lost`, { retry: "never", cause });
