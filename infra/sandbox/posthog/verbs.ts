import { randomUUID } from "node:crypto";
import { type Exposure, exposures } from "../company/exposure.ts";
import type { World } from "../company/world.ts";
import type { Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Site } from "../site/site.ts";
import type { Hook } from "../webhooks/delivery.ts";
import { type Changes, experiments, flagId, flags, projectId, type Row, surveys } from "./project.ts";
import { event } from "./responses.ts";

/** A destination's webhook: nothing is signed, a header has the secret. */
const hook = (name: string, body: object): Hook => ({
  vendor: "posthog",
  event: name,
  body,
  signed: ({ secret }) => ({ headers: { "x-throughline-secret": secret } }),
});

const activity = (project: string, scope: string, item: unknown): Hook =>
  hook("$activity_log_entry_created", { project, event: "$activity_log_entry_created", scope, item: String(item) });

const iso = (ms: number): string => new Date(ms).toISOString().replace("Z", "000Z");

const chosen = (world: World, feature: unknown): Exposure => {
  const found = exposures(world).find((one) =>
    [one.key, one.feature.slug, one.feature.title].includes(String(feature)),
  );
  if (found === undefined) throw new ControlError("feature is the key, slug or title of a feature.");
  return found;
};

/** What a product team does in PostHog. */
export const verbsOf = (
  changes: Changes,
  scopes: { value: ReadonlySet<string> | undefined },
): NonNullable<Site["verbs"]> => {
  const change = (list: string, project: string, scope: string, row: Row | undefined, news: Row) => {
    if (row === undefined) throw new ControlError(`there is no such record among the ${list}.`);
    const key = `${list}/${row["id"]}`;
    changes.rows.set(key, { ...changes.rows.get(key), ...news });
    return {
      changed: [{ tool: "posthog", list, id: row["id"], ...news }],
      hooks: [activity(project, scope, row["id"])],
    };
  };
  const ramp: Verb = ({ world, time }, { feature, percent }) => {
    const share = Number(percent);
    if (!(share >= 0 && share <= 100)) throw new ControlError("percent is from 0 to 100.");
    const about = chosen(world, feature);
    const project = projectId(about.product.index);
    const row = flags(world, project).find(({ id }) => id === flagId(about));
    const filters = { groups: [{ properties: [], rollout_percentage: share }] };
    return change("feature_flags", project, "FeatureFlag", row, { filters, active: share > 0, updated_at: iso(time) });
  };
  const conclude: Verb = ({ world, time }, { feature, conclusion }) => {
    const about = chosen(world, feature);
    const project = projectId(about.product.index);
    const row = experiments(world, project).find((one) => one["feature_flag_key"] === about.key);
    return change("experiments", project, "Experiment", row, {
      conclusion,
      end_date: iso(time),
      updated_at: iso(time),
    });
  };
  const remove: Verb = ({ world, time }, { feature }) => {
    const about = chosen(world, feature);
    const project = projectId(about.product.index);
    const row = flags(world, project).find(({ id }) => id === flagId(about));
    return change("feature_flags", project, "FeatureFlag", row, { deleted: true, updated_at: iso(time) });
  };
  const answer: Verb = ({ world, time }, { product = 0, score, text = "", uuid = randomUUID() }) => {
    const project = projectId(Number(product));
    const [survey] = surveys(world, project);
    if (survey === undefined || !Number.isFinite(score))
      throw new ControlError("product has a survey, score is a number.");
    changes.responses.push({ project, row: event(survey, String(uuid), time, Number(score), String(text)) });
    const sent = hook("survey sent", { project, event: "survey sent", uuid });
    return { changed: [{ tool: "posthog", kind: "response", uuid }], hooks: [sent] };
  };
  const limit: Verb = (_, { only }) => {
    scopes.value = Array.isArray(only) ? new Set(only.map(String)) : undefined;
    return { changed: [{ tool: "posthog", scopes: only ?? "all" }], hooks: [] };
  };
  return {
    ramp: ["feature, percent: its flag, for all people", ramp],
    conclude: ["feature, conclusion: won, lost, inconclusive, stopped_early or invalid", conclude],
    remove_flag: ["feature: its flag is deleted", remove],
    answer: ["score, text?, product?: somebody answers the first survey of a product (0, 1 or 2)", answer],
    scopes: ["only?: the scopes that the key has from now on; all without it", limit],
  };
};
