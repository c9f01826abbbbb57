import type { Setup } from "../../shared/connector/setup.ts";
import type { Config } from "./config.ts";

/** One service account for all: the role decides, and the data view's sharing. */
export const setup: Setup<Config> = {
  credentialAt: "https://mixpanel.com/settings/org#serviceaccounts",
  asks: ["serviceAccount", "serviceAccountSecret", "projectId", "workspaceId"],
  rights: {
    reports: "project role Consumer",
    cohorts: "project role Consumer",
    events: "project role Analyst (raw export)",
    annotations: "project role Analyst",
    experiments: "project role Consumer, Experiments in the plan",
    flags: "project role Consumer, Feature Flags in the plan",
  },
  smallest: (config) => ({ ...config, windowDays: 1, lateDays: 0, queriesPerRun: 2 }),
};
