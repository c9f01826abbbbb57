import * as z from "zod";

const text = z.string().nullish();
const number = z.number().nullish();
/** Numbers above 2^53 are none of Zendesk's today; as text they stay what they are. */
const id = z.union([z.string().min(1), z.int()]).transform(String);
const pointer = id.nullish().catch(undefined);
const Minutes = z.looseObject({ calendar: number, business: number }).nullish();

/** https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_metrics/ */
const MetricSet = z.looseObject({
  reopens: number,
  replies: number,
  solved_at: text,
  reply_time_in_minutes: Minutes,
  full_resolution_time_in_minutes: Minutes,
});

/** https://developer.zendesk.com/documentation/ticketing/using-the-zendesk-api/side_loading/ (`slas`) */
const PolicyMetric = z.looseObject({ metric: text, stage: text, breach_at: text });

/** https://developer.zendesk.com/api-reference/ticketing/jira/links/ */
const JiraLink = z.looseObject({ issue_key: text });

/**
 * https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/; `jira_links` and `feature_fields` are set by the
 * reader: the links of Zendesk's own Jira integration, and the ids of the custom fields that name a feature.
 */
export const Ticket = z.looseObject({
  id,
  url: text,
  subject: text,
  description: text,
  status: text,
  custom_status_id: pointer,
  priority: text,
  type: text,
  tags: z.array(z.string()).nullish(),
  organization_id: pointer,
  assignee_id: pointer,
  group_id: pointer,
  brand_id: pointer,
  problem_id: pointer,
  via: z.looseObject({ channel: z.union([z.string(), z.number()]).nullish() }).nullish(),
  satisfaction_rating: z.looseObject({ score: text, reason: text }).nullish(),
  custom_fields: z.array(z.looseObject({ id: pointer, value: z.unknown().optional() })).nullish(),
  created_at: text,
  updated_at: text,
  metric_set: MetricSet.nullish(),
  slas: z.looseObject({ policy_metrics: z.array(PolicyMetric).nullish() }).nullish(),
  jira_links: z.array(JiraLink).nullish(),
  feature_fields: z.array(z.string()).nullish(),
});
export type Ticket = z.output<typeof Ticket>;

/** https://developer.zendesk.com/api-reference/ticketing/ticket-management/satisfaction_ratings/ */
export const Rating = z.looseObject({
  id,
  url: text,
  ticket_id: pointer,
  score: text,
  comment: text,
  reason: text,
  created_at: text,
  updated_at: text,
});
export type Rating = z.output<typeof Rating>;

/** https://developer.zendesk.com/api-reference/ticketing/organizations/organizations/ */
export const Organization = z.looseObject({
  id,
  url: text,
  name: text,
  domain_names: z.array(z.string()).nullish(),
  tags: z.array(z.string()).nullish(),
  deleted_at: text,
  created_at: text,
  updated_at: text,
});
export type Organization = z.output<typeof Organization>;

/** https://developer.zendesk.com/api-reference/ticketing/users/users/ */
export const User = z.looseObject({
  id,
  url: text,
  name: text,
  email: text,
  role: text,
  active: z.boolean().nullish(),
  suspended: z.boolean().nullish(),
  created_at: text,
  updated_at: text,
});
export type User = z.output<typeof User>;

/** https://developer.zendesk.com/api-reference/ticketing/groups/groups/ */
export const Group = z.looseObject({
  id,
  url: text,
  name: text,
  deleted: z.boolean().nullish(),
  created_at: text,
  updated_at: text,
});
export type Group = z.output<typeof Group>;
