import type { Setup } from "../../shared/connector/setup.ts";
import type { Config } from "./config.ts";

export const setup: Setup<Config> = {
  credentialAt: "https://support.zendesk.com/hc/en-us/articles/4408845965210",
  asks: ["subdomain", "oauth.clientId", "oauth.clientSecret", "accessToken", "email", "apiToken", "featureFieldIds"],
  rights: {
    tickets: "scope read, as an administrator (incremental export)",
    ratings: "scope read, as an administrator",
    organizations: "scope read, as an administrator (incremental export)",
    users: "scope read, as an agent",
    groups: "scope read, as an agent",
  },
  smallest: (config) => ({ ...config, pageSize: 1, listPageSize: 1, jiraLinks: false }),
};
