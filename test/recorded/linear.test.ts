import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Config } from "../../connectors/linear/config.ts";
import linear from "../../connectors/linear/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { complexityOf } from "../connectors/linear-complexity.ts";

const RECORDED = new URL("../../../shared/data/recorded/linear/", import.meta.url);
const present = existsSync(RECORDED);
if (!present) process.stdout.write("skipped: the recorded payloads are not beside this checkout\n");

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;
const readJson = (path: string): Json => JSON.parse(readFileSync(new URL(path, RECORDED), "utf8")) as Json;
const filesIn = (folder: string): string[] => (present ? readdirSync(new URL(folder, RECORDED)).toSorted() : []);

const CONTEXT = { connectionId: "con_recorded", statuses: new Map() };
const draftsOf = (stream: string, record: unknown): readonly Draft[] => {
  const declared = linear.streams[stream];
  if (declared === undefined) throw new Error(`no stream ${stream}`);
  return declared.normalise(declared.record.parse(record), CONTEXT);
};

/** Fields of Linear's answers that hold a record of ours, or a list of them. */
const STREAM_OF: ReadonlyMap<string, string> = new Map([
  ["issues", "issues"],
  ["issue", "issues"],
  ["relatedIssue", "issues"],
  ["cycles", "cycles"],
  ["cycle", "cycles"],
  ["teams", "teams"],
  ["team", "teams"],
  ["workflowStates", "states"],
  ["states", "states"],
  ["state", "states"],
  ["viewer", "users"],
  ["user", "users"],
  ["assignee", "users"],
  ["projects", "projects"],
  ["project", "projects"],
]);

interface Found {
  readonly stream: string;
  readonly record: Json;
}

/** Every record of ours anywhere in an answer. */
const recordsIn = (value: unknown, field = "", parent = ""): Found[] => {
  if (Array.isArray(value)) return value.flatMap((item) => recordsIn(item, field, parent));
  if (!isObject(value)) return [];
  const named = field === "nodes" || field === "entity" ? parent : field;
  const stream = STREAM_OF.get(named.replace(/^issue(Archive|Unarchive)$/, "issue"));
  const own = stream !== undefined && typeof value["id"] === "string" ? [{ stream, record: value }] : [];
  return [...own, ...Object.entries(value).flatMap(([name, inner]) => recordsIn(inner, name, field))];
};

/** Every object with an id anywhere in another tool's reading. */
const readingsIn = (value: unknown): Json[] => {
  if (Array.isArray(value)) return value.flatMap(readingsIn);
  if (!isObject(value)) return [];
  return [...(typeof value["id"] === "string" ? [value] : []), ...Object.values(value).flatMap(readingsIn)];
};

const WORK: ReadonlyMap<unknown, string> = new Map([
  ["backlog", "backlog"],
  ["unstarted", "todo"],
  ["started", "in_progress"],
  ["completed", "done"],
  ["canceled", "cancelled"],
]);
const PRIORITY = ["none", "urgent", "high", "medium", "low"];
const PLAN: ReadonlyMap<unknown, string> = new Map([
  ["backlog", "proposed"],
  ["planned", "planned"],
]);

interface Comparison {
  readonly where: string;
  readonly theirs: unknown;
  readonly ours: unknown;
}
const compared: Comparison[] = [];
/** Where another tool's reading and ours differ, and why ours stays; none is known. */
const EXPLAINED: ReadonlyMap<string, string> = new Map();

/** Others keep Markdown, we plain text: the words must be the same, without images and the addresses behind links. */
const wordsOf = (told: unknown): string | undefined =>
  typeof told === "string"
    ? told
        .replace(/!\[[^\]\n]*\]\([^)\n]*\)/g, "")
        .replace(/\]\([^)\n]*\)/g, "]")
        .match(/[\p{L}\p{N}]+/gu)
        ?.join(" ")
    : undefined;

