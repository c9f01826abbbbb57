import type { Setup } from "../../shared/connector/setup.ts";
import type { Config } from "./config.ts";

export const setup: Setup<Config> = {
  credentialAt: "https://app.hubspot.com/l/service-keys",
  asks: ["accessToken", "portalId"],
  rights: {
    campaigns: "marketing.campaigns.read",
    emails: "marketing-email (content)",
    companies: "crm.objects.companies.read",
  },
  smallest: (config) => ({ ...config, pageSize: 1 }),
};
