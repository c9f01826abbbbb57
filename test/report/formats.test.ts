import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { localPicture } from "../../infra/local/picture.ts";
import { Report } from "../../shared/report/document.ts";
import { reportCsv } from "../../shared/report/render/csv.ts";
import { mailPreview, reportHtml, reportMail } from "../../shared/report/render/mail.tsx";
import { reportMarkdown, safe } from "../../shared/report/render/markdown.ts";
import { reportSlack } from "../../shared/report/render/slack.ts";
import { reportTeams } from "../../shared/report/render/teams.ts";
import { reportText } from "../../shared/report/render/text.ts";
import { corpusRows } from "../connector/corpus.ts";
import { type Posted, shown, slackError } from "../doubles/slack.ts";
import { reportOf } from "./report-of.ts";

const hostile = (): string[] =>
  ["xss.jsonl", "channel.injection.jsonl", "csv.formula.jsonl", "strings.blns.jsonl", "unicode.jsonl"].flatMap((file) =>
    corpusRows<{ s?: unknown }>(file).flatMap(({ s }) => (typeof s === "string" && s.trim() !== "" ? [s] : [])),
  );
const OWN = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "=cmd|' /C calc'!A0",
  "<!channel> <@U1>",
  "[x](javascript:alert(1))",
  "a\r\nBcc: b@c.example",
  "\u202egnp.exe",
  "| a | b |",
  "＝1+1",
  "\u0000=1",
  "x".repeat(5000),
];
/** Of the long corpus of scripts every fourth, others whole. */
const HOSTILE = [...OWN, ...hostile().filter((_, n) => n >= 1097 || n % 4 === 0)];

