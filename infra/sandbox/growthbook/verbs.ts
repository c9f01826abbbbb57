import { createHmac } from "node:crypto";
import type { Request, Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Hook } from "../webhooks/delivery.ts";
import { experimentJson, featureJson } from "./json.ts";
import type { Experiment, Feature, Organization } from "./organization.ts";

const RESULTS = ["won", "lost", "inconclusive", "dnf"];

/** What a product team does in GrowthBook, each with its webhook. */
export const verbsOf = (organization: Organization): Readonly<Record<string, readonly [help: string, verb: Verb]>> => ({
  ramp: [
    "key, percent: a feature is given to so many people in production",
    ({ time }, request) => {
      const percent = Number(request["percent"]);
      if (!(percent >= 0 && percent <= 100)) throw new ControlError("percent is a number from 0 to 100.");
      const feature = known(organization.editFeature(keyIn(request), { time, percent }), request);
      return {
        changed: [{ key: feature.key, percent }],
        hooks: [featureHook(feature, "feature.updated", time)],
      };
    },
  ],
  delete: [
    "key: deletes a feature",
    ({ time }, request) => {
      const feature = known(organization.editFeature(keyIn(request), { time, deleted: true }), request);
      return { changed: [{ key: feature.key }], hooks: [featureHook(feature, "feature.deleted", time)] };
    },
  ],
  stop: [
    "key, result: won, lost, inconclusive or dnf; released?: index of the variation that everybody gets",
    ({ time }, request) => {
      const result = RESULTS.find((word) => word === request["result"]);
      if (result === undefined) throw new ControlError(`result is one of ${RESULTS.join(", ")}.`);
      const released = request["released"] === undefined ? (result === "won" ? 1 : 0) : Number(request["released"]);
      const experiment = known(organization.editExperiment(keyIn(request), { time, result, released }), request);
      return {
        changed: [{ key: experiment.trackingKey, result }],
        hooks: [experimentHook(experiment, time)],
      };
    },
  ],
});

const keyIn = (request: Request): string => String(request["key"]);

const known = <T>(found: T | undefined, request: Request): T => {
  if (found === undefined) throw new ControlError(`There is nothing called ${JSON.stringify(request["key"])}.`);
  return found;
};

const featureHook = (feature: Feature, event: string, time: number): Hook => {
  const { exposure, project } = feature;
  return hook(event, "feature", project, time, featureJson(feature, 1), [exposure.product.repo]);
};

const experimentHook = (experiment: Experiment, time: number): Hook =>
  hook("experiment.updated", "experiment", experiment.project, time, experimentJson(experiment), []);

/** https://docs.growthbook.io/app/webhooks/event-webhooks */
const hook = (
  event: string,
  object: string,
  project: string,
  time: number,
  record: object,
  tags: readonly string[],
): Hook => {
  const body = {
    event,
    object,
    api_version: "2024-07-31",
    created: time,
    data: { object: record },
    user: { type: "dashboard", id: "u_priyar", email: "priya.raman@acme.example", name: "Priya Raman" },
    projects: [project],
    tags,
    environments: ["production"],
    containsSecrets: false,
  };
  return {
    vendor: "growthbook",
    event,
    body,
    signed: ({ secret }) => {
      const text = JSON.stringify(body);
      return {
        body: text,
        headers: { "x-growthbook-signature": createHmac("sha256", secret).update(text).digest("hex") },
      };
    },
  };
};
