import type { Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Site } from "../site/site.ts";
import { annotation, annotations, type Changes, experimented, uuidOf } from "./project.ts";

const iso = (ms: number): string => new Date(ms).toISOString().replace("Z", "+00:00");

/** What a product team does in Mixpanel. Mixpanel sends no webhooks. */
export const verbsOf = (changes: Changes): NonNullable<Site["verbs"]> => {
  const chosen: (world: Parameters<typeof experimented>[0], feature: unknown) => number = (world, feature) => {
    const known = experimented(world).map((one) => one.feature);
    const found = known.find(({ slug, title }) => slug === feature || title === feature);
    if (found === undefined) throw new ControlError(`feature is one of ${known.map(({ slug }) => slug).join(", ")}.`);
    return found.index;
  };
  const annotate: Verb = ({ world, time }, { text }) => {
    if (typeof text !== "string" || text === "") throw new ControlError("text is what the annotation says.");
    const made = annotation(2_005_000 + changes.annotations.length, time, text, []);
    changes.annotations.push(made);
    return {
      changed: [{ tool: "mixpanel", kind: "annotation", id: made["id"], of: annotations(world, changes).length }],
      hooks: [],
    };
  };
  const decide: Verb = ({ world, time }, { feature, success }) => {
    if (typeof success !== "boolean") throw new ControlError("success is true or false.");
    const id = uuidOf(world, 1, chosen(world, feature));
    const results_cache = { message: "Decided.", variant: success ? "treatment" : null };
    const status = success ? "success" : "fail";
    changes.experiments.set(id, { status, end_date: iso(time), modified: iso(time), results_cache });
    return { changed: [{ tool: "mixpanel", kind: "experiment", id, status }], hooks: [] };
  };
  const roll: Verb = ({ world, time }, { feature, percent }) => {
    const share = Number(percent) / 100;
    if (!(share >= 0 && share <= 1)) throw new ControlError("percent is from 0 to 100.");
    const id = uuidOf(world, 2, chosen(world, feature));
    const ruleset = {
      variants: [
        { key: "control", value: false, is_control: true, split: 0 },
        { key: "treatment", value: true, is_control: false, split: 1 },
      ],
      rollout: [{ name: null, rollout_percentage: share, variant_splits: {}, cohort_definition: null }],
      test: null,
    };
    changes.flags.set(id, { ruleset, modified: iso(time), status: share === 0 ? "disabled" : "enabled" });
    return { changed: [{ tool: "mixpanel", kind: "flag", id, percent }], hooks: [] };
  };
  const remove: Verb = (_, { id }) => {
    if (typeof id !== "string" && typeof id !== "number") throw new ControlError("id is of an annotation or cohort.");
    changes.gone.add(String(id));
    return { changed: [{ tool: "mixpanel", id }], hooks: [] };
  };
  return {
    annotate: ["text: a new annotation", annotate],
    decide: ["feature, success: the experiment of a feature is decided", decide],
    rollout: ["feature, percent: the flag of a feature", roll],
    remove: ["id: an annotation or cohort is deleted", remove],
  };
};
