import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { Config, credentialOf } from "./config.ts";
import { limits } from "./limits.ts";
import { normaliseCampaign, normaliseCompany, normaliseEmail } from "./normalise.ts";
import { listed } from "./paged-list.ts";
import { CompanyCursor, readCompanies, rereadCompanies } from "./read-companies.ts";
import {
  campaignIds,
  MarketingCursor,
  readCampaigns,
  readEmails,
  rereadCampaigns,
  rereadEmails,
} from "./read-marketing.ts";
import { Campaign, Company, Email } from "./schema.ts";
import { setup } from "./setup.ts";
import { webhook } from "./webhook.ts";

/** HubSpot: campaigns, marketing e-mails with their statistics, and companies where they are asked for. */
export default defineConnector<Config>({
  id: "hubspot",
  title: "HubSpot",
  category: "marketing",
  docs: "https://developers.hubspot.com/docs/api-reference/latest/overview",
  config: Config,
  http: (config) => ({
    baseUrl: config.baseUrl,
    headers: {},
    credential: credentialOf(config),
    limits,
    requestsPerMinute: config.requestsPerMinute,
  }),
  setup,
  streams: {
    campaigns: stream({
      record: Campaign,
      kinds: ["campaign"],
      normalise: normaliseCampaign,
      listed,
      poll: { cursor: MarketingCursor, start: {}, read: readCampaigns },
      reread: rereadCampaigns,
      census: {
        noun: "campaign",
        kinds: ["campaign"],
        ids: campaignIds,
        selects: () => true,
        holds: () => true,
        reaches: async () => true,
      },
    }),
    emails: stream({
      record: Email,
      kinds: ["campaign"],
      normalise: normaliseEmail,
      listed,
      // They have a time of change, but their statistics change without it: of two readings the later wins.
      timeless: true,
      poll: { cursor: MarketingCursor, start: {}, read: readEmails },
      reread: rereadEmails,
    }),
    companies: stream({
      record: Company,
      kinds: ["customer"],
      normalise: normaliseCompany,
      listed,
      poll: {
        cursor: CompanyCursor,
        start: {},
        scopes: ({ companies }) => (companies ? [""] : []),
        read: readCompanies,
      },
      reread: rereadCompanies,
    }),
  },
  webhook,
});
