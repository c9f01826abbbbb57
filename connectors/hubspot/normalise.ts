import { campaignReferences } from "../../shared/domain/campaign-links.ts";
import type { CustomField, Draft } from "../../shared/domain/entity.ts";
import type { CAMPAIGN_CHANNELS, CAMPAIGN_STATUSES } from "../../shared/domain/fields-around.ts";
import { type Instant, instant, maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import type { Campaign, Company, Email } from "./schema.ts";

type Told = string | null | undefined;
type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];

/** HubSpot writes times as ISO and as epoch milliseconds, both as text. */
const timeOf = (told: Told): Instant | undefined =>
  maybeInstant(told && /^\d{10,16}$/.test(told) ? Number(told) : told);

/** Days too: the start of a campaign. */
const times = ({ createdAt, updatedAt }: { readonly createdAt?: Told; readonly updatedAt?: Told }) => ({
  createdAt: timeOf(createdAt),
  updatedAt: instant(timeOf(updatedAt) ?? timeOf(createdAt) ?? TIMELESS),
});

const pageOf = (portalId: Told, path: string): string =>
  portalId ? `https://app.hubspot.com/${path.replace("{hub}", portalId)}` : "https://app.hubspot.com/l/marketing";

/** `in_progress` is said of campaigns that are made and of those that run: it stays unknown. */
const CAMPAIGNS: Table<CampaignStatus> = new Map([
  ["planned", "scheduled"],
  ["active", "sending"],
  ["paused", "paused"],
  ["completed", "sent"],
]);

/** A campaign of HubSpot is a bracket around e-mails, pages, posts and advertisements. */
const BRACKET: Table<(typeof CAMPAIGN_CHANNELS)[number]> = new Map([["campaign", "other"]]);

const amount = (told: Told): number | undefined => {
  const value = told ? Number(told) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
};

const customs = (fields: readonly (readonly [id: string, name: string, value: string | number | undefined])[]) =>
  fields.flatMap(([fieldId, name, value]): CustomField[] =>
    value === undefined ? [] : [{ fieldId, name, type: typeof value, value }],
  );

/** A campaign; what its e-mails did is told by them. */
export const normaliseCampaign = (campaign: Campaign): readonly Draft[] => {
  const told = campaign.properties ?? {};
  const utm = told["hs_utm"]?.trim() || undefined;
  const spent = amount(told["hs_spend_items_sum_amount"]);
  const currency = told["hs_currency_code"];
  const draft: Draft<"campaign"> = {
    kind: "campaign",
    external: {
      noun: "campaign",
      id: campaign.id,
      url: pageOf(campaign.portalId, `marketing/{hub}/campaigns/${campaign.id}`),
    },
    scopes: (campaign.businessUnits ?? []).map(({ id }) => String(id)),
    ...times(campaign),
    references: campaignReferences({ names: [told["hs_name"]], notes: told["hs_notes"], utm }),
    fields: {
      name: told["hs_name"] || campaign.id,
      channel: mapWord({ name: "campaign" }, BRACKET),
      status: mapWord({ name: told["hs_campaign_status"] ?? "" }, CAMPAIGNS),
      audience: told["hs_audience"] || undefined,
      scheduledAt: timeOf(told["hs_start_date"]),
      cost: spent !== undefined && currency ? { amount: spent, currency } : undefined,
      utm: utm === undefined ? undefined : { campaign: utm },
    },
    customFields: customs([
      ["hs_end_date", "End date", told["hs_end_date"] || undefined],
      ["hs_budget_items_sum_amount", "Budget", amount(told["hs_budget_items_sum_amount"])],
    ]),
  };
  return [draft];
};

