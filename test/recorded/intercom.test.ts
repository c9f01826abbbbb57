import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { plainText } from "../../connectors/intercom/html.ts";
import intercom from "../../connectors/intercom/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";

const RECORDED = new URL("../../../shared/data/recorded/intercom/", import.meta.url);
const present = existsSync(RECORDED);
if (!present) process.stdout.write("skipped: the recorded payloads are not beside this checkout\n");

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;
const readJson = (path: string): Json => JSON.parse(readFileSync(new URL(path, RECORDED), "utf8")) as Json;
const filesIn = (folder: string): string[] => (present ? readdirSync(new URL(folder, RECORDED)).toSorted() : []);
const STREAM_OF: ReadonlyMap<unknown, string> = new Map([
  ["conversation", "conversations"],
  ["company", "companies"],
  ["admin", "admins"],
  ["ticket", "tickets"],
]);
const draftsOf = (name: string, record: unknown): readonly Draft[] => {
  const stream = intercom.streams[name];
  if (stream === undefined) throw new Error(`no stream ${name}`);
  return stream.normalise(stream.record.parse(record), { connectionId: "con_recorded", statuses: new Map() });
};

/** Records of ours in an answer; what only points to one has no name or time. */
const recordsIn = (value: unknown): Json[] => {
  if (Array.isArray(value)) return value.flatMap(recordsIn);
  if (!isObject(value)) return [];
  const isOwn = STREAM_OF.has(value["type"]) && value["id"] != null && ("created_at" in value || "name" in value);
  return [...(isOwn ? [value] : []), ...Object.values(value).flatMap(recordsIn)];
};
const readingsIn = (value: unknown): Json[] => {
  if (Array.isArray(value)) return value.flatMap(readingsIn);
  if (!isObject(value)) return [];
  return [...(value["id"] === undefined ? [] : [value]), ...Object.values(value).flatMap(readingsIn)];
};
const instant = (seconds: unknown) =>
  typeof seconds === "number" ? new Date(seconds * 1000).toISOString() : undefined;

describe.skipIf(!present)("recorded payloads of Intercom", () => {
  it("become drafts that say what another tool reads in them", () => {
    let records = 0;
    const compared: { readonly where: string; readonly theirs: unknown; readonly ours: unknown }[] = [];
    for (const file of filesIn("nango/raw/")) {
      const readings = readingsIn(readJson(`nango/expected/${file}`));
      for (const record of recordsIn(readJson(`nango/raw/${file}`)["api"])) {
        const [draft] = draftsOf(STREAM_OF.get(record["type"]) ?? "", record);
        if (draft === undefined) throw new Error("no draft");
        records += 1;
        const theirs = readings.find((one) => String(one["id"]) === draft.external.id);
        if (theirs === undefined) continue;
        const fields = draft.fields as Json;
        const isTalk = draft.kind === "supportTicket";
        const source = isObject(theirs["source"]) ? theirs["source"] : {};
        const pairs: readonly (readonly [string, unknown, unknown])[] = [
          ["created_at", instant(theirs["created_at"]), draft.createdAt],
          ["updated_at", instant(theirs["updated_at"]), draft.updatedAt],
          ["name", isTalk ? undefined : theirs["name"], fields["name"]],
          ["state", isTalk ? theirs["state"] : undefined, isObject(fields["status"]) ? fields["status"]["detail"] : ""],
          ["body", isTalk ? plainText(source["body"] as string | undefined) : undefined, fields["text"]],
        ];
        for (const [name, value, ours] of pairs)
          if (value !== undefined && value !== null && value !== "")
            compared.push({ where: `${file} ${name}`, theirs: value, ours });
      }
    }
    const disagreements = compared.filter(({ theirs, ours }) => theirs !== ours);
    process.stdout.write(
      `${records} records, ${compared.length} values compared, ${disagreements.length} disagreements\n`,
    );
    expect(disagreements).toEqual([]);
    expect(records).toBeGreaterThan(15);
    expect(compared.length).toBeGreaterThan(30);
  });

  it.each(filesIn("zulip-webhooks/raw/"))("ask for the conversation that a notification names: %s", (file) => {
    const body = readJson(`zulip-webhooks/raw/${file}`);
    const config = intercom.config.parse({ accessToken: "t" });
    const told = intercom.webhook?.records(body, new Headers(), config) ?? [];
    const topic = String(body["topic"]);
    const streams = told.map((one) => ("reread" in one ? `${one.stream} ${/^\d+$/.test(one.reread)}` : ""));
    expect(streams).toEqual(/^conversation\./.test(topic) ? ["conversations true"] : []);
  });
});
