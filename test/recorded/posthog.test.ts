import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import posthog from "../../connectors/posthog/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";

const RECORDED = new URL("../../../shared/data/recorded/posthog/nango/", import.meta.url);
const present = existsSync(RECORDED);
if (!present) process.stdout.write("skipped: the recorded payloads are not beside this checkout\n");

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;
const readJson = (path: string): Json => JSON.parse(readFileSync(new URL(path, RECORDED), "utf8")) as Json;
const files = present ? readdirSync(new URL("raw/", RECORDED)).toSorted() : [];

/** The list in an address, and our stream of it. */
const STREAMS: ReadonlyMap<string, string> = new Map([
  ["feature_flags", "flags"],
  ["experiments", "experiments"],
  ["insights", "insights"],
  ["cohorts", "cohorts"],
  ["annotations", "annotations"],
  ["surveys", "surveys"],
]);

interface Found {
  readonly stream: string;
  readonly record: Json;
}

/** Every record of ours in the answers of a file. */
const recordsIn = (file: string): Found[] =>
  Object.values(readJson(`raw/${file}`)["api"] as Json).flatMap((paths) =>
    Object.entries(paths as Json).flatMap(([path, exchanges]) => {
      const stream = STREAMS.get(/\/api\/projects\/\d+\/(\w+)\//.exec(path)?.[1] ?? "");
      if (stream === undefined) return [];
      return [exchanges].flat().flatMap((exchange): Found[] => {
        const answer = (exchange as Json)["response"];
        const listed = posthog.streams[stream]?.listed?.(answer);
        const records = listed ?? (isObject(answer) && "id" in answer ? [answer] : []);
        return records.map((record) => ({ stream, record: record as Json }));
      });
    }),
  );

/** Every object with an id anywhere in another tool's reading. */
const readingsIn = (value: unknown): Json[] => {
  if (Array.isArray(value)) return value.flatMap(readingsIn);
  if (!isObject(value)) return [];
  return [...("id" in value ? [value] : []), ...Object.values(value).flatMap(readingsIn)];
};

const draftOf = ({ stream, record }: Found): Draft | undefined => {
  const declared = posthog.streams[stream];
  const placed = { ...record, projectId: "309484", site: "https://us.posthog.com" };
  return declared?.normalise(declared.record.parse(placed), { connectionId: "con_recorded", statuses: new Map() })[0];
};

const instant = (told: unknown): string | undefined =>
  typeof told === "string" ? new Date(told).toISOString() : undefined;

/** What a reading says in words that our model has too, beside what we say. */
const pairs = (theirs: Json, draft: Draft): [string, unknown, unknown][] => {
  const fields = draft.fields as Json;
  const environment = (fields["environments"] as Json[] | undefined)?.[0];
  const list: [string, unknown, unknown][] = [
    ["id", String(theirs["id"]), draft.external.id],
    ["created_at", instant(theirs["created_at"]), draft.createdAt],
  ];
  if (draft.kind === "featureFlag") {
    list.push(["key", theirs["key"], fields["key"]], ["name", theirs["name"], fields["text"]]);
    list.push(["active", theirs["active"], environment?.["on"]]);
    list.push(["updated_at", instant(theirs["updated_at"]), draft.updatedAt]);
  }
  if (draft.kind === "metric") list.push(["name", theirs["name"], fields["name"]]);
  if (draft.kind === "metric") list.push(["short_id", theirs["short_id"], draft.external.key]);
  if (draft.kind === "survey") list.push(["name", theirs["name"], fields["title"]]);
  if (draft.kind === "experiment") {
    list.push(["name", theirs["name"], fields["name"]], ["flag", theirs["feature_flag_key"], fields["flagKey"]]);
    list.push(["status", theirs["status"], (fields["status"] as Json)["detail"]]);
  }
  if (draft.kind === "announcement") list.push(["content", theirs["content"], fields["title"]]);
  return list.filter(([, told]) => told !== undefined && told !== null && told !== "");
};

const compared: { readonly where: string; readonly theirs: unknown; readonly ours: unknown }[] = [];
let records = 0;

describe.skipIf(!present)("a recorded exchange with PostHog", () => {
  it.each(files)("is read as the other tool reads it: %s", (file) => {
    const readings = readingsIn(readJson(`expected/${file}`));
    for (const found of recordsIn(file)) {
      records += 1;
      const draft = draftOf(found);
      expect(draft?.external.id).toBe(String(found.record["id"]));
      for (const reading of readings) {
        const isSame =
          String(reading["id"]) === String(found.record["id"]) && ("created_at" in reading || "name" in reading);
        if (!isSame || draft === undefined) continue;
        for (const [field, theirs, ours] of pairs(reading, draft))
          compared.push({ where: `${file} ${field}`, theirs, ours });
      }
    }
  });
});

it.skipIf(!present)("agrees with the other tool's readings of PostHog", () => {
  const disagreements = compared.filter(({ theirs, ours }) => theirs !== ours);
  process.stdout.write(
    `posthog: ${records} records, ${compared.length} values compared, ${disagreements.length} disagreements\n`,
  );
  expect(records).toBeGreaterThan(25);
  expect(compared.length).toBeGreaterThan(80);
  expect(disagreements).toEqual([]);
});
