import { existsSync, readFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import slack from "../../connectors/slack/index.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import { testConnector } from "../contract/connector.ts";
import { openSite } from "./open-site.ts";

const receivedAt = new Date("2026-03-02T10:00:00.000Z");

testConnector(slack, {
  settings: {
    token: "xoxb-unused",
    announcements: [{ channel: "C0RELEASES" }],
    feedback: ["C0FEEDBACK"],
    webhookSecret: "signing-fixture",
  },
  identity: (stream) => (stream === "users" ? "id" : "ts"),
  webhook: {
    body: {
      type: "event_callback",
      event_id: "Ev01",
      event_time: receivedAt.getTime() / 1000,
      event: { type: "message", channel: "C0RELEASES", ts: "1772445600.000100", user: "U1", text: "Out now" },
    },
    receivedAt,
  },
});

const sandbox = await startSandbox({ size: 60 });
afterAll(() => sandbox.stop());
afterEach(async () => {
  await sandbox.control({ do: "behave" });
  sandbox.reset();
});
const site = openSite(slack, sandbox);
const CHANNEL = "C0RELEASES0";
const post = async (text: string, more: object = {}) => {
  const { changed } = await sandbox.control({ do: "slack.post", channel: CHANNEL, text, ...more });
  return String(changed?.[0]?.["ts"]);
};
const titles = (pages: readonly { readonly records: readonly unknown[] }[]) =>
  pages
    .flatMap(({ records }) => site.draftsOf("announcements", records))
    .map(({ fields }) => (fields as { title: string }).title);

describe("the sandbox's Slack", () => {
  it("T31 tells which rights of a token go beyond reading", async () => {
    const beyond = () => slack.setup?.beyondReading?.(site.context() as never);
    expect(await beyond()).toEqual([]);
    await sandbox.control({ do: "slack.scope", name: "chat:write" } as never);
    expect(await beyond()).toEqual(["chat:write"]);
    await sandbox.control({ do: "slack.scope", name: "chat:write", on: false } as never);
  });

  it("is read whole: announcements and feedback of the named channels, neither joins nor replies", async () => {
    const all = await site.everything();
    const [carts] = all.get("announcements") ?? [];
    expect(carts?.fields).toMatchObject({
      title: expect.stringMatching(/^Saved carts is live for everyone ACME-\d+$/),
    });
    expect(carts?.references).toEqual([{ alias: expect.stringMatching(/^ACME-\d+$/), place: "title" }]);
    expect(all.get("feedback")?.length).toBeGreaterThan(3);
    const kept = JSON.stringify([...all.values()]);
    expect(kept).not.toMatch(/Great work|has joined|@acme\.example/);
    expect(all.get("users")).toHaveLength(15);
  });

  it("gives a page for each so many messages, and loses none when it resumes at any of them", async () => {
    for (const nth of [1, 2, 3, 4, 5]) await post(`Release ${nth}`);
    const small = openSite(slack, sandbox, { pageSize: 2 });
    const pages = await small.read("announcements", CHANNEL);
    expect(pages.length).toBeGreaterThan(3);
    for (const [index, { cursor }] of pages.entries()) {
      const both = new Set([
        ...titles(pages.slice(0, index + 1)),
        ...titles(await small.read("announcements", CHANNEL, cursor)),
      ]);
      expect(both).toEqual(new Set(titles(pages)));
    }
  });

  it("does not move on before a whole walk: what a broken one left unread is read by the next", async () => {
    for (const nth of [1, 2, 3, 4, 5]) await post(`Release ${nth}`);
    const small = openSite(slack, sandbox, { pageSize: 2, overlapSeconds: 0 });
    const [first] = await small.read("announcements", CHANNEL);
    expect(first?.cursor).toMatchObject({ newest: "", walk: { oldest: "0" } });
    expect(titles(await small.read("announcements", CHANNEL, first?.cursor))).toContain("Release 1");
  });

  it("reads on from the newest message", async () => {
    const cursor = (await site.read("announcements", CHANNEL)).at(-1)?.cursor;
    await post("Fresh news");
    expect(titles(await site.read("announcements", CHANNEL, cursor))).toContain("Fresh news");
    const exact = openSite(slack, sandbox, { overlapSeconds: 0 });
    const after = (await exact.read("announcements", CHANNEL, cursor)).at(-1)?.cursor;
    expect(titles(await exact.read("announcements", CHANNEL, after))).toEqual(["Fresh news"]);
  });

  it("reads one message again, only of its own stream, and nothing that was deleted", async () => {
    const ts = await post("Out: ACME-3");
    const id = `${CHANNEL}:${ts}`;
    await sandbox.control({ do: "slack.edit", channel: CHANNEL, ts, text: "Out: ACME-4" });
    expect(await site.reread("announcements", [id])).toMatchObject([
      { references: [{ alias: "ACME-4" }], fields: { title: "Out: ACME-4", type: { category: "launch" } } },
    ]);
    expect(await site.reread("feedback", [id])).toEqual([]);
    await sandbox.control({ do: "slack.delete", channel: CHANNEL, ts });
    expect(await site.reread("announcements", [id])).toEqual([]);
  });

  it.each([
    [
      "the missing scope",
      { do: "slack.scope", name: "channels:history", on: false },
      {},
      "vendor_forbidden",
      "channels:history",
    ],
    ["a refused token", { do: "behave" }, { token: "xoxb-other" }, "vendor_auth_expired", "invalid_auth"],
    [
      "an unknown channel",
      { do: "behave" },
      { announcements: [{ channel: "C0NOWHERE" }] },
      "vendor_not_found",
      "no such channel",
    ],
    [
      "a channel without the app",
      { do: "behave" },
      { announcements: [{ channel: "C0RANDOM0" }] },
      "vendor_forbidden",
      "/invite",
    ],
  ])("names %s, though Slack answers 200", async (_, change, settings, code, words) => {
    await sandbox.control(change);
    const other = openSite(slack, sandbox, settings);
    const [channel = ""] = other.scopes("announcements");
    await expect(other.read("announcements", channel)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it("waits for as long as Slack asks", async () => {
    await sandbox.control({ do: "misbehave", vendor: "slack", how: "rate_limited", seconds: 1 });
    expect((await site.read("announcements", CHANNEL)).length).toBe(1);
  });
});

describe("a webhook of Slack", () => {
  const config = slack.config.parse({
    token: "xoxb-t",
    announcements: [{ channel: "C0RELEASES" }],
    webhookSecret: "s",
  });
  const told = (event: object, more: object = {}) =>
    slack.webhook?.records({ type: "event_callback", event_time: 1772445600, event, ...more }, new Headers(), config);
  const message = { type: "message", channel: "C0RELEASES", ts: "1772445600.000100" };

  it("tells messages of named channels alone", () => {
    expect(told(message)).toEqual([{ stream: "announcements", reread: "C0RELEASES:1772445600.000100" }]);
    expect(told({ ...message, channel: "C0PRIVATE" })).toEqual([]);
    expect(told({ ...message, subtype: "channel_join" })).toEqual([]);
    expect(told({ ...message, thread_ts: "1772445000.000100" })).toEqual([]);
    expect(told({ type: "reaction_added", item: message })).toEqual([]);
  });

  it("is not kept unless it tells of a message of a named channel", () => {
    const concerns = (event: object) =>
      slack.webhook?.concerns?.({ type: "event_callback", event_time: 1772445600, event }, config);
    expect(concerns(message)).toBe(true);
    expect(concerns({ ...message, channel: "C0PRIVATE" })).toBe(false);
    expect(concerns({ ...message, thread_ts: "1772445000.000100" })).toBe(false);
    expect(concerns({ ...message, channel: 7 })).toBe(true);
  });

  it("tells an edit by the message that was edited, and a deletion as one", () => {
    const edited = { ...message, subtype: "message_changed", ts: "1772449999.000000", message };
    expect(told(edited)).toEqual([{ stream: "announcements", reread: "C0RELEASES:1772445600.000100" }]);
    const deleted = { ...message, subtype: "message_deleted", ts: "1772449999.000000", deleted_ts: message.ts };
    expect(told(deleted)).toEqual([
      {
        stream: "announcements",
        record: { ts: message.ts, channel: "C0RELEASES" },
        presence: "deleted",
        at: "2026-03-02T10:00:00.000Z",
      },
    ]);
    expect(told({ ...deleted, previous_message: { ...message, thread_ts: "1772445000.000100" } })).toEqual([]);
  });

  it("is answered by its challenge when Slack looks whether somebody is there", () => {
    expect(slack.webhook?.challenge?.({ type: "url_verification", challenge: "3eZbrw1a", token: "x" })).toBe(
      "3eZbrw1a",
    );
    expect(slack.webhook?.challenge?.({ type: "event_callback", challenge: "3eZbrw1a" })).toBeUndefined();
    expect(slack.webhook?.challenge?.({ type: "url_verification", challenge: "x".repeat(501) })).toBeUndefined();
  });

  const vectors = new URL("../../../shared/data/recorded/_signatures/vectors.json", import.meta.url);
  const isThere = existsSync(vectors);
  if (!isThere) process.stderr.write("skipped: no published signature vectors beside the project\n");
  it.skipIf(!isThere)("is verified as Slack's own documentation signs it, within five minutes", () => {
    const list = JSON.parse(readFileSync(vectors, "utf8")) as Record<string, never>[];
    const own = list.filter(({ vendor }) => vendor === "slack") as unknown as {
      secret: string;
      body: string;
      headers: Record<string, string>;
      now: number;
    }[];
    expect(own.length).toBeGreaterThan(0);
    for (const { secret, body, headers, now } of own) {
      const signing = slack.config.parse({ token: "xoxb-t", feedback: ["C0FEEDBACK"], webhookSecret: secret });
      const delivery = (seconds: number, text = body) => ({
        headers: new Headers(headers),
        body: new TextEncoder().encode(text),
        receivedAt: new Date(seconds * 1000),
      });
      expect(() => slack.webhook?.signature.verify(delivery(now + 300), signing)).not.toThrow();
      expect(() => slack.webhook?.signature.verify(delivery(now + 301), signing)).toThrow("signature rejected");
      expect(() => slack.webhook?.signature.verify(delivery(now, `${body}&`), signing)).toThrow("digest differs");
    }
  });
});
