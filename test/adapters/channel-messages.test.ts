import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slackMessage } from "../../shared/adapters/channels/slack-message.ts";
import { teamsMessage } from "../../shared/adapters/channels/teams-message.ts";
import type { HubEvent } from "../../shared/domain/event.ts";
import { noticeOf } from "../../shared/report/notice.ts";
import { corpusRows } from "../connector/corpus.ts";
import { type Posted, shown, slackError } from "../doubles/slack.ts";
import { moved, shipped } from "../pipeline/outputs-hub.ts";

const HUB = "https://hub.acme.example";
const T = "2026-03-02T10:00:00.000Z";
const event = (name: HubEvent["name"], data: HubEvent["data"], n = 1): HubEvent => ({
  id: `evt_${n}`,
  name,
  subject: "ftr_1",
  sequence: n,
  time: T,
  recordedAt: T,
  data,
});
const notices = (titles: readonly string[], because: readonly string[] = ["one reason"]) =>
  titles.map((title, n) =>
    noticeOf(event("feature.stage.changed", moved(title, "production", { because: [...because] }), n), HUB),
  );
const slack = (titles: readonly string[], because?: readonly string[]): Posted =>
  slackMessage(notices(titles, because), `${HUB}/activity`) as unknown as Posted;

const cardOf = (message: ReturnType<typeof teamsMessage>) => {
  const [first] = message.attachments;
  if (first === undefined) throw new Error("no card");
  return first.content;
};
/** Every text of a card that Teams reads Markdown out of. */
const markdownIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(markdownIn);
  if (typeof value !== "object" || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  const own = typeof text === "string" && type !== "TextRun" ? [text] : [];
  return [...own, ...Object.values(value).flatMap(markdownIn)];
};

const rows = corpusRows<{ readonly id: string; readonly s: string }>("channel.injection.jsonl");
const hostile = fc.oneof(
  fc.constantFrom(
    "<!channel>",
    "<@U012AB3CD>",
    "<#C1|general>",
    "<https://evil.example|here>",
    "&lt;!here&gt;",
    "[a](https://evil.example)",
    "*b* _i_ `c`",
    "\u202eabc",
    "\r\n\r\n",
    "\ud800",
    "😀",
  ),
  fc.string({ unit: "grapheme", maxLength: 40 }),
);
const texts = fc.array(hostile, { maxLength: 6 }).map((parts) => parts.join(""));

describe("a Slack message", () => {
  it("says what happened, why, and where to look", () => {
    const message = slack(["Sign in & up"], ["4 of 4 work items are done", "deployed at 10:00"]);
    expect(message).toEqual({
      text: "Sign in &amp; up: moved from Testing to Production",
      blocks: [
        { type: "header", text: { type: "plain_text", text: "Sign in &amp; up", emoji: false } },
        {
          type: "section",
          text: {
            type: "plain_text",
            text: "Sign in &amp; up: moved from Testing to Production\n• 4 of 4 work items are done\n• deployed at 10:00",
            emoji: false,
          },
        },
        {
          type: "context",
          elements: [{ type: "mrkdwn", text: `<${HUB}/features/ftr_1|Open in Throughline>`, verbatim: true }],
        },
      ],
      unfurl_links: false,
      unfurl_media: false,
      link_names: false,
      parse: "none",
    });
  });

  it.skipIf(rows.length === 0)(
    "mentions nobody and links nowhere, whatever a tool's text says: the recorded attacks",
    () => {
      for (const { id, s } of rows) {
        const seen = shown(slack([s], [s]));
        expect(seen.mentions, id).toEqual([]);
        expect([...new Set(seen.links)], id).toEqual([`${HUB}/features/ftr_1`]);
      }
    },
  );

  it("T12 mentions nobody, links nowhere else and keeps Slack's limits, for any texts and any number of them", () => {
    fc.assert(
      fc.property(
        fc.array(texts, { minLength: 1, maxLength: 120 }),
        fc.array(texts, { maxLength: 10 }),
        (titles, because) => {
          const message = slack(titles, because);
          const seen = shown(message);
          expect(seen.mentions).toEqual([]);
          expect(seen.links.every((url) => url.startsWith(`${HUB}/`))).toBe(true);
          expect(slackError(message)).toBeUndefined();
          expect(message.blocks.length).toBeLessThanOrEqual(40);
          expect(JSON.stringify(message.blocks).length).toBeLessThanOrEqual(10_000);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("of more than fit tells how many more there are", () => {
    const message = slack(Array.from({ length: 500 }, (_, n) => `Feature ${n}`));
    const { words } = shown(message);
    const told = words.filter((line) => /^Feature \d+: moved/.test(line)).length;
    expect(told).toBeGreaterThan(10);
    expect(words).toContain(`and ${500 - told} more in Throughline`);
  });

  it("links to a record's own address, and to no address that is not http", () => {
    const linksTo = (url: string) => {
      const data = { ...shipped("Web 2"), deployment: { id: "dep_1", name: "Web 2", url } };
      return shown(slackMessage([noticeOf(event("release.deployed", data), HUB)], HUB) as unknown as Posted).links;
    };
    expect(linksTo("https://github.example/a?b=1&c=2|<!channel>")).toEqual([
      "https://github.example/a?b=1&c=2%7C%3C!channel%3E",
    ]);
    expect(linksTo("javascript:alert(1)")).toEqual([]);
    expect(linksTo("https://github.com@evil.example/")).toEqual([]);
  });
});

describe("a Teams card", () => {
  it("says what happened, why, and where to look", () => {
    const card = cardOf(teamsMessage(notices(["Sign in"]), `${HUB}/activity`));
    expect(card.body).toEqual([
      {
        type: "RichTextBlock",
        separator: false,
        inlines: [
          {
            type: "TextRun",
            text: "Sign in",
            weight: "Bolder",
            selectAction: { type: "Action.OpenUrl", url: `${HUB}/features/ftr_1` },
          },
          { type: "TextRun", text: " moved from Testing to Production" },
          { type: "TextRun", text: "\n• one reason", isSubtle: true },
        ],
      },
    ]);
    expect(card.actions).toEqual([
      { type: "Action.OpenUrl", title: "Open in Throughline", url: `${HUB}/features/ftr_1` },
    ]);
  });

  it("T12 shows texts of tools as they are, never as Markdown, and stays below Teams' size", () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 120 }), texts, (titles, reason) => {
        const message = teamsMessage(notices(titles, Array(8).fill(reason)), `${HUB}/activity`);
        expect(markdownIn(message)).toEqual([]);
        expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(24_000);
        expect(cardOf(message).body.length).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
    const many = cardOf(
      teamsMessage(notices(Array.from({ length: 400 }, (_, n) => `Feature ${n}`)), `${HUB}/activity`),
    );
    expect(many.body.at(-1)).toMatchObject({ inlines: [{ text: `and ${401 - many.body.length} more` }] });
    expect(many.actions).toEqual([{ type: "Action.OpenUrl", title: "All changes", url: `${HUB}/activity` }]);
  });
});
