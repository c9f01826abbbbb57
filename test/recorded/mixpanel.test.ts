import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import mixpanel from "../../connectors/mixpanel/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";

const RECORDED = new URL("../../../shared/data/recorded/mixpanel/nango/", import.meta.url);
const present = existsSync(RECORDED);
if (!present) process.stdout.write("skipped: the recorded payloads are not beside this checkout\n");

type Json = Readonly<Record<string, unknown>>;
const readJson = (path: string): Json => JSON.parse(readFileSync(new URL(path, RECORDED), "utf8")) as Json;
const exchangeOf = (file: string): Json => {
  const [paths] = Object.values(readJson(`raw/${file}`)["api"] as Json) as Json[];
  const [exchange] = Object.values(paths ?? {});
  return ([exchange].flat()[0] ?? {}) as Json;
};

it.skipIf(!present)("a recorded annotation of Mixpanel is read as the other tool reads it", () => {
  const { results } = exchangeOf("create-annotation.json")["response"] as { results: Json };
  const theirs = readJson("expected/create-annotation.json")["output"] as Json;
  const stream = mixpanel.streams["annotations"];
  const [draft] = (stream?.normalise(
    stream.record.parse({ ...results, projectId: String(results["project_id"]), timeZone: "US/Pacific" }),
    { connectionId: "con_recorded", statuses: new Map() },
  ) ?? []) as Draft<"announcement">[];
  const compared: [unknown, unknown][] = [
    [theirs["id"], draft?.external.id],
    [theirs["description"], draft?.fields.title],
    [theirs["project_id"], draft?.scopes[0]],
    [new Date(String(theirs["date"])).toISOString(), draft?.fields.at],
  ];
  const disagreements = compared.filter(([told, ours]) => told !== ours);
  process.stdout.write(`mixpanel: ${compared.length} values compared, ${disagreements.length} disagreements\n`);
  expect(disagreements).toEqual([]);
});

it.skipIf(!present)("a recorded refusal of the raw export says so with status 400 in plain words", () => {
  const { status, response } = exchangeOf("events.json");
  expect(status).toBe(400);
  expect(String(response)).toMatch(/authenticat/i);
});

it.skipIf(!present)("a recorded list of Mixpanel's app API is known as a list", () => {
  const listed = mixpanel.streams["annotations"]?.listed?.(exchangeOf("list-annotation-tags.json")["response"]);
  expect(listed).toHaveLength(3);
});
