import { parse } from "csv-parse/sync";
import type { Browser } from "playwright-core";
import { STAGES } from "../../shared/domain/stage.ts";
import type { Report } from "../../shared/report/document.ts";
import type { WebReports } from "../../shared/web/web-deps.ts";
import { corpusRows } from "../connector/corpus.ts";
import { hubOf } from "../web/hostile-hub.ts";
import { sampleApp, sampleFeature } from "../web/sample-hub.ts";
import { sampleReports } from "../web/sample-reports.ts";
import { visit } from "./chromium.ts";
import type { Result } from "./result.ts";
import { serve } from "./serve.ts";

const CORPORA = ["xss.jsonl", "channel.injection.jsonl", "csv.formula.jsonl", "strings.blns.jsonl"];
/** Where no corpora are beside the clone. */
const OWN = [
  "<script>alert(1)</script>",
  '"><svg onload=alert(1)>',
  "<img src=x onerror=alert(1)>",
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  '=HYPERLINK("https://evil.example","x")',
  `\u202egnp.exe ${"w".repeat(300)}`,
];
const AT_ONCE = 160;
const ELSEWHERE = [
  "/connections",
  "/connections/zendesk",
  "/activity",
  "/people",
  "/objectives",
  "/initiatives/ini_1",
  "/review",
  "/search?q=a",
  "/reports/weekly/preview",
];

/** What must not be there: elements and attributes that run or load something, and addresses that do. */
const inert = (of: "page" | "mail"): string => `(() => {
  const allowed = new Set(["http:", "https:", "mailto:"]), found = [];
  const ours = (one, style) => one.tagName === "TIME" && /^min-width: \\d+px;$/.test(style);
  for (const one of document.querySelectorAll("*")) {
    const own = one.tagName === "SCRIPT" && new URL(one.src || "x:", location).pathname.startsWith("/assets/");
    const frame = one.matches("iframe.mail[sandbox='']");
    const part = "${of}" === "mail" && (one.tagName === "STYLE" || (one.tagName === "IMG" && /^(cid|data:image\\/png)/.test(one.src)));
    if (/^(script|iframe|img|object|embed|base|audio|video|style)$/i.test(one.tagName) && !own && !frame && !part) found.push(one.tagName);
    for (const { name, value } of one.attributes) {
      if (/^on/i.test(name) || (name === "style" && "${of}" === "page" && !ours(one, value))) found.push(name + "=" + value);
      if (!/^(href|src|action|formaction|xlink:href|hx-get)$/.test(name)) continue;
      if ("${of}" === "mail" && part) continue;
      try { if (!allowed.has(new URL(value, "http://hub.example").protocol)) found.push(name + "=" + value); } catch { }
    }
  }
  return found;
})()`;

const TEXTS = new Set(["text", "name", "change", "why", "subject", "lead", "label", "caption", "url"]);
/** The same report, in which every text that a vendor may have written is the next of those given. */
const hostileReport = (report: Report, texts: readonly string[]): Report => {
  let at = 0;
  const next = () => texts[at++ % texts.length] ?? "";
  return JSON.parse(JSON.stringify(report), (key, value: unknown) =>
    TEXTS.has(key) && typeof value === "string" ? next() : value,
  ) as Report;
};

/** A hub that shows all of the texts: each as a feature, and each as a record of evidence. */
const hostileApp = (texts: readonly string[]) => {
  const base = hubOf(texts[0] ?? "");
  const [line] = base.evidence;
  const features = texts.map((text, n) => ({
    ...sampleFeature(n + 1, STAGES[n % STAGES.length] ?? null),
    ...(n === 0 && base.features[0]),
    id: `ftr_${String(n + 1).padStart(26, "0")}`,
    key: n === 0 ? "X-1" : text,
    name: text,
    url: text,
    type: text,
    owner: { id: "acc_1", name: text },
    initiatives: [{ id: "ini_1", name: text }],
  }));
  const evidence = texts.flatMap((text, n) =>
    line === undefined ? [] : [{ ...line, id: `wrk_${n}`, key: text, name: text, url: text, via: text }],
  );
  const preview: WebReports["preview"] = async (...asked) =>
    hostileReport(await sampleReports.preview(...asked), texts);
  return sampleApp({ ...base, features, evidence }, { reports: { ...sampleReports, preview } });
};

const letters = (text: string): string => text.toWellFormed().replace(/[^\p{L}\p{N}]/gu, "");

/** Text of the corpora in the place of everything that vendors write, on pages in a browser, in mail and in CSV. */
export const hostileChecks = async (browser: Browser): Promise<readonly Result[]> => {
  const found = CORPORA.flatMap((name) => corpusRows<{ s?: string }>(name).flatMap(({ s }) => s ?? []));
  const texts = [...new Set([...OWN, ...found.filter((text) => text.trim() !== "")])];
  const ran: string[] = [];
  const live: string[] = [];
  const cells: string[] = [];
  let pages = 0;
  await using visitor = await visit(browser);
  const { page, complaints } = visitor;
  for (let start = 0; start < texts.length; start += AT_ONCE) {
    const these = texts.slice(start, start + AT_ONCE);
    const served = await serve(hostileApp(these));
    const away = (request: { url(): string }) => {
      if (!request.url().startsWith(served.url)) ran.push(`asked for ${request.url().slice(0, 120)}`);
    };
    page.on("request", away);
    try {
      const turn = start / AT_ONCE;
      const rest = ELSEWHERE.filter((_, n) => turn > 0 && n % 3 === turn % 3);
      for (const address of ["/", "/features", "/features/X-1", ...rest]) {
        await page.goto(`${served.url}${address}`);
        pages += 1;
        for (const frame of page.frames()) {
          const kind = frame === page.mainFrame() ? "page" : "mail";
          for (const one of (await frame.evaluate(inert(kind))) as string[])
            live.push(`${kind} ${address}: ${one.slice(0, 120)}`);
        }
        if (address !== "/features/X-1") continue;
        const shown = letters((await page.locator("#main").textContent()) ?? "");
        for (const text of these)
          if (!shown.includes(letters(text))) ran.push(`not shown as text: ${text.slice(0, 80)}`);
      }
      const csv = await (await fetch(`${served.url}/v1/features.csv?limit=200`)).text();
      for (const row of parse(csv) as string[][])
        for (const cell of row) if (/^[\s\0]*[=+@\-\t\r]/.test(cell) && Number.isNaN(Number(cell))) cells.push(cell);
      for (const complaint of complaints.splice(0)) ran.push(complaint.slice(0, 160));
    } finally {
      page.off("request", away);
      served.close();
    }
  }
  return [
    {
      check: 9,
      what: "hostile text on pages and in the framed mail: nothing runs, loads or is lost",
      figure: `${texts.length} texts, ${pages} pages`,
      limit: "0 of them",
      wrong: ran,
    },
    {
      check: 10,
      what: "no address of theirs but http, https and mailto; no handler, no style, no foreign element",
      figure: `${live.length} found`,
      limit: "0",
      wrong: live,
    },
    {
      check: 25,
      what: "no cell of a CSV begins a formula",
      figure: `${cells.length} cells`,
      limit: "0",
      wrong: cells.map((cell) => cell.slice(0, 80)),
    },
  ];
};
