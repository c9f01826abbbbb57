import type { Setup } from "../../shared/connector/setup.ts";
import type { Config } from "./config.ts";

/** Webhooks are set up by people: the API has no endpoint for them. */
export const setup: Setup<Config> = {
  credentialAt: "https://app.growthbook.io/settings/keys",
  asks: ["apiKey", "projects"],
  rights: {
    features: "role readonly",
    experiments: "role readonly",
    metrics: "role readonly",
    factMetrics: "role readonly",
  },
  smallest: (config) => ({ ...config, pageSize: 1 }),
};
