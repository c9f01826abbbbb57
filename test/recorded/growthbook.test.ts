import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import growthbook from "../../connectors/growthbook/index.ts";
import { rolloutOf } from "../../connectors/growthbook/rollout.ts";
import { Feature } from "../../connectors/growthbook/schema.ts";
import type { Draft } from "../../shared/domain/entity.ts";

const RECORDED = new URL("../../../shared/data/recorded/growthbook/", import.meta.url);
const present = existsSync(RECORDED);
if (!present) process.stdout.write("skipped: the recorded payloads are not beside this checkout\n");

type Json = Readonly<Record<string, unknown>>;
const readJson = (path: string): Json => JSON.parse(readFileSync(new URL(path, RECORDED), "utf8")) as Json;
const hooks = present ? readdirSync(new URL("event-webhooks/raw/", RECORDED)).toSorted() : [];
const CONTEXT = { connectionId: "con_recorded", statuses: new Map() };
const config = growthbook.config.parse({ apiKey: "secret_unused" });

describe.skipIf(!present)("a recorded webhook of GrowthBook", () => {
  it.each(hooks)("is understood, and its record is read: %s", (file) => {
    const body = readJson(`event-webhooks/raw/${file}`);
    const data = body["data"] as { current?: Json; previous?: Json; experimentId?: string };
    const record = data.current ?? data.previous;
    const stream = `${String(body["object"])}s`;
    const [told] = growthbook.webhook?.records(body, new Headers(), config) ?? [];
    const id = record?.["id"] ?? data.experimentId;
    if (/deleted/.test(file)) expect(told).toMatchObject({ stream, record: { id }, presence: "deleted" });
    else expect(told).toMatchObject({ stream, reread: id });
    const declared = growthbook.streams[stream];
    if (record === undefined || declared === undefined) return;
    const [draft] = declared.normalise(declared.record.parse(record), CONTEXT) as [Draft];
    expect(draft.updatedAt).toBe(record["dateUpdated"]);
    if (draft.kind === "featureFlag") {
      const { environments } = (draft as Draft<"featureFlag">).fields;
      expect(environments.map(({ name, on, rolloutPercent }) => [name, on, rolloutPercent])).toEqual(
        Object.keys(record["environments"] as Json).map((name) => [name, false, 0]),
      );
    } else {
      const { fields } = draft as Draft<"experiment">;
      expect([fields.name, fields.status.detail, fields.startedAt]).toEqual([
        record["name"],
        record["status"],
        "2023-07-09T15:53:00.000Z",
      ]);
      expect(fields.goalMetricIds).toEqual([{ kind: "metric", noun: "metric", id: "metric-aacc" }]);
      expect(fields.guardrailMetricIds).toEqual([{ kind: "metric", noun: "metric", id: "metric-eeff" }]);
    }
  });
});

type Case = [
  string,
  { features?: Record<string, { defaultValue?: unknown; rules?: Json[] }> },
  string,
  { on: boolean; off: boolean },
];

/** Whoever the rules decide for without looking at the person, the SDK decides for all alike. */
const decidesAlike = ({ rules = [] }: { rules?: Json[] }): boolean =>
  rules.every(
    (rule) =>
      rule["force"] !== undefined &&
      !["condition", "coverage", "range", "hashVersion", "filters", "parentConditions"].some((name) => name in rule),
  );

describe.skipIf(!present)("a feature as the SDKs have it", () => {
  it("is had by all or by none where GrowthBook's own cases say on or off for a person of any kind", () => {
    const cases = (present ? readJson("sdk-cases/cases.json")["feature"] : []) as Case[];
    let compared = 0;
    for (const [title, { features = {} }, key, { on }] of cases) {
      const definition = features[key];
      if (definition === undefined || !decidesAlike(definition)) continue;
      const feature = Feature.parse({
        id: key,
        valueType: "boolean",
        environments: { production: { enabled: true, definition: JSON.stringify(definition) } },
      });
      compared += 1;
      expect([title, rolloutOf(feature, "production").rolloutPercent]).toEqual([title, on ? 100 : 0]);
    }
    process.stdout.write(`growthbook: ${compared} cases of the SDKs compared, 0 disagreements\n`);
    expect(compared).toBeGreaterThan(2);
  });
});
