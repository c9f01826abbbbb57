import { campaignReferences } from "../../shared/domain/campaign-links.ts";
import type { CustomField, Draft } from "../../shared/domain/entity.ts";
import type { CAMPAIGN_CHANNELS, CAMPAIGN_STATUSES, METRIC_KINDS } from "../../shared/domain/fields-around.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import type { Audience, Automation, Campaign, Report } from "./schema.ts";

/** `archived` says nothing of whether it was sent, so it stays unknown. */
const STATUSES: Table<(typeof CAMPAIGN_STATUSES)[number]> = new Map([
  ["save", "draft"],
  ["schedule", "scheduled"],
  ["sending", "sending"],
  ["sent", "sent"],
  ["paused", "paused"],
  ["canceling", "cancelled"],
  ["canceled", "cancelled"],
]);

const CHANNELS: Table<(typeof CAMPAIGN_CHANNELS)[number]> = new Map(
  ["regular", "plaintext", "absplit", "variate", "rss", "automation", "automation-email"].map((type) => [
    type,
    "email",
  ]),
);

/** What was counted counts only once something went out: Mailchimp gives 0 for all of it before. */
const GONE_OUT: ReadonlySet<string> = new Set(["sent", "sending", "paused"]);

type Number_ = number | null | undefined;
const count = (told: Number_): number | undefined =>
  typeof told === "number" && Number.isInteger(told) && told >= 0 ? told : undefined;
const sum = (...told: Number_[]): number | undefined =>
  told.some((one) => count(one) !== undefined)
    ? told.reduce<number>((all, one) => all + (count(one) ?? 0), 0)
    : undefined;

/** Counts of the report; those of the campaign's own summary while there is none. */
const reach = (report: Report | undefined, summary: Campaign["report_summary"], sent: Number_) => {
  const { bounces, opens, clicks, ecommerce } = report ?? {};
  return {
    sent: count(report?.emails_sent ?? sent),
    opens: count(opens?.unique_opens ?? summary?.unique_opens),
    clicks: count(clicks?.unique_subscriber_clicks ?? summary?.subscriber_clicks),
    unsubscribes: count(report?.unsubscribed),
    bounces: sum(bounces?.hard_bounces, bounces?.soft_bounces, bounces?.syntax_errors),
    complaints: count(report?.abuse_reports),
    conversions: count(ecommerce?.total_orders),
    revenue:
      typeof ecommerce?.total_revenue === "number" && ecommerce.currency_code
        ? { amount: ecommerce.total_revenue, currency: ecommerce.currency_code }
        : undefined,
  };
};

const audienceOf = (recipients: Campaign["recipients"]) => ({
  audience: [recipients?.list_name, recipients?.segment_text].find((name) => !!name) || undefined,
  audienceSize: count(recipients?.recipient_count),
});

const scopesOf = (recipients: Campaign["recipients"]): string[] => (recipients?.list_id ? [recipients.list_id] : []);

const utmOf = (slug: string | null | undefined) => (slug?.trim() ? { campaign: slug.trim() } : undefined);

/** The page of the app: its host is that of the data centre, which only the archive's address tells. */
const pageOf = (archive: string | null | undefined, path: string): string => {
  const center = /^https?:\/\/([a-z]{2,4}\d{1,4})\./.exec(archive ?? "")?.[1];
  return center === undefined ? "https://admin.mailchimp.com" : `https://${center}.admin.mailchimp.com/${path}`;
};

/** Opens without those that mail privacy features made, where Mailchimp tells them. */
const withoutProxies = (report: Report | undefined): CustomField[] => {
  const value = count(report?.opens?.proxy_excluded_unique_opens);
  const fieldId = "proxy_excluded_unique_opens";
  return value === undefined ? [] : [{ fieldId, name: "Opens without mail privacy", type: "number", value }];
};

const parentNoun = (type: string | null | undefined): string =>
  type?.startsWith("automation") ? "automation" : "campaign";

