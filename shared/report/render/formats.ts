import { snakeKeys } from "../../domain/snake-case.ts";
import type { Report } from "../document.ts";
import { reportCsv } from "./csv.ts";
import { type Picture, reportHtml } from "./mail.tsx";
import { reportMarkdown } from "./markdown.ts";
import { reportSlack } from "./slack.ts";
import { reportTeams } from "./teams.ts";
import { reportText } from "./text.ts";

interface Format {
  readonly type: string;
  readonly write: (report: Report, picture?: Picture) => string;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Every format that a report can be had in, by the ending of its file. */
export const FORMATS = {
  html: { type: "text/html; charset=utf-8", write: reportHtml },
  md: { type: "text/markdown; charset=utf-8", write: reportMarkdown },
  csv: { type: "text/csv; charset=utf-8", write: (report) => reportCsv(report) },
  json: { type: "application/json", write: (report) => json(snakeKeys(report)) },
  txt: { type: "text/plain; charset=utf-8", write: reportText },
  slack: { type: "application/json", write: (report) => json(reportSlack(report)) },
  teams: { type: "application/json", write: (report) => json(reportTeams(report)) },
} as const satisfies Record<string, Format>;
