import type { Campaign, Company, Email } from "./marketing.ts";

const iso = (at: number): string => new Date(at).toISOString();

/** A campaign as HubSpot's API gives it, with the properties that were asked for and are not empty. */
export const campaignJson = (campaign: Campaign, asked: readonly string[]) => {
  const all: Readonly<Record<string, string>> = {
    hs_name: campaign.name,
    hs_campaign_status: campaign.status,
    hs_utm: campaign.utm,
    hs_notes: campaign.notes,
    hs_start_date: campaign.start,
    hs_currency_code: "EUR",
    hs_budget_items_sum_amount: String(campaign.budget),
    hs_spend_items_sum_amount: String(campaign.spent),
    hs_object_id: String(parseInt(campaign.id.slice(0, 8), 16)),
  };
  return {
    id: campaign.id,
    properties: propertiesOf(all, asked),
    businessUnits: [{ id: campaign.product + 1 }],
    createdAt: iso(campaign.created),
    updatedAt: iso(campaign.updated),
  };
};

const propertiesOf = (all: Readonly<Record<string, string>>, asked: readonly string[]) =>
  Object.fromEntries(asked.flatMap((name) => (all[name] ? [[name, all[name]]] : [])));

/** An e-mail as HubSpot's API gives it; a draft has a date of publishing and counters of 0 as well. */
export const emailJson = (email: Email, withStats: boolean) => ({
  activeDomain: "acme.example",
  archived: email.archived,
  businessUnitId: String(email.product + 1),
  ...(email.campaign === undefined ? {} : { campaign: email.campaign, campaignName: email.campaignName }),
  content: { templatePath: "@hubspot/email/dnd/welcome.html" },
  createdAt: iso(email.created),
  ...(email.archived ? { deletedAt: iso(email.updated) } : {}),
  emailTemplateMode: "DRAG_AND_DROP",
  from: { fromName: "Acme", replyTo: "hello@acme.example" },
  id: email.id,
  isAb: false,
  isPublished: email.state === "PUBLISHED" || email.state === "AUTOMATED",
  language: "en",
  name: email.name,
  publishDate: iso(email.publish),
  ...(email.state === "PUBLISHED" ? { publishedAt: iso(email.publish) } : {}),
  sendOnPublish: email.state !== "SCHEDULED",
  state: email.state,
  subcategory: email.state === "AUTOMATED" ? "automated" : "batch",
  subject: email.subject,
  type: email.state === "AUTOMATED" ? "AUTOMATED_EMAIL" : "BATCH_EMAIL",
  updatedAt: iso(email.updated),
  ...(withStats ? { stats: statsOf(email.sent) } : {}),
});

const statsOf = (sent: number) => {
  const share = (part: number): number => Math.round(sent * part);
  const delivered = share(0.985);
  const counters = {
    sent,
    open: share(0.41),
    delivered,
    bounce: sent - delivered,
    hardbounced: share(0.004),
    softbounced: sent - delivered - share(0.004),
    unsubscribed: share(0.003),
    click: share(0.062),
    reply: 0,
    dropped: 0,
    selected: sent,
    spamreport: share(0.0004),
    suppressed: 0,
    pending: 0,
    notsent: 0,
  };
  const ratio = (part: number): number => (sent === 0 ? 0 : (100 * part) / sent);
  return {
    counters,
    ratios: { openratio: ratio(counters.open), clickratio: ratio(counters.click), deliveredratio: ratio(delivered) },
    deviceBreakdown: {},
    qualifierStats: {},
  };
};

/** A company as the CRM gives it; HubSpot always adds these three properties. */
export const companyJson = (company: Company, asked: readonly string[]) => {
  const all: Readonly<Record<string, string>> = {
    name: company.name,
    domain: company.domain,
    lifecyclestage: "customer",
    numberofemployees: String(company.people),
    createdate: iso(company.created),
    hs_lastmodifieddate: iso(company.updated),
    hs_object_id: company.id,
  };
  return {
    id: company.id,
    properties: propertiesOf(all, [...asked, "createdate", "hs_lastmodifieddate", "hs_object_id"]),
    createdAt: iso(company.created),
    updatedAt: iso(company.updated),
    archived: company.archived,
    ...(company.archived ? { archivedAt: iso(company.updated) } : {}),
  };
};
