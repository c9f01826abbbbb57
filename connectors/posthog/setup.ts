import type { Setup } from "../../shared/connector/setup.ts";
import type { Config } from "./config.ts";

export const setup: Setup<Config> = {
  credentialAt: "https://us.posthog.com/settings/user-api-keys",
  asks: ["apiKey", "projects"],
  rights: {
    flags: "feature_flag:read",
    experiments: "experiment:read and query:read",
    insights: "insight:read and query:read",
    cohorts: "cohort:read",
    annotations: "annotation:read",
    surveys: "survey:read",
    responses: "survey:read and query:read",
  },
  smallest: (config) => ({ ...config, pageSize: 1, insightsPerRun: 1, responsePageSize: 1 }),
};
