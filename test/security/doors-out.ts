import type { Report } from "../../shared/report/document.ts";
import { reportCsv } from "../../shared/report/render/csv.ts";
import { reportHtml, reportMail } from "../../shared/report/render/mail.tsx";
import { reportMarkdown } from "../../shared/report/render/markdown.ts";
import { reportSlack } from "../../shared/report/render/slack.ts";
import { reportTeams } from "../../shared/report/render/teams.ts";
import { reportText } from "../../shared/report/render/text.ts";
import { mcpApp } from "../../shared/web/mcp/mcp-app.ts";
import { slackError } from "../doubles/slack.ts";
import { reportOf } from "../report/report-of.ts";
import { depsOver } from "../web/mcp/mcp-hub.ts";
import { sampleHub } from "../web/sample-hub.ts";
import { bodyOf, count, type Door, textOf } from "./corpus-row.ts";

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

type Tools = ReturnType<typeof mcpApp>;

const post = async (tools: Tools, body: string | Uint8Array<ArrayBuffer>, name: string) => {
  const headers = {
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": name,
  };
  const response = await tools.request("/mcp", { method: "POST", headers, body });
  return { status: response.status, said: await response.text() };
};

interface Said {
  readonly error?: { readonly code: number };
  readonly result?: { readonly isError?: boolean; readonly content?: readonly { readonly text?: string }[] };
}
/** An answer may come as an event of a stream. */
const read = (said: string): Said =>
  JSON.parse(said.startsWith("{") ? said : (/^data: (.*)$/m.exec(said)?.[1] ?? "{}")) as Said;

const call = async (tools: Tools, name: string, given: object) => {
  const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: given, _meta: META } };
  const { status, said } = await post(tools, JSON.stringify(message), name);
  return { status, answer: read(said) };
};

/** JSON-RPC's own number for a server that failed; every other one blames the asker. */
const FAILED = -32603;
const statusOf = (status: number, { error, result }: Said): number => {
  if (status >= 500 || error?.code === FAILED) return 500;
  return error !== undefined || result?.isError === true ? 400 : status;
};

const ARGUMENTS = [
  ["search", "q"],
  ["get_feature", "feature"],
  ["explain_feature", "feature"],
  ["list_features", "owner"],
  ["list_features", "cursor"],
  ["list_changes", "since"],
  ["get_report", "report"],
  ["get_status", "as_of"],
] as const;

const FORMATS: readonly ((report: Report) => unknown)[] = [
  (report) => reportMail(report),
  (report) => reportHtml(report),
  (report) => reportMarkdown(report),
  (report) => reportCsv(report),
  (report) => reportText(report),
  (report) => reportTeams(report),
];

/** Rows of one answer or one report. */
const TOGETHER = 20;

/** What speaks with assistants and readers: words that go in as arguments, and words of tools that come out again. */
export const DOORS_OUT: Readonly<Record<string, Door>> = {
  "MCP: message": async (rows, into) => {
    const tools = mcpApp(depsOver(sampleHub(0)));
    for (const row of rows) {
      const { status, said } = await post(tools, new Uint8Array(bodyOf(row)), "search");
      count(into, status, said);
    }
  },
  "MCP: argument": async (rows, into) => {
    const tools = mcpApp(depsOver(sampleHub(1)));
    for (const [nth, row] of rows.entries()) {
      const [name, argument] = ARGUMENTS[nth % ARGUMENTS.length] ?? ARGUMENTS[0];
      const { status, answer } = await call(tools, name, { [argument]: textOf(row).slice(0, 5000) });
      count(into, statusOf(status, answer), `${name} ${argument} ${textOf(row)}`);
    }
  },
  "MCP: words of tools in answers": async (rows, into) => {
    for (let from = 0; from < rows.length; from += TOGETHER) {
      const texts = rows.slice(from, from + TOGETHER).map((row) => textOf(row).slice(0, 5000));
      const sample = sampleHub(Math.ceil(texts.length / 8));
      const features = texts.flatMap((text, n) => {
        const feature = sample.features[n];
        return feature === undefined ? [] : [{ ...feature, name: text, url: text, owner: { id: "acc_1", name: text } }];
      });
      const tools = mcpApp(depsOver({ ...sample, features }));
      const { status, answer } = await call(tools, "list_features", {});
      const plain = answer.result?.content?.map(({ text = "" }) => text).join("\n") ?? "";
      // What ends or turns a line would let a text of a tool pass for one of ours.
      const forged = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.exec(plain.replaceAll("\n", ""));
      const isWhole = forged === null && texts.length > 0 && plain !== "" && answer.result?.isError !== true;
      for (const text of texts) count(into, isWhole ? statusOf(status, answer) : 500, text);
    }
  },
  "report: mail, page, Markdown, CSV, text, Teams, Slack": async (rows, into) => {
    for (let from = 0; from < rows.length; from += TOGETHER) {
      const texts = rows.slice(from, from + TOGETHER).map((row) => textOf(row).slice(0, 5000));
      const report = await reportOf(texts, { url: texts[0] ?? "" });
      for (const format of FORMATS) format(report);
      const refused = slackError(reportSlack(report) as never);
      for (const text of texts) count(into, refused === undefined ? 200 : 500, `${refused} ${text}`);
    }
  },
};
