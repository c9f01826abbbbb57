import type { Setup } from "../../shared/connector/setup.ts";
import type { Config } from "./config.ts";

export const setup: Setup<Config> = {
  credentialAt: "https://app.intercom.com/a/apps/_/developer-hub",
  asks: ["accessToken", "region"],
  rights: {
    teams: "Read admins",
    admins: "Read admins",
    companies: "Read and list users and companies",
    conversations: "Read conversations",
    tickets: "Read tickets",
  },
  smallest: (config) => ({ ...config, pageSize: 1 }),
};