describe("texts of tools in a report", async () => {
  const reports = await Promise.all(
    Array.from({ length: Math.ceil(HOSTILE.length / 60) }, (_, n) => {
      const some = HOSTILE.slice(n * 60, n * 60 + 60);
      return reportOf(some, { url: some[0] ?? "" });
    }),
  );

  it("are one plain line each, without what moves, hides or turns text", () => {
    for (const report of reports)
      for (const { name } of report.changed.rows) {
        expect(name).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(name.length).toBeLessThanOrEqual(400);
      }
  });

  it("T12 make no element, no handler and no address of their own in a mail, in either part", () => {
    for (const report of reports) {
      const { html, subject, text } = reportMail(report);
      expect(`${subject}`).not.toMatch(/[\r\n]/);
      const elements = new Set([...html.matchAll(/<\/?([^\s<>/]+)/g)].map(([, name = ""]) => name.toLowerCase()));
      const ours = "!doctype html head meta title style body table tr td th h1 h2 p b a ul li";
      expect([...elements].filter((name) => !ours.split(" ").includes(name))).toEqual([]);
      expect(html.match(/<style/gi)).toHaveLength(1);
      expect(html).not.toMatch(/<[^>]*\son\w+\s*=/i);
      const addresses = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address = ""]) => address);
      expect(addresses.filter((address) => !/^https?:\/\//.test(address))).toEqual([]);
      expect(text).not.toMatch(/\p{Cc}(?<!\n)/u);
    }
  });

  it("T12 are text in Slack: nobody is mentioned, nothing is linked but the report", () => {
    for (const report of reports) {
      const message = reportSlack(report) as unknown as Posted;
      expect(slackError(message)).toBeUndefined();
      expect(shown(message).mentions).toEqual([]);
      expect(new Set(shown(message).links)).toEqual(new Set([report.url]));
    }
  });

  it("T12 are text in Markdown: no HTML, no link and no cell of their own", () => {
    for (const report of reports) {
      const markdown = reportMarkdown(report);
      const unescaped = markdown.replaceAll(/\\[\\`*_{}[\]()#+\-!|~=:.@$]/g, "");
      expect(unescaped.replaceAll(/\]\(<https?:[^>]*>\)/g, "")).not.toMatch(/<|\](?!\(<https?:)|:\/\/|`|~|www\./i);
      for (const row of unescaped.split("\n").filter((one) => one.startsWith("| ")))
        expect([3, 4, 5, 6, 7, 8].map((columns) => columns + 1)).toContain(row.split("|").length - 1);
    }
  });

  it.each([
    ["2026-11-19: 1.5 of 3 (see #12), done! - user_id = x+y", "2026-11-19: 1.5 of 3 (see #12), done! - user_id = x+y"],
    ["10:20:30", "10:20:30"],
    ["# a", "\\# a"],
    ["  ## a", "  \\## a"],
    ["- a", "\\- a"],
    ["---", "\\---"],
    ["+", "\\+"],
    ["a\n===", "a\n\\==="],
    ["a\r:-:", "a\r\\:-:"],
    ["1. a", "1\\. a"],
    ["12) a", "12\\) a"],
    ["_a_ *b* ~c~ `d`", "\\_a\\_ \\*b\\* \\~c\\~ \\`d\\`"],
    ["![a](b)", "\\!\\[a\\](b)"],
    ["a!", "a\\!"],
    ["http://a.b www.a.b :tada: a@b", "http\\://a.b www\\.a.b \\:tada: a\\@b"],
    ["<b> & |", "&lt;b&gt; &amp; \\|"],
  ])("in Markdown have a backslash where it would read markup, and nowhere else: %j", (text, source) => {
    expect(safe(text)).toBe(source);
  });

  it("T13 are no formula in CSV, and come back whole", () => {
    for (const report of reports) {
      const csv = reportCsv(report);
      const rows: string[][] = parse(csv);
      expect(new Set(rows.map((row) => row.length))).toEqual(new Set([10]));
      const texts = rows.flat().filter((cell) => !/^-?\d+(\.\d+)?$/.test(cell));
      expect(texts.filter((cell) => /^[\s\0]*[=+\-@＝＋－＠]/u.test(cell))).toEqual([]);
      const names = new Set(
        rows.filter(([, , , , section]) => section === "changed").map((row) => row[6]?.replace(/^'/, "")),
      );
      for (const { name } of report.changed.rows) expect(names).toContain(name.trim().replace(/^'/, ""));
    }
  });
});

describe("a report with 500 changes", async () => {
  const report = await reportOf(
    Array.from({ length: 500 }, (_, n) => `Feature ${n} & its <long> name of about fifty characters`),
  );

  it("is as its schema says, and the same in every run", async () => {
    expect(Report.parse(report)).toEqual(report);
    expect(report.changed).toMatchObject({ counts: [{ word: "shipped", count: 500 }], more: 0 });
    expect(report.lead).toMatch(/^500 features shipped, 500 decisions waiting, 100 features off track\.$/);
  });

  it("is a mail of at most 80 KB of HTML without anything from elsewhere, its text part with the same facts", async () => {
    const mail = reportMail(report, await localPicture());
    expect(Buffer.byteLength(mail.html)).toBeLessThanOrEqual(80_000);
    expect(mail.html).not.toMatch(/<(?:img|link|script)[^>]+(?:src|href)="(?!cid:)/);
    const words = (html: string) =>
      html
        .replaceAll(/<[^>]+>/g, "\n")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&#39;", "'")
        .replaceAll("&quot;", '"')
        .replaceAll("&amp;", "&");
    const inHtml = words(mail.html.replace(/^[\s\S]*<body/, "<body"))
      .split("\n")
      .map((line) => line.trim().replace(/ ?·$/, ""))
      .filter((line) => line !== "");
    const missing = inHtml.filter((line) => !mail.text.includes(line));
    expect(missing).toEqual([]);
    const figures = (text: string) => new Set(text.match(/Feature \d+/g));
    expect(figures(mail.text)).toEqual(figures(words(mail.html)));
    expect(figures(mail.text).size).toBeGreaterThanOrEqual(25);
  });

  it("carries its charts as pictures with their words in them", async () => {
    const { pictures, html } = reportMail(report, await localPicture());
    expect(pictures.length).toBeGreaterThanOrEqual(2);
    for (const { id, png } of pictures) {
      expect(html).toContain(`src="cid:${id}"`);
      expect([...png.slice(1, 4)]).toEqual([..."PNG"].map((sign) => sign.charCodeAt(0)));
      // Without a font the same picture has half the size.
      expect(png.byteLength).toBeGreaterThan(5000);
    }
    expect(mailPreview(reportMail(report, await localPicture()))).not.toContain("cid:");
    expect(reportHtml(report, await localPicture())).toContain("data:image/png;base64,");
  });

  it("fits into Slack and Teams, and says how much more there is", () => {
    const slack = reportSlack(report) as unknown as Posted;
    expect(slack.blocks.length).toBeLessThanOrEqual(40);
    expect(JSON.stringify(slack.blocks).length).toBeLessThanOrEqual(10_000);
    expect(slackError(slack)).toBeUndefined();
    expect(shown(slack).words.join("\n")).toMatch(/…and \d+ more/);
    expect(Buffer.byteLength(JSON.stringify(reportTeams(report)))).toBeLessThanOrEqual(28 * 1024);
  });

  it("has all its rows where there is room: as text, Markdown, CSV and page", () => {
    for (const text of [
      reportText(report),
      reportMarkdown(report).replaceAll("\\", ""),
      reportCsv(report),
      reportHtml(report),
    ])
      expect(new Set(text.match(/Feature \d+/g)).size).toBe(500);
  });

  it("as CSV ends its lines as RFC 4180 wants, keeps numbers, and marks its encoding for browsers alone", () => {
    const csv = reportCsv(report);
    expect(csv.split("\r\n")).toHaveLength(csv.split("\n").length);
    expect(csv.startsWith("report,")).toBe(true);
    expect(reportCsv(report, true).startsWith("\ufeffreport,")).toBe(true);
    const rows: Record<string, string>[] = parse(csv, { columns: true });
    expect(rows.find(({ row, column }) => row === "Features shipped" && column === "value")).toMatchObject({
      value: "500",
      first_day: "2026-11-16",
      last_day: "2026-11-22",
      zone: "Europe/Berlin",
    });
  });
});
