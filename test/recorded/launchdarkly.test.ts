import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import launchdarkly from "../../connectors/launchdarkly/index.ts";
import { Experiment, Flag } from "../../connectors/launchdarkly/schema.ts";
import type { Draft } from "../../shared/domain/entity.ts";

const RECORDED = new URL("../../../shared/data/recorded/launchdarkly/", import.meta.url);
const present = existsSync(RECORDED);
if (!present) process.stdout.write("skipped: the recorded payloads are not beside this checkout\n");

type Json = Readonly<Record<string, unknown>>;
const bodyOf = (file: string): Json =>
  (JSON.parse(readFileSync(new URL(`openapi-examples/raw/${file}`, RECORDED), "utf8")) as { body: Json }).body;
const filesIn = (pattern: RegExp): string[] =>
  present ? readdirSync(new URL("openapi-examples/raw/", RECORDED)).filter((file) => pattern.test(file)) : [];

const CONTEXT = { connectionId: "con_recorded", statuses: new Map() };
const config = launchdarkly.config.parse({ accessToken: "api-unused", projects: ["example-project", "default"] });
const draftOf = (stream: string, record: unknown): Draft | undefined => {
  const declared = launchdarkly.streams[stream];
  return declared?.normalise(declared.record.parse(record), CONTEXT)[0];
};
let compared = 0;
const same = (ours: unknown, theirs: unknown): void => {
  compared += 1;
  expect(ours).toEqual(theirs);
};

describe.skipIf(!present)("a recorded answer of LaunchDarkly", () => {
  it.each(filesIn(/^(?:get_api_v2_flags_projectKey_featureFlagKey__200|post_api_v2_flags_projectKey__201)/))(
    "is a flag: %s",
    (file) => {
      const record = Flag.parse(bodyOf(file));
      const draft = draftOf("flags", record) as Draft<"featureFlag">;
      same(draft.external.id, `my-project/${record.key}`);
      same(draft.fields.name, record.name);
      same(draft.fields.isTemporary, record.temporary);
      same(draft.fields.labels, record.tags);
      same(draft.fields.ownerId, { kind: "account", noun: "member", id: record.maintainerId });
      same(
        draft.customFields?.map(({ value }) => value),
        Object.values(record.customProperties ?? {}).map(({ value }) => value),
      );
      for (const { name, on, rolloutPercent } of draft.fields.environments) {
        same(on, record.environments?.[name]?.on);
        same(rolloutPercent, 0);
      }
    },
  );

  it.each(filesIn(/experiments_(?:experimentKey__)?200/))("holds experiments: %s", (file) => {
    const body = bodyOf(file);
    const records = (launchdarkly.streams["experiments"]?.listed?.(body) ?? [body]) as Json[];
    for (const record of records) {
      const draft = draftOf("experiments", { ...record, projectKey: "p" }) as Draft<"experiment">;
      const iteration = Experiment.parse(record).currentIteration;
      same(draft.fields.name, record["name"]);
      same(draft.fields.hypothesis, iteration?.hypothesis);
      same(draft.fields.status.detail, iteration?.status);
      same(
        draft.fields.variations.map(({ name }) => name),
        iteration?.treatments?.map(({ name }) => name),
      );
      same(draft.fields.flagKey, Object.keys(iteration?.flags ?? {})[0]);
      same(draft.fields.goalMetricIds, [
        { kind: "metric", noun: "metric", id: `p/${iteration?.primarySingleMetric?.key}` },
      ]);
    }
  });

  it.each(filesIn(/^post_api_v2_metrics/))("is a metric: %s", (file) => {
    const record = bodyOf(file);
    const draft = draftOf("metrics", { ...record, projectKey: "p" }) as Draft<"metric">;
    same(
      [draft.fields.name, draft.fields.key, draft.fields.unit],
      [record["name"], record["eventKey"], record["unit"]],
    );
  });

  it("names what an entry of the audit log is about", () => {
    const items = bodyOf("get_api_v2_auditlog_200.json")["items"] as Json[];
    for (const entry of items) {
      same(launchdarkly.webhook?.records(entry, new Headers(), config), [
        { stream: "flags", reread: "example-project/example-flag", hint: entry },
      ]);
    }
    process.stdout.write(`launchdarkly: ${compared} values compared, 0 disagreements\n`);
  });
});
