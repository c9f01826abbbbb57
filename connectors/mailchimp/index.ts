import * as z from "zod";
import { defineConnector, stream } from "../../shared/connector/contract.ts";
import * as census from "./census.ts";
import { Config, httpOf } from "./config.ts";
import { normaliseAudience, normaliseAutomation, normaliseCampaign } from "./normalise.ts";
import { CampaignCursor, readCampaigns, rereadCampaigns } from "./read-campaigns.ts";
import { ListCursor, readAudiences, readAutomations, rereadAudiences } from "./read-lists.ts";
import { Audience, Automation, Campaign } from "./schema.ts";
import { setup } from "./setup.ts";
import { webhook } from "./webhook.ts";

/** The records of a list answer, which holds them under the list's name. */
const listedIn =
  (name: string) =>
  (answer: unknown): readonly unknown[] | undefined =>
    z.looseObject({ [name]: z.array(z.unknown()) }).safeParse(answer).data?.[name];

/** Mailchimp: campaigns with their reports, automations, and audiences as series of their size. No people. */
export default defineConnector<Config>({
  id: "mailchimp",
  title: "Mailchimp",
  category: "marketing",
  docs: "https://mailchimp.com/developer/marketing/api/",
  config: Config,
  http: httpOf,
  setup,
  streams: {
    campaigns: stream({
      record: Campaign,
      kinds: ["campaign"],
      normalise: normaliseCampaign,
      listed: listedIn("campaigns"),
      timeless: true,
      poll: { cursor: CampaignCursor, start: {}, read: readCampaigns },
      reread: rereadCampaigns,
      census: census.CAMPAIGNS,
    }),
    automations: stream({
      record: Automation,
      kinds: ["campaign"],
      normalise: normaliseAutomation,
      listed: listedIn("automations"),
      timeless: true,
      poll: { cursor: ListCursor, start: {}, read: readAutomations },
    }),
    audiences: stream({
      record: Audience,
      kinds: ["metric"],
      normalise: normaliseAudience,
      listed: listedIn("lists"),
      timeless: true,
      poll: { cursor: ListCursor, start: {}, read: readAudiences },
      reread: rereadAudiences,
    }),
  },
  webhook,
});