/** Ours leaves out the title at the end of an issue's address, since it moves. */
const withoutTitle = (url: unknown): unknown =>
  typeof url === "string" ? url.replace(/(\/issue\/[A-Z0-9]+-\d+)\/[\w-]*$/, "$1") : url;

/** What a reading says in words that our model has too, beside what we say. */
const pairs = (theirs: Json, draft: Draft): [string, unknown, unknown][] => {
  const fields = draft.fields as Json;
  const status = fields["status"] as Json | undefined;
  const state = theirs["state"];
  const list: [string, unknown, unknown][] = [
    ["identifier", theirs["identifier"], draft.external.key],
    ["title", theirs["title"], fields["title"]],
    ["url", withoutTitle(theirs["url"]), draft.external.url],
    ["createdAt", theirs["createdAt"], draft.createdAt],
    ["updatedAt", theirs["updatedAt"], draft.updatedAt],
    ["archivedAt", theirs["archivedAt"] ?? undefined, draft.archivedAt],
    ["startsAt", theirs["startsAt"], fields["startsAt"]],
    ["endsAt", theirs["endsAt"], fields["endsAt"]],
  ];
  if (draft.kind !== "feature") list.push(["name", theirs["name"], fields["name"]]);
  if (draft.kind === "feature") {
    list.push(["name", theirs["name"], fields["title"]]);
    list.push(["status", PLAN.get(state), (fields["declaredStatus"] as Json)["category"]]);
  }
  if (draft.kind === "feature" || draft.kind === "workItem")
    list.push(["description", wordsOf(theirs["description"]), wordsOf(fields["text"] ?? fields["problem"])]);
  if (draft.kind === "vocabulary") list.push(["type", theirs["type"], fields["type"]]);
  if (draft.kind === "team") list.push(["key", theirs["key"], draft.external.key]);
  if (draft.kind === "account") list.push(["displayName", theirs["displayName"], fields["handle"]]);
  if (draft.kind === "workItem") {
    const team = theirs["team"];
    if (isObject(state)) {
      list.push(["state", state["name"], status?.["detail"]]);
      if (WORK.has(state["type"])) list.push(["state.type", WORK.get(state["type"]), status?.["category"]]);
    }
    if (isObject(team)) list.push(["team", team["key"], draft.scopes[0]]);
    if (typeof theirs["priority"] === "number")
      list.push(["priority", PRIORITY[theirs["priority"]], (fields["priority"] as Json | undefined)?.["category"]]);
  }
  return list.filter(([, told]) => told !== undefined && told !== null);
};

const compare = (where: string, theirs: Json, draft: Draft): void => {
  for (const [field, told, ours] of pairs(theirs, draft)) {
    compared.push({ where: `${where} ${field}`, theirs: told, ours });
  }
};

interface Exchange {
  readonly response: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly request?: { readonly data?: { readonly query?: string; readonly variables?: Json } | string };
}
const exchangesOf = (file: string): Exchange[] =>
  Object.values(readJson(`nango/raw/${file}`)["api"] as Json).flatMap((paths) =>
    Object.values(paths as Json).flatMap((one) => one as Exchange | Exchange[]),
  );

describe.skipIf(!present)("a recorded exchange with Linear", () => {
  it.each(filesIn("nango/raw"))("is read as the other tool reads it: %s", (file) => {
    const readings = readingsIn(readJson(`nango/expected/${file}`));
    for (const { response } of exchangesOf(file)) {
      for (const { stream, record } of recordsIn((response as Json)["data"])) {
        const [draft] = draftsOf(stream, record);
        expect(draft?.external.id).toBe(record["id"]);
        for (const reading of readings) {
          const whole = reading["id"] === record["id"] && Object.keys(reading).every((name) => name !== "body");
          if (whole && draft !== undefined) compare(`nango/${file} ${stream}`, sharedPart(reading, record), draft);
        }
      }
    }
  });

  it.each(filesIn("nango/raw"))("never costs more than our count says: %s", (file) => {
    for (const { request, headers } of exchangesOf(file)) {
      const data = request?.data;
      if (typeof data !== "object" || data.query === undefined) continue;
      // Mutations are charged differently; we send none.
      if (data.query.trim().startsWith("mutation")) continue;
      expect(Math.ceil(complexityOf(data.query, data.variables) - 1e-9)).toBeGreaterThanOrEqual(
        Number(headers?.["x-complexity"]),
      );
    }
  });
});

