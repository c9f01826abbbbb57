import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import zendesk from "../../connectors/zendesk/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";

const RECORDED = new URL("../../../shared/data/recorded/zendesk/", import.meta.url);
const present = existsSync(RECORDED);
if (!present) process.stdout.write("skipped: the recorded payloads are not beside this checkout\n");

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;
const readJson = (path: string): Json => JSON.parse(readFileSync(new URL(path, RECORDED), "utf8")) as Json;
const draftsOf = (name: string, record: unknown): readonly Draft[] => {
  const stream = zendesk.streams[name];
  if (stream === undefined) throw new Error(`no stream ${name}`);
  return stream.normalise(stream.record.parse(record), { connectionId: "con_recorded", statuses: new Map() });
};

/** Fields of answers that hold records of ours. */
const STREAM_OF: ReadonlyMap<string, string> = new Map([
  ["tickets", "tickets"],
  ["ticket", "tickets"],
  ["organization", "organizations"],
  ["organizations", "organizations"],
  ["user", "users"],
  ["users", "users"],
  ["groups", "groups"],
  ["satisfaction_rating", "ratings"],
  ["satisfaction_ratings", "ratings"],
  ["group", "groups"],
]);

const recordsIn = (value: unknown, field = ""): { readonly stream: string; readonly record: Json }[] => {
  if (Array.isArray(value)) return value.flatMap((one) => recordsIn(one, field));
  if (!isObject(value)) return [];
  const stream = STREAM_OF.get(field);
  // A ticket's own rating is a part of it.
  if (stream !== undefined && value["id"] !== undefined) return [{ stream, record: value }];
  return Object.entries(value).flatMap(([name, inner]) => recordsIn(inner, name));
};
const readingsIn = (value: unknown): Json[] => {
  if (Array.isArray(value)) return value.flatMap(readingsIn);
  if (!isObject(value)) return [];
  return [...(value["id"] === undefined ? [] : [value]), ...Object.values(value).flatMap(readingsIn)];
};
const linesOf = (path: string): Json[] =>
  readFileSync(new URL(path, RECORDED), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Json);

const compared: { readonly where: string; readonly theirs: unknown; readonly ours: unknown }[] = [];
const compare = (where: string, pairs: readonly (readonly [string, unknown, unknown])[]) => {
  for (const [name, theirs, ours] of pairs) {
    if (theirs === undefined || theirs === null || theirs === "") continue;
    compared.push({ where: `${where} ${name}`, theirs, ours });
  }
};
const instant = (told: unknown) => (typeof told === "string" && told !== "" ? new Date(told).toISOString() : undefined);
const detail = (value: unknown) => (isObject(value) ? value["detail"] : undefined);

describe.skipIf(!present)("recorded payloads of Zendesk", () => {
  it("become drafts that say what other tools read in them", () => {
    let records = 0;
    for (const file of readdirSync(new URL("nango/raw/", RECORDED))) {
      const readings = readingsIn(readJson(`nango/expected/${file}`));
      for (const { stream, record } of recordsIn(readJson(`nango/raw/${file}`)["api"])) {
        const [draft] = draftsOf(stream, record);
        if (draft === undefined) {
          expect({ stream, role: record["role"] }).toEqual({ stream: "users", role: "end-user" });
          continue;
        }
        records += 1;
        const theirs = readings.find((one) => String(one["id"]) === draft.external.id);
        if (theirs === undefined) continue;
        const fields = draft.fields as Json;
        compare(`nango ${file} ${draft.external.id}`, [
          ["created_at", instant(theirs["created_at"]), draft.createdAt],
          ["updated_at", instant(theirs["updated_at"]), draft.updatedAt],
          ["subject", theirs["subject"], fields["subject"]],
          ["description", stream === "tickets" ? theirs["description"] : undefined, fields["text"]],
          ["status", theirs["status"], detail(fields["status"])],
          ["priority", theirs["priority"], detail(fields["priority"])],
          ["name", stream === "tickets" ? undefined : theirs["name"], fields["name"]],
          ["tags", stream === "tickets" ? theirs["tags"] : undefined, fields["labels"]],
        ]);
      }
    }
    for (const folder of ["faros-converter/raw.jsonl", "faros-airbyte-records/records.jsonl"]) {
      for (const line of linesOf(folder)) {
        const stream = STREAM_OF.get(String(line["stream"]));
        if (stream === undefined) continue;
        records += 1;
        const record = line["body"] as Json;
        const expected = folder.startsWith("faros-converter") ? readJson("faros-converter/expected.json") : {};
        const models = (expected[String(line["case"])] ?? []) as readonly {
          readonly model: string;
          readonly record: Json;
        }[];
        const task = models.find(({ model }) => model === "tms_Task")?.record;
        const [draft] = draftsOf(stream, record);
        if (task === undefined || draft === undefined) continue;
        const fields = draft.fields as Json;
        compare(`faros ${line["case"]}`, [
          ["createdAt", task["createdAt"], draft.createdAt],
          ["updatedAt", task["updatedAt"], draft.updatedAt],
          ["name", task["name"], fields["subject"]],
          ["status", detail(task["status"]), detail(fields["status"])],
          ["type", detail(task["type"]), detail(fields["type"])],
          ["priority", task["priority"], detail(fields["priority"])],
        ]);
      }
    }
    const disagreements = compared.filter(({ theirs, ours }) => JSON.stringify(theirs) !== JSON.stringify(ours));
    process.stdout.write(
      `${records} records, ${compared.length} values compared, ${disagreements.length} disagreements\n`,
    );
    expect(disagreements).toEqual([]);
    expect(records).toBeGreaterThan(30);
    expect(compared.length).toBeGreaterThan(20);
  });

  it("have metrics that belong to their tickets", () => {
    const lines = linesOf("faros-airbyte-records/records.jsonl");
    const metrics = lines.filter(({ stream }) => stream === "ticket_metrics").map(({ body }) => body as Json);
    const tickets = lines.filter(({ stream }) => stream === "tickets").map(({ body }) => body as Json);
    const joined = tickets.flatMap((ticket) => {
      const metric_set = metrics.find(({ ticket_id }) => ticket_id === ticket["id"]);
      return metric_set === undefined ? [] : draftsOf("tickets", { ...ticket, metric_set }).slice(0, 1);
    });
    expect(joined.length).toBeGreaterThan(10);
    for (const { fields } of joined as readonly Draft<"supportTicket">[]) {
      expect(fields.reopens).toBeGreaterThanOrEqual(0);
      if (fields.firstReplyMinutes !== undefined) expect(fields.firstReplyAt).toMatch(/Z$/);
    }
  });
});
