import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import slack from "../../connectors/slack/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";

/** Recorded answers of Slack, what another tool read from them, and the shapes of events. Kept outside the project. */
const folder = new URL("../../../shared/data/recorded/slack/", import.meta.url);
const isThere = existsSync(folder);
if (!isThere) process.stderr.write("skipped: no recorded Slack payloads beside the project\n");

type Json = Readonly<Record<string, unknown>>;
const readJson = (path: string): Json => JSON.parse(readFileSync(new URL(path, folder), "utf8")) as Json;
const responseOf = (file: string): Json => {
  const { api } = readJson(`nango/raw/${file}`) as { api: Record<string, Json> };
  const [answers] = Object.values(Object.values(api)[0] ?? {}) as [{ response: Json } | { response: Json }[]];
  return [answers].flat()[0]?.response ?? {};
};
const draftsOf = (stream: string, answer: Json): readonly Draft[] => {
  const { record, normalise, listed } = slack.streams[stream] ?? {};
  return (listed?.(answer) ?? []).flatMap(
    (one) => normalise?.(record?.parse(one), { connectionId: "con_r", statuses: new Map() }) ?? [],
  );
};

const fieldsOf = (draft: Pick<Draft, "fields"> | undefined): Json => (draft?.fields ?? {}) as Json;

it.skipIf(!isThere)("reads recorded messages and people as the other tool does", () => {
  const compared: (readonly [unknown, unknown])[] = [];
  const messages = draftsOf("feedback", responseOf("get-conversation-history.json"));
  const theirs = (readJson("nango/expected/get-conversation-history.json")["output"] as Json)["messages"] as Json[];
  expect(messages.length).toBe(theirs.length);
  for (const [at, { external, fields, createdAt }] of messages.entries()) {
    const told = theirs[at] ?? {};
    compared.push([external.id, `:${told["ts"]}`], [fieldsOf({ fields })["title"], told["text"]]);
    compared.push([(fieldsOf({ fields })["authorId"] as Json)["id"], told["user"]]);
    compared.push([Math.floor(Date.parse(createdAt ?? "") / 1000), Math.floor(Number(told["ts"]))]);
  }
  const members = responseOf("list-users.json")["members"] as Json[];
  for (const [at, draft] of draftsOf("users", responseOf("list-users.json")).entries()) {
    compared.push([draft.external.id, members[at]?.["id"]], [fieldsOf(draft)["isBot"], members[at]?.["is_bot"]]);
  }
  const disagreements = compared.filter(([ours, other]) => ours !== other);
  process.stdout.write(`slack: ${compared.length} values compared, ${disagreements.length} disagreements\n`);
  expect(disagreements).toEqual([]);
  expect(compared.length).toBeGreaterThan(40);
});

it.skipIf(!isThere)("understands every shape of event, and keeps nothing of channels that are not named", () => {
  const config = slack.config.parse({ token: "xoxb-t", feedback: ["C0FEEDBACK"], webhookSecret: "s" });
  const names = readdirSync(new URL("java-slack-sdk/events-shape/", folder));
  expect(names.length).toBeGreaterThan(50);
  for (const name of names) {
    const body = { ...readJson(`java-slack-sdk/events-shape/${name}`), type: "event_callback" };
    if ("event" in body) expect(slack.webhook?.records(body, new Headers(), config)).toEqual([]);
  }
});