/** Words that stand for either of two things (`PUBLISHED_OR_SCHEDULED`), for a failure or for a half of a test stay unknown. */
const STATES: Table<CampaignStatus> = new Map([
  ...(
    [
      ...[
        "draft",
        "draft_ab",
        "draft_ab_variant",
        "automated_draft",
        "automated_draft_ab",
        "automated_draft_abvariant",
      ],
      ...["automated_for_form_draft", "blog_email_draft", "rss_to_email_draft", "agent_generated"],
    ] as const
  ).map((state) => [state, "draft"] as const),
  ["scheduled", "scheduled"],
  ["scheduled_ab", "scheduled"],
  ...(
    [
      ...["pre_processing", "processing", "automated", "automated_ab", "automated_ab_variant", "automated_sending"],
      ...["automated_for_form", "automated_for_form_legacy", "blog_email_published", "rss_to_email_published"],
    ] as const
  ).map((state) => [state, "sending"] as const),
  ["published", "sent"],
  ["published_ab", "sent"],
  ["published_ab_variant", "sent"],
]);

const MAIL: Table<(typeof CAMPAIGN_CHANNELS)[number]> = new Map([["email", "email"]]);

/** HubSpot gives 0 for all of it before anything was sent. */
const reach = (email: Email) => {
  const counters = email.stats?.counters ?? {};
  const count = (name: string): number | undefined => {
    const value = counters[name];
    return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
  };
  return {
    sent: count("sent"),
    delivered: count("delivered"),
    opens: count("open"),
    clicks: count("click"),
    unsubscribes: count("unsubscribed"),
    bounces: count("bounce"),
    complaints: count("spamreport"),
  };
};

/** A marketing e-mail with its statistics. A draft has a date of publishing too: that counts only once it is meant. */
export const normaliseEmail = (email: Email): readonly Draft[] => {
  const state = mapWord({ name: email.state ?? "" }, STATES);
  const isOut = state.category === "sent" || state.category === "sending";
  const numbers = isOut ? reach(email) : undefined;
  const { updatedAt, createdAt } = times(email);
  const draft: Draft<"campaign"> = {
    kind: "campaign",
    external: {
      noun: "email",
      id: email.id,
      url: pageOf(email.portalId, `email/{hub}/details/${email.id}/performance`),
    },
    scopes: email.businessUnitId ? [email.businessUnitId] : [],
    createdAt,
    updatedAt,
    archivedAt: email.archived === true ? (timeOf(email.deletedAt) ?? updatedAt) : undefined,
    references: campaignReferences({ names: [email.name, email.subject] }),
    fields: {
      name: email.name || email.subject || email.id,
      subject: email.subject || undefined,
      channel: mapWord({ name: email.type ?? "", type: "email" }, MAIL),
      status: state,
      parentId: email.campaign ? { kind: "campaign", noun: "campaign", id: email.campaign } : undefined,
      scheduledAt: state.category === "scheduled" ? timeOf(email.publishDate) : undefined,
      sentAt: isOut ? (timeOf(email.publishedAt) ?? timeOf(email.publishDate)) : undefined,
      ...numbers,
    },
  };
  return [draft];
};

/** A company as a customer; its people are not read. */
export const normaliseCompany = (company: Company): readonly Draft[] => {
  const told = company.properties ?? {};
  const revenue = amount(told["annualrevenue"]);
  const people = amount(told["numberofemployees"]);
  const currency = told["hs_currency_code"] ?? told["deal_currency_code"];
  const { updatedAt, createdAt } = times({
    createdAt: company.createdAt,
    updatedAt: told["hs_lastmodifieddate"] ?? company.updatedAt,
  });
  const draft: Draft<"customer"> = {
    kind: "customer",
    external: {
      noun: "company",
      id: company.id,
      url: pageOf(company.portalId, `contacts/{hub}/record/0-2/${company.id}`),
    },
    scopes: [],
    createdAt,
    updatedAt,
    archivedAt: company.archived === true ? (timeOf(company.archivedAt) ?? updatedAt) : undefined,
    fields: {
      name: told["name"] || told["domain"] || company.id,
      domains: told["domain"] ? [told["domain"].toLowerCase()] : undefined,
      tier: told["lifecyclestage"] || undefined,
      revenue: revenue !== undefined && currency ? { amount: revenue, currency } : undefined,
      size: people !== undefined && Number.isInteger(people) && people >= 0 ? people : undefined,
    },
  };
  return [draft];
};
