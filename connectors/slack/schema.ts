import * as z from "zod";

const text = z.string().nullish();
/** A moment that is an id as well: digits on both sides of a point, never read as one number. */
const Ts = z.string().regex(/^\d{1,12}\.\d{6}$/);

/** https://docs.slack.dev/reference/events/message, and where it stands. */
export const Message = z.looseObject({
  ts: Ts,
  channel: text,
  channel_name: text,
  /** Of the workspace, e.g. `https://acme.slack.com/`. */
  workspace_url: text,
  text,
  subtype: text,
  user: text,
  username: text,
  bot_id: text,
  thread_ts: text,
  edited: z.looseObject({ ts: text }).nullish(),
  /** What the config says of its channel. */
  declared: z.looseObject({ type: text, audience: text }).nullish(),
});
export type Message = z.output<typeof Message>;

/** https://docs.slack.dev/reference/objects/user-object */
export const User = z.looseObject({
  id: z.string().min(1),
  name: text,
  real_name: text,
  deleted: z.boolean().nullish(),
  is_bot: z.boolean().nullish(),
  updated: z.number().nullish(),
  profile: z.looseObject({ email: text, real_name: text, display_name: text }).nullish(),
});
export type User = z.output<typeof User>;

const Next = z.looseObject({ next_cursor: text }).nullish();
const Raw = z.looseObject({ ts: z.string() });

/** https://docs.slack.dev/reference/methods/conversations.history */
export const History = z.looseObject({
  messages: z.array(Raw),
  has_more: z.boolean().nullish(),
  response_metadata: Next,
});
/** https://docs.slack.dev/reference/methods/users.list */
export const Users = z.looseObject({ members: z.array(z.looseObject({ id: z.string() })), response_metadata: Next });
/** https://docs.slack.dev/reference/methods/conversations.info */
export const Info = z.looseObject({ channel: z.looseObject({ id: z.string(), name: text }) });
/** https://docs.slack.dev/reference/methods/auth.test */
export const AuthTest = z.looseObject({ url: z.string() });