/** A campaign with its report. Mailchimp tells when it was made and sent, and no time of change. */
export const normaliseCampaign = (campaign: Campaign): readonly Draft[] => {
  const { settings, recipients, report_summary: summary } = campaign;
  const report = campaign.report ?? undefined;
  const status = mapWord({ name: campaign.status ?? "" }, STATUSES);
  const isOut = GONE_OUT.has(status.category) && count(campaign.emails_sent) !== 0;
  const numbers = isOut ? reach(report, summary, campaign.emails_sent) : undefined;
  const sendTime = maybeInstant(campaign.send_time);
  const utm = utmOf(campaign.tracking?.google_analytics);
  const parent = campaign.parent_campaign_id || undefined;
  const draft: Draft<"campaign"> = {
    kind: "campaign",
    external: {
      noun: "campaign",
      id: campaign.id,
      url: pageOf(campaign.long_archive_url, `campaigns/show/?id=${campaign.web_id ?? ""}`),
    },
    scopes: scopesOf(recipients),
    createdAt: maybeInstant(campaign.create_time),
    updatedAt: TIMELESS,
    references: campaignReferences({ names: [settings?.title, settings?.subject_line], utm: utm?.campaign }),
    fields: {
      name: settings?.title || settings?.subject_line || campaign.id,
      subject: settings?.subject_line || undefined,
      channel: mapWord({ name: campaign.type ?? "" }, CHANNELS),
      status,
      parentId: parent === undefined ? undefined : { kind: "campaign", noun: parentNoun(campaign.type), id: parent },
      ...audienceOf(recipients),
      scheduledAt: status.category === "scheduled" ? sendTime : undefined,
      sentAt: isOut ? sendTime : undefined,
      ...numbers,
      utm,
    },
    customFields: isOut ? withoutProxies(report) : [],
  };
  return [draft];
};

/** An automation sends as long as it is on. */
export const normaliseAutomation = (automation: Automation): readonly Draft[] => {
  const { settings, recipients, report_summary: summary } = automation;
  const status = mapWord({ name: automation.status ?? "" }, STATUSES);
  const utm = utmOf(automation.tracking?.google_analytics);
  const hasSent = (count(automation.emails_sent) ?? 0) > 0;
  const draft: Draft<"campaign"> = {
    kind: "campaign",
    external: { noun: "automation", id: automation.id, url: "https://admin.mailchimp.com/customer-journey/" },
    scopes: scopesOf(recipients),
    createdAt: maybeInstant(automation.create_time),
    updatedAt: TIMELESS,
    references: campaignReferences({ names: [settings?.title], utm: utm?.campaign }),
    fields: {
      name: settings?.title || automation.id,
      channel: mapWord({ name: "automation" }, CHANNELS),
      status,
      ...audienceOf(recipients),
      sentAt: hasSent ? maybeInstant(automation.start_time) : undefined,
      ...(hasSent ? reach(undefined, summary, automation.emails_sent) : {}),
      utm,
    },
  };
  return [draft];
};

const METRICS: Table<(typeof METRIC_KINDS)[number]> = new Map([["audience", "engagement"]]);
const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;
const POINTS_AT_MOST = 2000;

/** An audience as the series of its size at the end of each month; of the people in it nothing is read. */
export const normaliseAudience = (audience: Audience): readonly Draft[] => {
  const points = (audience.growth ?? [])
    .flatMap(({ month, subscribed }) => {
      const value = count(subscribed);
      return month && MONTH.test(month) && value !== undefined ? [{ at: `${month}-01`, value }] : [];
    })
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .slice(-POINTS_AT_MOST);
  const stats: readonly (readonly [string, string, Number_])[] = [
    ["member_count", "Members now", audience.stats?.member_count],
    ["unsubscribe_count", "Unsubscribed since it began", audience.stats?.unsubscribe_count],
    ["cleaned_count", "Cleaned since it began", audience.stats?.cleaned_count],
  ];
  const draft: Draft<"metric"> = {
    kind: "metric",
    external: {
      noun: "audience",
      id: audience.id,
      url: pageOf(
        audience.subscribe_url_long?.replace(/^(https?:\/\/)[^/]*?\.(?=[a-z]{2,4}\d{1,4}\.list-manage)/, "$1"),
        `audience/?id=${audience.web_id ?? ""}`,
      ),
    },
    scopes: [audience.id],
    createdAt: maybeInstant(audience.date_created),
    updatedAt: TIMELESS,
    fields: {
      name: `Audience: ${audience.name || audience.id}`,
      key: audience.id,
      shape: "series",
      type: mapWord({ name: "audience" }, METRICS),
      direction: "up_good",
      unit: "subscribers",
      query: "subscribed contacts at the end of each month",
      interval: "month",
      points: points.length > 0 ? points : undefined,
    },
    customFields: stats.flatMap(([fieldId, name, told]) => {
      const value = count(told);
      return value === undefined ? [] : [{ fieldId, name, type: "number", value }];
    }),
  };
  return [draft];
};
