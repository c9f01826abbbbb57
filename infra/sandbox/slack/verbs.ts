import { createHmac } from "node:crypto";
import type { Occasion, Outcome, Request, Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Hook } from "../webhooks/delivery.ts";
import { type Channel, type Messages, messageJson, type SlackMessage, TEAM, tsOf } from "./messages.ts";

/** Signed over the time of sending and the bytes, `v0:<seconds>:<body>`. */
const hook = (event: string, body: object): Hook => ({
  vendor: "slack",
  event,
  body,
  signed: ({ secret, now, isRetry }) => {
    const seconds = String(Math.floor(now / 1000));
    const digest = createHmac("sha256", secret)
      .update(`v0:${seconds}:${JSON.stringify(body)}`)
      .digest("hex");
    return {
      headers: {
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "x-slack-request-timestamp": seconds,
        "x-slack-signature": `v0=${digest}`,
        ...(isRetry && { "x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout" }),
      },
    };
  },
});

const eventHook = (time: number, event: object): Hook =>
  hook("message", {
    token: "unused",
    team_id: TEAM,
    api_app_id: "A0ACME001",
    event,
    type: "event_callback",
    event_id: `Ev${time}`,
    event_time: Math.floor(time / 1000),
    authorizations: [],
  });

/** What people do in a channel. */
export const slackVerbs = (
  messages: Messages,
  channels: readonly Channel[],
): Readonly<Record<string, readonly [string, Verb]>> => {
  const messageOf = (request: Request): SlackMessage => {
    const found = messages.in(String(request["channel"])).find(({ ts }) => ts === request["ts"]);
    if (found === undefined) throw new ControlError("channel is the id of a channel, ts of a message in it.");
    return found;
  };
  const changed = (message: SlackMessage, hooks: readonly Hook[]): Outcome => {
    messages.keep(message);
    const { channel, ts, text } = message;
    return {
      changed: [{ tracker: "slack", kind: "message", id: `${channel}:${ts}`, channel, ts, title: text }],
      hooks,
    };
  };
  let posted = 0;
  const post: Verb = ({ time, by }: Occasion, request) => {
    const channel = channels.find(({ id, name }) => request["channel"] === id || request["channel"] === name);
    if (channel === undefined) throw new ControlError("channel is the id or name of a channel.");
    posted += 1;
    const made: SlackMessage = {
      channel: channel.id,
      ts: tsOf(time, posted),
      by,
      text: String(request["text"] ?? ""),
      ...(typeof request["thread"] === "string" && { thread: request["thread"] }),
    };
    return changed(made, [eventHook(time, { ...messageJson(made), channel: channel.id, channel_type: "channel" })]);
  };
  const edit: Verb = ({ time }, request) => {
    const before = messageOf(request);
    const next = { ...before, text: String(request["text"] ?? ""), edited: tsOf(time, 0) };
    const told = {
      type: "message",
      subtype: "message_changed",
      hidden: true,
      channel: next.channel,
      ts: tsOf(time, 1),
    };
    const parts = { message: messageJson(next), previous_message: messageJson(before) };
    return changed(next, [eventHook(time, { ...told, ...parts })]);
  };
  const remove: Verb = ({ time }, request) => {
    const before = messageOf(request);
    const told = {
      type: "message",
      subtype: "message_deleted",
      hidden: true,
      channel: before.channel,
      ts: tsOf(time, 1),
    };
    const parts = { deleted_ts: before.ts, previous_message: messageJson(before) };
    return changed({ ...before, isDeleted: true }, [eventHook(time, { ...told, ...parts })]);
  };
  const verify: Verb = (_, request) => ({
    changed: [],
    hooks: [
      hook("url_verification", {
        token: "unused",
        challenge: String(request["challenge"] ?? "3eZbrw1aB"),
        type: "url_verification",
      }),
    ],
  });
  return {
    post: ["channel, text, thread?: the ts of the message it answers", post],
    edit: ["channel, ts, text", edit],
    delete: ["channel, ts", remove],
    verify: ["challenge?: Slack asks the webhook's address whether somebody is there", verify],
  };
};
