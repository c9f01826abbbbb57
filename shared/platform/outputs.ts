import { mixpanelChannel } from "../adapters/channels/mixpanel.ts";
import { safeFetch } from "../adapters/channels/safe-fetch.ts";
import { type SlackSettings, slackChannel } from "../adapters/channels/slack.ts";
import { teamsChannel } from "../adapters/channels/teams.ts";
import { HubError } from "../connector/errors.ts";
import type { Surroundings } from "../connector/http.ts";
import type { EventName, HubEvent } from "../domain/event.ts";
import { configuredId } from "../domain/kind.ts";
import type { Output } from "../pipeline/deliver.ts";
import type { Hub } from "../pipeline/hub.ts";
import type { Channel } from "../ports/channel.ts";
import type { OutputConfig } from "./output-shape.ts";
import { safeAddress } from "./safe-address.ts";

/** What each channel sends where the config does not choose. */
const STANDARD: Readonly<Record<OutputConfig["connector"], readonly EventName[]>> = {
  mixpanel: ["feature.stage.changed", "release.deployed", "work_item.status.changed"],
  slack: ["feature.stage.changed"],
  teams: ["feature.stage.changed"],
};

/** The outputs of a config over the hub of this process. Each channel is opened when there is something to send. */
export const outputsOf = (hub: Hub, configured: Readonly<Record<string, OutputConfig>>): Output[] =>
  Object.entries(configured).map(([name, output]) => {
    const names: ReadonlySet<EventName> = new Set(output.events ?? STANDARD[output.connector]);
    return {
      name,
      wants: (event) =>
        names.has(event.name) && (output.connector === "mixpanel" ? !event.test : isNews(event, output.stages)),
      products: output.products?.map((slug) => configuredId("prd", slug)),
      open: () => openChannel(hub, name, output),
    };
  });

/**
 * Whether people should be told in a channel: no move that a changed rule or mapping made, and of stages only moves, into
 * the wanted ones where some are named. A feature that was just found has not moved.
 */
const isNews = (event: HubEvent, stages: readonly string[] | undefined): boolean => {
  // Whoever tries how an event arrives wants to see it.
  if (event.test === true) return true;
  if ("cause" in event.data && (event.data.cause === "rule_change" || event.data.cause === "replay")) return false;
  if (event.name !== "feature.stage.changed") return true;
  const { from, to } = (event as HubEvent<"feature.stage.changed">).data;
  if (from === to || from === null) return false;
  return stages === undefined || (to !== null && stages.includes(to));
};

/** Lists of annotations and what Slack says of a file are longer than what a webhook answers. */
const ANSWER_BYTES = 4 * 1024 * 1024;

/** What calls to other services go out with. */
export const surroundingsOf = ({ ports: { clock } }: Pick<Hub, "ports">): Surroundings => ({
  // The operator names these addresses, in the config or its secrets: this machine is no secret of theirs.
  fetch: safeFetch({ loopback: true, ports: "any", answerBytes: ANSWER_BYTES }),
  now: () => clock.now().getTime(),
  sleep: (milliseconds, signal) => (milliseconds > 0 ? clock.sleep(milliseconds, signal) : Promise.resolve()),
  random: Math.random,
});

const openChannel = async (hub: Hub, name: string, output: OutputConfig): Promise<Channel> => {
  const { secrets } = hub.ports;
  const around = surroundingsOf(hub);
  const secretOf = async (secret: string): Promise<string> => {
    const value = await secrets.get(secret);
    if (value === undefined)
      throw new HubError("secret_missing", `output ${name}: ${secret} is not set`, { retry: "never" });
    return value;
  };
  const page = `${hub.url}/activity`;
  if (output.connector === "teams")
    return teamsChannel(safe(name, await secretOf(output.webhookUrl.secret)), page, around);
  if (output.connector === "mixpanel") {
    const { projectId, username, region = "us", annotations = true, baseUrl } = output;
    const [token, secret] = [await secretOf(output.token.secret), await secretOf(output.secret.secret)];
    return mixpanelChannel({ projectId, token, username, secret, region, annotations, baseUrl }, around, unproxied);
  }
  return slackChannel(await slackSettings(name, output, secretOf), page, around);
};

/** A Slack output with its secrets. @throws HubError config_invalid */
export const slackSettings = async (
  name: string,
  output: Extract<OutputConfig, { connector: "slack" }>,
  secretOf: (secret: string) => Promise<string>,
): Promise<SlackSettings> => {
  const { channel, token, webhookUrl, baseUrl = "https://slack.com" } = output;
  if (webhookUrl !== undefined) return { webhookUrl: safe(name, await secretOf(webhookUrl.secret)) };
  if (channel === undefined || token === undefined)
    throw new HubError("config_invalid", `output ${name}: give channel and token, or webhookUrl`, { retry: "never" });
  return { channel, token: await secretOf(token.secret), baseUrl: safe(name, baseUrl) };
};

const safe = (name: string, address: string): string => {
  if (safeAddress(address)) return address;
  throw new HubError("config_invalid", `output ${name}: its address must start with https://`, { retry: "never" });
};

const PROXIES = ["HTTPS_PROXY", "HTTP_PROXY"] as const;

/** The `mixpanel` package cannot be opened while a proxy is set: it is sent to directly. */
const unproxied = <Result>(work: () => Result): Result => {
  const held = PROXIES.map((name) => [name, process.env[name]] as const);
  try {
    for (const name of PROXIES) delete process.env[name];
    return work();
  } finally {
    for (const [name, value] of held) if (value !== undefined) process.env[name] = value;
  }
};
