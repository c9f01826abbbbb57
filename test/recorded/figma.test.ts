import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import figma from "../../connectors/figma/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";

/** Recorded answers of Figma, and what another tool read from them. Kept outside the project. */
const folder = new URL("../../../shared/data/recorded/figma/nango/", import.meta.url);
const isThere = existsSync(folder);
if (!isThere) process.stderr.write("skipped: no recorded Figma payloads beside the project\n");

type Json = Readonly<Record<string, unknown>>;
const responseOf = (file: string): Json => {
  const { api } = JSON.parse(readFileSync(new URL(`raw/${file}`, folder), "utf8")) as { api: { get: Json } };
  return (Object.values(api.get)[0] as { response: Json }).response;
};
const outputOf = (file: string): Json =>
  (JSON.parse(readFileSync(new URL(`expected/${file}`, folder), "utf8")) as { output: Json }).output;
const draftsOf = (stream: string, record: unknown): readonly Draft[] => {
  const { record: shape, normalise } = figma.streams[stream] ?? {};
  return normalise?.(shape?.parse(record), { connectionId: "con_r", statuses: new Map() }) ?? [];
};

const fieldsOf = (draft: Pick<Draft, "fields"> | undefined): Json => (draft?.fields ?? {}) as Json;

it.skipIf(!isThere)("reads recorded files, versions and comments as the other tool does", () => {
  const compared: (readonly [unknown, unknown])[] = [];
  const files = figma.streams["files"]?.listed?.(responseOf("list-files.json")) ?? [];
  const theirs = outputOf("list-files.json")["files"] as Json[];
  expect(files.length).toBe(theirs.length);
  for (const [at, record] of files.entries()) {
    const [draft] = draftsOf("files", record);
    compared.push([draft?.external.id, theirs[at]?.["key"]], [fieldsOf(draft)["name"], theirs[at]?.["name"]]);
    compared.push([draft?.updatedAt, new Date(String(theirs[at]?.["last_modified"])).toISOString()]);
  }
  const { versions } = responseOf("get-version.json");
  const { comments } = responseOf("list-comments.json");
  const [whole] = draftsOf("files", { key: "UzYlOaPNPL2c7zmHCEljOs", versions, comments });
  const version = outputOf("get-version.json");
  compared.push([whole?.history?.[0]?.id, version["id"]]);
  compared.push([whole?.history?.[0]?.at, new Date(String(version["created_at"])).toISOString()]);
  const open = (outputOf("list-comments.json")["items"] as Json[]).filter((one) => one["resolved_at"] == null);
  compared.push([fieldsOf(whole)["commentsOpen"], open.length]);
  const disagreements = compared.filter(([ours, other]) => ours !== other);
  process.stdout.write(`figma: ${compared.length} values compared, ${disagreements.length} disagreements\n`);
  expect(disagreements).toEqual([]);
  expect(compared.length).toBeGreaterThan(8);
});
