import type { Audience, Automation, Campaign } from "./campaigns.ts";

/** Mailchimp's times end in `+00:00` and are empty where there is none. */
const time = (at: number | undefined): string =>
  at === undefined ? "" : `${new Date(at).toISOString().slice(0, 19)}+00:00`;

const share = (sent: number, part: number): number => Math.round(sent * part);
/** Mail privacy opens what nobody read. */
const opensOf = (sent: number) => ({ unique: share(sent, 0.52), withoutProxies: share(sent, 0.31) });

const summaryOf = (sent: number) => ({
  opens: share(sent, 0.7),
  unique_opens: opensOf(sent).unique,
  open_rate: sent === 0 ? 0 : opensOf(sent).unique / sent,
  clicks: share(sent, 0.08),
  subscriber_clicks: share(sent, 0.055),
  click_rate: sent === 0 ? 0 : 0.055,
});

const recipientsOf = (audience: Audience) => ({
  list_id: audience.id,
  list_is_active: true,
  list_name: audience.name,
  segment_text: "",
  recipient_count: audience.members,
});

const trackingOf = (slug: string) => ({ opens: true, html_clicks: true, text_clicks: false, google_analytics: slug });

export const campaignJson = (campaign: Campaign, audience: Audience) => ({
  id: campaign.id,
  web_id: campaign.webId,
  type: "regular",
  create_time: time(campaign.created),
  archive_url: `http://eepurl.com/${campaign.id}`,
  long_archive_url: `https://us21.campaign-archive.com/?u=0acme0&id=${campaign.id}`,
  status: campaign.status,
  emails_sent: campaign.sent,
  send_time: time(campaign.sendTime),
  content_type: "template",
  recipients: recipientsOf(audience),
  settings: {
    subject_line: campaign.subject,
    title: campaign.title,
    from_name: "Acme",
    reply_to: "hello@acme.example",
  },
  tracking: trackingOf(campaign.slug),
  ...(campaign.status === "sent" ? { report_summary: summaryOf(campaign.sent) } : {}),
  delivery_status: { enabled: campaign.status === "sent" },
});

export const reportJson = (campaign: Campaign, audience: Audience) => {
  const { sent } = campaign;
  const { opens, open_rate, clicks, click_rate } = summaryOf(sent);
  return {
    id: campaign.id,
    campaign_title: campaign.title,
    type: "regular",
    list_id: audience.id,
    list_name: audience.name,
    subject_line: campaign.subject,
    emails_sent: sent,
    abuse_reports: share(sent, 0.0005),
    unsubscribed: share(sent, 0.004),
    send_time: time(campaign.sendTime),
    bounces: { hard_bounces: share(sent, 0.006), soft_bounces: share(sent, 0.009), syntax_errors: 0 },
    forwards: { forwards_count: 0, forwards_opens: 0 },
    opens: {
      opens_total: opens,
      unique_opens: opensOf(sent).unique,
      open_rate,
      proxy_excluded_opens: share(sent, 0.4),
      proxy_excluded_unique_opens: opensOf(sent).withoutProxies,
      last_open: time(campaign.sendTime),
    },
    clicks: {
      clicks_total: clicks,
      unique_clicks: share(sent, 0.06),
      unique_subscriber_clicks: share(sent, 0.055),
      click_rate,
      last_click: time(campaign.sendTime),
    },
    ecommerce: {
      total_orders: share(sent, 0.002),
      total_spent: share(sent, 0.09),
      total_revenue: share(sent, 0.09),
      currency_code: "EUR",
    },
  };
};

export const automationJson = (automation: Automation, audience: Audience) => ({
  id: automation.id,
  create_time: time(automation.started),
  start_time: time(automation.started),
  status: automation.status,
  emails_sent: automation.sent,
  recipients: recipientsOf(audience),
  settings: { title: automation.title, from_name: "Acme", reply_to: "hello@acme.example" },
  tracking: trackingOf(""),
  report_summary: summaryOf(automation.sent),
});

export const audienceJson = (audience: Audience) => ({
  id: audience.id,
  web_id: audience.webId,
  name: audience.name,
  contact: { company: "Acme", address1: "1 Example Street", city: "London", country: "GB" },
  campaign_defaults: { from_name: "Acme", from_email: "hello@acme.example", subject: "", language: "en" },
  date_created: time(audience.created),
  subscribe_url_long: `https://acme.us21.list-manage.com/subscribe?u=0acme0&id=${audience.id}`,
  visibility: "prv",
  stats: {
    member_count: audience.members,
    unsubscribe_count: audience.months.at(-1)?.unsubscribed ?? 0,
    cleaned_count: 7,
    campaign_count: 12,
    open_rate: 41.5,
    click_rate: 5.5,
  },
});

export const growthJson = (audience: Audience) =>
  audience.months.map(({ month, subscribed, unsubscribed }) => ({
    list_id: audience.id,
    month,
    existing: 0,
    imports: 0,
    optins: 0,
    subscribed,
    unsubscribed,
    reconfirm: 0,
    cleaned: 7,
    pending: 0,
    deleted: 0,
    transactional: 0,
  }));

/** Only the named fields, with dots into objects and through lists; everything if none is named. */
export const only = (value: unknown, fields: string | null): unknown => {
  if (fields === null || fields === "") return value;
  const paths = fields.split(",").map((path) => path.split("."));
  return kept(value, paths);
};

const kept = (value: unknown, paths: readonly (readonly string[])[]): unknown => {
  if (Array.isArray(value)) return value.map((part) => kept(part, paths));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => {
      const below = paths.filter(([first]) => first === name).map(([, ...rest]) => rest);
      if (below.length === 0) return [];
      return [[name, below.some((rest) => rest.length === 0) ? part : kept(part, below)]];
    }),
  );
};
