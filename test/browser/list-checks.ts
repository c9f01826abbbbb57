import { parse } from "csv-parse/sync";
import type { Browser } from "playwright-core";
import { ERRORS } from "../../shared/connector/errors.ts";
import type { Report } from "../../shared/report/document.ts";
import { ROUTES } from "../../shared/web/api/routes.ts";
import { type Visitor, visit } from "./chromium.ts";
import type { Result } from "./result.ts";

const KB = 1000;
const MAIL_KB = 80;
/** Previews are made one after the other: the moment that they tell is another. */
const WHEN_AND_SPACE = /\d{4}-\d\d-\d\d\s\d\d:\d\d|\s+/g;
/** A hub that goes on polling may change between two answers; they are asked for again then. */
const TRIES = 5;
const BOM = 0xfeff;
const FEATURES = 5;

interface Row {
  readonly id?: string;
}
interface Page {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

const reader = (hub: string) => ({
  json: async <Body>(path: string) => (await (await fetch(`${hub}${path}`)).json()) as Body,
  text: async (path: string) =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(await (await fetch(`${hub}${path}`)).arrayBuffer()),
});
type Reader = ReturnType<typeof reader>;

/** Pages of features: what they count has proof, and what decided is a rule that is documented. */
const proofs = async (browser: Browser, hub: string, { json, text }: Reader): Promise<Result> => {
  const rules = new Set([...(await text("/docs/stages")).matchAll(/ id="(r\d+b?)"/g)].map(([, id]) => id));
  const { data } = await json<Page>(`/v1/features?stage=production,marketing,testing,support&limit=${FEATURES}`);
  const wrong: string[] = [];
  let links = 0;
  await using visitor = await visit(browser);
  for (const { id } of data) {
    await visitor.page.goto(`${hub}/features/${id}`);
    const found = (await visitor.page.evaluate(`({
      rules: [...document.querySelectorAll("main a[href^='/docs/stages']")].map((one) => one.getAttribute("href")),
      proof: document.querySelectorAll("section[aria-labelledby=why] a[href^=http], #why ~ * a[href^=http], main a[rel~=noopener], main a[rel~=noreferrer]").length,
      targets: [...document.querySelectorAll("main a[href^='#']")].filter((one) => !document.getElementById(one.hash.slice(1))).map((one) => one.hash),
    })`)) as { rules: string[]; proof: number; targets: string[] };
    links += found.rules.length + found.proof;
    if (found.rules.length === 0) wrong.push(`${id}: no rule is named`);
    for (const rule of found.rules)
      if (!rules.has(rule.split("#")[1] ?? "")) wrong.push(`${id}: ${rule} is no rule of /docs/stages`);
    if (found.proof === 0) wrong.push(`${id}: nothing leads to its evidence`);
    for (const target of found.targets) wrong.push(`${id}: nothing stands at ${target}`);
  }
  return {
    check: 21,
    what: "features name rules that exist and lead to their evidence",
    figure: `${links} links on ${data.length} pages`,
    limit: "0 wrong",
    wrong: data.length === 0 ? ["no feature was found"] : wrong,
  };
};

/** Compares until two answers are alike. @returns what differs still at the last try; undefined where nothing does */
const differing = async (compare: () => Promise<string | undefined>): Promise<string | undefined> => {
  for (let tries = 1; ; tries += 1) {
    const told = await compare();
    if (told === undefined || tries === TRIES) return told;
  }
};

/** The first page of a list as JSON, beside the same as CSV. @returns how many rows; undefined where it is no list */
const rowsOf = async (hub: string, path: string, { json }: Reader) => {
  const query = path === "/v1/search" ? "?q=a&limit=200" : "?limit=200";
  let rows: number | undefined;
  const wrong = await differing(async () => {
    const { data } = await json<Partial<Page>>(`${path}${query}`);
    if (!Array.isArray(data)) return undefined;
    rows = data.length;
    const response = await fetch(`${hub}${path}.csv${query}`);
    if (!response.ok) return `${path}.csv answers ${response.status}`;
    const csv = parse(await response.text(), { columns: true, bom: true }) as readonly Row[];
    if (csv.length !== data.length) return `${path}: ${data.length} rows as JSON, ${csv.length} as CSV`;
    const [theirs, ours] = [data, csv].map((list) => list.map(({ id }) => id ?? "").join());
    return theirs !== ours && data[0]?.id !== undefined ? `${path}: other rows or another order as CSV` : undefined;
  });
  return { rows, wrong };
};

/** The first page of each list as JSON, beside the same as CSV, and the table of features beside both. */
const sameRows = async (browser: Browser, hub: string, read: Reader): Promise<readonly Result[]> => {
  const wrong: string[] = [];
  let lists = 0;
  let rows = 0;
  const asked = ROUTES.filter(({ method, path }) => method === "GET" && !path.includes("{"));
  for (const { path } of asked) {
    const found = await rowsOf(hub, path, read);
    if (found.rows === undefined) continue;
    lists += 1;
    rows += found.rows;
    if (found.wrong !== undefined) wrong.push(found.wrong);
  }
  await using visitor = await visit(browser);
  let shown: readonly string[] = [];
  const other = await differing(async () => {
    await visitor.page.goto(`${hub}/features?health=off_track`);
    shown = (await visitor.page.locator("main tbody th a").allTextContents()).toSorted();
    const { data } = await read.json<{ data: readonly { name: string }[] }>("/features.json?health=off_track");
    const names = data.map(({ name }) => name).toSorted();
    return shown.join() === names.join() ? undefined : "/features?health=off_track: other rows than /features.json";
  });
  if (other !== undefined) wrong.push(other);
  const button = await read.text("/features.csv?limit=5");
  return [
    {
      check: 24,
      what: "every list has the same rows as JSON and as CSV",
      figure: `${lists} lists, ${rows} rows`,
      limit: "0 differ",
      wrong: lists === 0 || shown.length === 0 ? ["no list was found"] : wrong,
    },
    {
      check: 25,
      what: "the CSV of a page's button says that its letters are UTF-8",
      figure: button.charCodeAt(0) === BOM ? "a byte order mark" : "none",
      limit: "a byte order mark",
      wrong: button.charCodeAt(0) === BOM ? [] : [JSON.stringify(button.slice(0, 40))],
    },
  ];
};

const errorPages = async (hub: string): Promise<Result> => {
  const codes = Object.keys(ERRORS);
  const wrong: string[] = [];
  for (const code of codes) {
    const response = await fetch(`${hub}/docs/errors/${code}`);
    if (response.status !== 200 || !(await response.text()).includes(code)) wrong.push(`${code}: ${response.status}`);
  }
  return {
    check: 27,
    what: "every code of an error has its page",
    figure: `${codes.length} codes`,
    limit: "all",
    wrong,
  };
};

/** The weekly report as a mail, as plain text and as data, of one state of the hub. */
const previews = async (page: Visitor["page"], hub: string, { text }: Reader) => {
  const as = async (format: string) => {
    await page.goto(`${hub}/reports/weekly/preview?format=${format}`);
    return (await page.locator("pre code").textContent()) ?? "";
  };
  for (let tries = 1; ; tries += 1) {
    const before = await as("txt");
    const [html, data] = [await text("/reports/weekly/preview/mail.html"), await as("json")];
    const plain = await as("txt");
    const same = before.replace(WHEN_AND_SPACE, "") === plain.replace(WHEN_AND_SPACE, "");
    if (same || tries === TRIES) return { html, plain, report: JSON.parse(data) as Report };
  }
};

/** The mail of the weekly report: its weight, nothing from elsewhere, and the same facts in plain text. */
const mail = async (browser: Browser, hub: string, read: Reader): Promise<Result> => {
  await using visitor = await visit(browser, { javaScriptEnabled: false });
  const { page } = visitor;
  const { html, plain, report } = await previews(page, hub, read);
  await page.setContent(html);
  const outside = await page.locator("img[src^=http], link[href^=http], script").count();
  const shown = ((await page.locator("body").textContent()) ?? "").replace(WHEN_AND_SPACE, "");
  const bare = plain.replace(WHEN_AND_SPACE, "");
  const facts = [
    report.lead,
    ...report.changed.rows.map(({ name }) => name),
    ...report.sections.map(({ title }) => title),
    ...report.caveats,
  ].map((fact) => fact.replace(WHEN_AND_SPACE, ""));
  // Pictures are parts of the mail beside its HTML.
  const size = Buffer.byteLength(html.replaceAll(/data:image\/png;base64,[^"]*/g, ""));
  return {
    check: 29,
    what: `the weekly mail: weight, nothing from elsewhere, its ${facts.length} facts in HTML and text`,
    figure: `${(size / KB).toFixed(1)} KB`,
    limit: `${MAIL_KB} KB`,
    wrong: [
      ...(size > MAIL_KB * KB ? ["too heavy"] : []),
      ...(outside > 0 ? [`${outside} things from elsewhere`] : []),
      ...facts.flatMap((fact) => (shown.includes(fact) ? [] : [`not in HTML: ${fact}`])),
      ...facts.flatMap((fact) => (bare.includes(fact) ? [] : [`not in text: ${fact}`])),
    ],
  };
};

/** What a hub says in one place, beside what it says in another. */
export const listChecks = async (browser: Browser, hub: string): Promise<readonly Result[]> => {
  const read = reader(hub);
  return [
    await proofs(browser, hub, read),
    ...(await sameRows(browser, hub, read)),
    await errorPages(hub),
    await mail(browser, hub, read),
  ];
};
