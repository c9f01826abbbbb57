import * as z from "zod";

const text = z.string().nullish();
const number = z.number().nullish();
const flag = z.boolean().nullish();

/** https://mailchimp.com/developer/marketing/api/reports/get-campaign-report/ */
const Report = z.looseObject({
  id: text,
  emails_sent: number,
  abuse_reports: number,
  unsubscribed: number,
  bounces: z.looseObject({ hard_bounces: number, soft_bounces: number, syntax_errors: number }).nullish(),
  opens: z.looseObject({ unique_opens: number, proxy_excluded_unique_opens: number }).nullish(),
  clicks: z.looseObject({ unique_subscriber_clicks: number }).nullish(),
  ecommerce: z.looseObject({ total_orders: number, total_revenue: number, currency_code: text }).nullish(),
});
export type Report = z.output<typeof Report>;

const Summary = z.looseObject({ unique_opens: number, subscriber_clicks: number });
const Recipients = z.looseObject({ list_id: text, list_name: text, segment_text: text, recipient_count: number });

/** https://mailchimp.com/developer/marketing/api/campaigns/get-campaign-info/; the reader puts its report on it. */
export const Campaign = z.looseObject({
  id: z.string().min(1),
  web_id: z.number().nullish(),
  parent_campaign_id: text,
  type: text,
  create_time: text,
  status: text,
  emails_sent: number,
  send_time: text,
  long_archive_url: text,
  recipients: Recipients.nullish(),
  settings: z.looseObject({ subject_line: text, title: text }).nullish(),
  tracking: z.looseObject({ google_analytics: text }).nullish(),
  report_summary: Summary.nullish(),
  report: Report.nullish(),
});
export type Campaign = z.output<typeof Campaign>;

/** https://mailchimp.com/developer/marketing/api/automation/list-automations/ */
export const Automation = z.looseObject({
  id: z.string().min(1),
  create_time: text,
  start_time: text,
  status: text,
  emails_sent: number,
  recipients: Recipients.nullish(),
  settings: z.looseObject({ title: text }).nullish(),
  tracking: z.looseObject({ google_analytics: text }).nullish(),
  report_summary: Summary.nullish(),
});
export type Automation = z.output<typeof Automation>;

/** https://mailchimp.com/developer/marketing/api/list-growth-history/list-growth-history-data/ */
const Growth = z.looseObject({ month: text, subscribed: number });

/** https://mailchimp.com/developer/marketing/api/lists/get-list-info/; the reader puts its growth history on it. */
export const Audience = z.looseObject({
  id: z.string().min(1),
  web_id: z.number().nullish(),
  name: text,
  date_created: text,
  subscribe_url_long: text,
  marketing_permissions: flag,
  stats: z.looseObject({ member_count: number, unsubscribe_count: number, cleaned_count: number }).nullish(),
  growth: z.array(Growth).nullish(),
});
export type Audience = z.output<typeof Audience>;
