import * as z from "zod";

const text = z.string().nullish();
const number = z.number().nullish();
const id = z.union([z.string().min(1), z.int()]).transform(String);
const pointer = id.nullish().catch(undefined);
const Tags = z.looseObject({ tags: z.array(z.looseObject({ name: text })).nullish() }).nullish();
const Attributes = z.record(z.string(), z.unknown()).nullish();
const LinkedObjects = z
  .looseObject({ data: z.array(z.looseObject({ type: text, id: pointer, category: text })).nullish() })
  .nullish();

/** Times are epoch seconds. `workspace` and `region` are set by the reader: no record tells where people open it. */
const common = {
  id,
  created_at: number,
  updated_at: number,
  admin_assignee_id: pointer,
  team_assignee_id: pointer,
  linked_objects: LinkedObjects,
  workspace: text,
  region: text,
};

/** https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations/conversation */
export const Conversation = z.looseObject({
  ...common,
  title: text,
  state: text,
  priority: text,
  source: z.looseObject({ type: text, subject: text, body: text }).nullish(),
  company: z.looseObject({ id: pointer }).nullish(),
  tags: Tags,
  custom_attributes: Attributes,
  external_references: z.array(z.looseObject({ type: text, id: pointer })).nullish(),
  conversation_rating: z.looseObject({ rating: number, remark: text, created_at: number }).nullish(),
  sla_applied: z.looseObject({ sla_status: text }).nullish(),
  statistics: z
    .looseObject({
      time_to_admin_reply: number,
      time_to_last_close: number,
      first_admin_reply_at: number,
      last_close_at: number,
      count_reopens: number,
    })
    .nullish(),
});
export type Conversation = z.output<typeof Conversation>;

/** https://developers.intercom.com/docs/references/rest-api/api.intercom.io/tickets/ticket */
export const Ticket = z.looseObject({
  ...common,
  ticket_id: pointer,
  category: text,
  ticket_attributes: Attributes,
  ticket_state: z.looseObject({ id: pointer, category: text, internal_label: text }).nullish(),
  ticket_type: z.looseObject({ name: text }).nullish(),
  open: z.boolean().nullish(),
  company_id: pointer,
});
export type Ticket = z.output<typeof Ticket>;

/** https://developers.intercom.com/docs/references/rest-api/api.intercom.io/companies/company */
export const Company = z.looseObject({
  id,
  name: text,
  company_id: text,
  website: text,
  size: number,
  plan: z.looseObject({ name: text }).nullish(),
  tags: Tags,
  created_at: number,
  updated_at: number,
  workspace: text,
  region: text,
});
export type Company = z.output<typeof Company>;

/** https://developers.intercom.com/docs/references/rest-api/api.intercom.io/admins/admin */
export const Admin = z.looseObject({ id, name: text, email: text, workspace: text, region: text });
export type Admin = z.output<typeof Admin>;

/** https://developers.intercom.com/docs/references/rest-api/api.intercom.io/teams/team */
export const Team = z.looseObject({ id, name: text, workspace: text, region: text });
export type Team = z.output<typeof Team>;
