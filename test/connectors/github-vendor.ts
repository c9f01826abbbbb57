import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { GitHubConfig } from "../../connectors/github/config.ts";
import github from "../../connectors/github/index.ts";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { vendorHttp } from "../../shared/connector/http.ts";

export type Row = Record<string, unknown>;

/** What the server holds; tests change it between polls. Rows are in GitHub's documented shapes. */
export interface Holdings {
  issues: Row[];
  timelines: Map<number, Row[]>;
  pulls: Row[];
  reviews: Map<number, Row[]>;
  commits: Map<number, Row[]>;
  milestones: Row[];
  releases: Row[];
  deployments: Row[];
  statuses: Map<number, Row[]>;
  runs: Row[];
  comparisons: Map<string, string[]>;
}

export const NOW = Date.parse("2026-11-20T12:00:00Z");

/** A small GitHub: `since`, sort orders, Link headers, tags and the 1,000 runs of a query, as its documentation tells. */
export const startGitHub = async () => {
  const holdings: Holdings = {
    issues: [],
    timelines: new Map(),
    pulls: [],
    reviews: new Map(),
    commits: new Map(),
    milestones: [],
    releases: [],
    deployments: [],
    statuses: new Map(),
    runs: [],
    comparisons: new Map(),
  };
  const asked: string[] = [];
  const control = { fault: undefined as ((path: string, response: ServerResponse) => boolean) | undefined, now: NOW };
  let origin = "";

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", origin);
    asked.push(`${url.pathname}${url.search}`);
    response.setHeader("date", new Date(control.now).toUTCString());
    if (control.fault?.(url.pathname, response)) return;
    const path = url.pathname.replace(/^\/repos\/acme\/web/, "");
    const send = (json: unknown, headers: Row = {}) => {
      const text = JSON.stringify(json);
      const etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
      if (request.headers["if-none-match"] === etag) return response.writeHead(304, { etag }).end();
      return response.writeHead(200, { "content-type": "application/json", etag, ...(headers as object) }).end(text);
    };
    const fail = (status: number) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message: "no" }));
    const page = (rows: readonly unknown[], wrap: (rows: readonly unknown[]) => unknown = (all) => all) => {
      const size = Number(url.searchParams.get("per_page") ?? 30);
      const at = Number(url.searchParams.get("page") ?? 1);
      const next = new URL(url);
      next.searchParams.set("page", String(at + 1));
      const more = at * size < rows.length;
      send(wrap(rows.slice((at - 1) * size, at * size)), more ? { link: `<${next}>; rel="next"` } : {});
    };
    const by = (field: string, order: 1 | -1) => (a: Row, b: Row) =>
      order * String(a[field]).localeCompare(String(b[field]));
    const number = Number(/\/(\d+)/.exec(path)?.[1]);
    const found = (rows: readonly Row[], key: string) => {
      const row = rows.find((one) => one[key] === number);
      return row === undefined ? fail(404) : send(row);
    };
    if (path === "") return send({ full_name: "acme/web", created_at: "2026-01-01T00:00:00Z" });
    if (path === "/issues") {
      const since = url.searchParams.get("since") ?? "";
      return page(holdings.issues.filter((row) => String(row["updated_at"]) >= since).sort(by("updated_at", 1)));
    }
    if (/^\/issues\/\d+\/timeline$/.test(path)) return page(holdings.timelines.get(number) ?? []);
    if (/^\/issues\/\d+$/.test(path)) return found(holdings.issues, "number");
    if (path === "/pulls") return page(holdings.pulls.toSorted(by("updated_at", -1)));
    if (/^\/pulls\/\d+$/.test(path)) return found(holdings.pulls, "number");
    if (/^\/pulls\/\d+\/reviews$/.test(path)) return page(holdings.reviews.get(number) ?? []);
    if (/^\/pulls\/\d+\/commits$/.test(path)) return page(holdings.commits.get(number) ?? []);
    if (path === "/milestones") return page(holdings.milestones);
    if (path === "/releases") return page(holdings.releases);
    if (/^\/releases\/\d+$/.test(path)) return found(holdings.releases, "id");
    if (path === "/deployments") {
      const environment = url.searchParams.get("environment");
      const rows = holdings.deployments.filter((row) => environment === null || row["environment"] === environment);
      return page(rows.sort((a, b) => Number(b["id"]) - Number(a["id"])));
    }
    if (/^\/deployments\/\d+\/statuses$/.test(path)) return page(holdings.statuses.get(number) ?? []);
    if (/^\/deployments\/\d+$/.test(path)) return found(holdings.deployments, "id");
    if (path === "/actions/runs") {
      const [from = "", to = ""] = (url.searchParams.get("created") ?? "..9").split("..");
      const all = holdings.runs.filter(({ created_at: at }) => String(at) >= from && String(at) <= to);
      return page(all.sort(by("created_at", -1)).slice(0, 1000), (rows) => ({
        total_count: all.length,
        workflow_runs: rows,
      }));
    }
    if (/^\/actions\/runs\/\d+$/.test(path)) return found(holdings.runs, "id");
    const compared = /^\/compare\/(.+)$/.exec(decodeURIComponent(path))?.[1];
    const shas = compared === undefined ? undefined : holdings.comparisons.get(compared);
    return shas === undefined ? fail(404) : page(shas, (some) => ({ commits: some.map((sha) => ({ sha })) }));
  };

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    holdings,
    asked,
    control,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** What a poll gets, over real HTTP; waiting takes no time. */
export const contextOf = (given: Row): ReadContext<GitHubConfig> => {
  const config = GitHubConfig.parse({ token: "t", repos: ["acme/web"], ...given });
  const { signal } = new AbortController();
  const around = { fetch, now: () => Date.now(), sleep: async () => {}, random: () => 0.5 };
  return { http: vendorHttp(github.http(config), around, signal), config, signal };
};

export type AnyPage = Page<unknown>;

/** One poll of a stream from a cursor (its start if none is given), to the end or for some pages. */
export const poll = async (
  context: ReadContext<GitHubConfig>,
  stream: string,
  options: { cursor?: unknown; scope?: string; pages?: number } = {},
): Promise<{ pages: AnyPage[]; cursor: unknown; records: Row[]; also: (name: string) => Row[] }> => {
  const declared = github.streams[stream]?.poll;
  if (declared === undefined) throw new Error(`${stream} is not polled`);
  const start = declared.cursor.parse(JSON.parse(JSON.stringify(options.cursor ?? declared.start)));
  const pages: AnyPage[] = [];
  for await (const page of declared.read(context, start, options.scope ?? "acme/web")) {
    pages.push(page);
    if (pages.length === options.pages) break;
  }
  return {
    pages,
    cursor: pages.at(-1)?.cursor ?? start,
    records: pages.flatMap(({ records }) => records as Row[]),
    also: (name) => pages.flatMap(({ also }) => (also?.[name] ?? []) as Row[]),
  };
};
