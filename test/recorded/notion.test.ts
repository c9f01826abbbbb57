import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import notion from "../../connectors/notion/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";

/** Recorded answers of Notion, and what other tools read from them. Kept outside the project. */
const folder = new URL("../../../shared/data/recorded/notion/", import.meta.url);
const isThere = existsSync(folder);
if (!isThere) process.stderr.write("skipped: no recorded Notion payloads beside the project\n");

type Json = Readonly<Record<string, unknown>>;
const text = (path: string): string => readFileSync(new URL(path, folder), "utf8");
const readJson = (path: string): Json => JSON.parse(text(path)) as Json;
const responseOf = (file: string, method: string): Json => {
  const { api } = readJson(`nango/raw/${file}`) as { api: Record<string, Record<string, { response: Json }>> };
  return Object.values(api[method] ?? {})[0]?.response ?? {};
};
const draftsOf = (stream: string, record: unknown): readonly Draft[] => {
  const { record: shape, normalise } = notion.streams[stream] ?? {};
  return normalise?.(shape?.parse(record), { connectionId: "con_r", statuses: new Map() }) ?? [];
};

const fieldsOf = (draft: Pick<Draft, "fields"> | undefined): Json => (draft?.fields ?? {}) as Json;

it.skipIf(!isThere)("reads recorded pages and people with what stands in them", () => {
  const compared: (readonly [unknown, unknown])[] = [];
  for (const [file, method] of [
    ["create-page.json", "post"],
    ["update-page.json", "patch"],
  ] as const) {
    const page = responseOf(file, method);
    const theirs = readJson(`nango/expected/${file}`)["output"] as Json;
    const [draft] = draftsOf("documents", page);
    compared.push([draft?.external.id, theirs["id"]], [draft?.external.url, theirs["url"]]);
    compared.push([draft?.createdAt, theirs["created_time"]], [draft?.updatedAt, theirs["last_edited_time"]]);
  }
  const people = notion.streams["users"]?.listed?.(responseOf("users.json", "get")) ?? [];
  for (const person of people as Json[]) {
    const [draft] = draftsOf("users", person);
    compared.push([fieldsOf(draft)["name"], person["name"]]);
    compared.push([fieldsOf(draft)["isBot"], person["type"] === "bot"]);
  }
  const lines = text("faros-airbyte-records/records.jsonl").split("\n").filter(Boolean);
  for (const line of lines) {
    const { stream, body } = JSON.parse(line) as { stream: string; body: Json };
    if (stream !== "pages") continue;
    // That tool writes properties as a list of names and values.
    const list = body["properties"] as { name: string; value: Json }[];
    const properties = Object.fromEntries(list.map(({ name, value }) => [name, value]));
    const title = list.find(({ value }) => value["type"] === "title")?.value["title"] as Json[];
    const [draft] = draftsOf("features", { ...body, properties });
    const status = (properties["Status"]?.["status"] ?? properties["Status"]?.["select"]) as Json | undefined;
    compared.push([fieldsOf(draft)["title"], title.map((part) => part["plain_text"]).join("")]);
    compared.push([(fieldsOf(draft)["declaredStatus"] as Json)["detail"], status?.["name"] ?? ""]);
  }
  const disagreements = compared.filter(([ours, other]) => ours !== other);
  process.stdout.write(`notion: ${compared.length} values compared, ${disagreements.length} disagreements\n`);
  expect(disagreements).toEqual([]);
  expect(compared.length).toBeGreaterThan(15);
});