/** What a reading and this very record both tell: a pointer to a record tells less than the record. */
const sharedPart = (reading: Json, record: Json): Json =>
  Object.fromEntries(Object.entries(reading).filter(([name]) => name in record));

const MESSAGE = /\[#(\d+) (.+?)\]\((\S+?)\)/;

describe.skipIf(!present)("a recorded webhook of Linear", () => {
  const expected = present ? readJson("zulip-webhooks/expected.json") : {};
  const STREAMS: Readonly<Record<string, string>> = { Issue: "issues", Project: "projects" };

  it.each(filesIn("zulip-webhooks/raw"))("is understood: %s", (file) => {
    const body = readJson(`zulip-webhooks/raw/${file}`);
    const data = body["data"] as Json;
    const told = linear.webhook?.records(body, new Headers(), Config.parse({ apiKey: "k" })) ?? [];
    const stream = STREAMS[String(body["type"])];
    expect(told).toMatchObject([
      { stream: stream ?? "issues", reread: stream === undefined ? data["issueId"] : data["id"] },
    ]);
    const removed = linear.webhook?.records(
      { ...body, action: "remove" },
      new Headers(),
      Config.parse({ apiKey: "k" }),
    );
    for (const one of removed ?? []) if ("record" in one) expect(draftsOf(one.stream, one.record)).toHaveLength(1);
    if (stream === undefined) return;
    const [draft] = draftsOf(stream, { url: body["url"], ...data });
    const reading = expected[file.replace(".json", "")];
    if (draft?.kind === "workItem" && isObject(reading)) compareMessage(file, String(reading["message"]), draft);
  });
});

/** The other tool says it in a sentence for people. */
const compareMessage = (file: string, message: string, draft: Draft): void => {
  const { fields, external } = draft as Draft<"workItem">;
  const [, number, title, url] = MESSAGE.exec(message) ?? [];
  const add = (field: string, theirs: unknown, ours: unknown) =>
    compared.push({ where: `zulip/${file} ${field}`, theirs, ours });
  add("title", title?.replace(/\.$/, ""), fields.title.replace(/\.$/, ""));
  add("url", withoutTitle(url), external.url);
  add("number in url", url?.includes(`-${number}/`), true);
  add("status", /Status: (.+?)\.$/.exec(message)?.[1], fields.status.detail);
  const priority = /Priority: (\w+)/.exec(message)?.[1];
  add("priority", priority ?? "No priority", fields.priority?.detail);
  add("has assignee", message.includes("Assignee:"), fields.assigneeIds !== undefined);
  const quoted = /~~~ quote\n([\s\S]*?)\n~~~/.exec(message)?.[1];
  if (quoted !== undefined) add("text", quoted, fields.text);
};

it.skipIf(!present)("agrees with the other tools' readings of it, but for what is explained", () => {
  expect(compared.length).toBeGreaterThan(500);
  const disagreements = compared.filter(({ theirs, ours }) => theirs !== ours);
  process.stdout.write(`linear: ${compared.length} values compared, ${disagreements.length} disagreements\n`);
  for (const { where, theirs, ours } of disagreements)
    process.stdout.write(
      `  ${where}: ${JSON.stringify(theirs)} / ${JSON.stringify(ours)}: ${EXPLAINED.get(where) ?? "?"}\n`,
    );
  expect(disagreements.filter(({ where }) => !EXPLAINED.has(where))).toEqual([]);
});
