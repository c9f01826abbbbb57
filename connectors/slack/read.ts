import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { ask } from "./ask.ts";
import { type Config, type MessageStream, streamsOf } from "./config.ts";
import { AuthTest, History, Info, Users } from "./schema.ts";

export type Context = ReadContext<Config>;

export const Cursor = z.object({
  /** The newest message that a whole walk has read: a `ts`. */
  newest: z.string(),
  /** A walk under way, newest first: where it goes on, down to what, and the newest that it saw. */
  walk: z.object({ next: z.string(), oldest: z.string(), newest: z.string() }).optional(),
});
export type Cursor = z.output<typeof Cursor>;
export const START: Cursor = { newest: "" };

const PAGES_AT_MOST = 10_000;

/** Messages that people or apps wrote; joins, topics and the like are none. */
const WRITTEN: ReadonlySet<string> = new Set(["bot_message", "file_share", "me_message", "thread_broadcast"]);
const Written = z.looseObject({ ts: z.string(), subtype: z.string().nullish(), thread_ts: z.string().nullish() });

/** Whether a message is a record: the first of a thread, or shown in the channel as well. */
export const isRecord = (message: unknown): boolean => {
  const { ts, subtype, thread_ts } = Written.safeParse(message).data ?? {};
  if (ts === undefined || (subtype && !WRITTEN.has(subtype))) return false;
  return !thread_ts || thread_ts === ts || subtype === "thread_broadcast";
};

/** Only what is read of a message is kept of it; https://docs.slack.dev/reference/events/message */
const KEPT = ["ts", "text", "subtype", "user", "bot_id", "thread_ts", "edited"];

const place = async ({ http, config }: Context, stream: MessageStream, channel: string) => {
  const { url } = await ask(http, AuthTest, "auth.test");
  const { name } = (await ask(http, Info, "conversations.info", { channel })).channel;
  const found = stream === "announcements" && config.announcements.find((one) => one.channel === channel);
  return {
    channel,
    channel_name: name,
    workspace_url: url,
    ...(found && { declared: { type: found.type, audience: found.audience } }),
  };
};

const recordsIn = (messages: readonly object[], where: object): unknown[] =>
  messages.filter(isRecord).map((message) => ({
    ...Object.fromEntries(Object.entries(message).filter(([name]) => KEPT.includes(name))),
    ...where,
  }));

/** A `ts` so many seconds earlier, in its own form. */
const before = (ts: string, seconds: number): string => {
  const [whole = "0", rest = "000000"] = ts.split(".", 2);
  return `${Math.max(0, Number(whole) - seconds)}.${rest}`;
};

/** Same length of whole seconds first: such texts compare as their numbers do, without being read as numbers. */
const later = (a: string, b: string): string => {
  const key = (ts: string) => ts.padStart(24, "0");
  return key(a) > key(b) ? a : b;
};

/** A channel's messages since the last whole walk, newest first: the cursor moves to them only after it. */
export const readMessages = (stream: MessageStream) =>
  async function* (context: Context, from: Cursor, channel: string): AsyncGenerator<Page<Cursor>, void, undefined> {
    const { http, config, signal } = context;
    const where = await place(context, stream, channel);
    const oldest = from.walk?.oldest ?? (from.newest === "" ? "0" : before(from.newest, config.overlapSeconds));
    let newest = from.walk?.newest ?? from.newest;
    let next = from.walk?.next;
    const seen = new Set(next === undefined ? [] : [next]);
    for (let page = 0; page < PAGES_AT_MOST; page += 1) {
      signal.throwIfAborted();
      const told = await ask(http, History, "conversations.history", {
        channel,
        oldest,
        inclusive: "true",
        limit: String(config.pageSize),
        ...(next !== undefined && { cursor: next }),
      });
      for (const { ts } of told.messages) newest = later(newest, ts);
      const following = told.response_metadata?.next_cursor || undefined;
      const records = recordsIn(told.messages, where);
      if (following === undefined) {
        if (told.has_more === true) throw broken();
        yield { records, cursor: { newest } };
        return;
      }
      if (seen.has(following)) throw broken();
      seen.add(following);
      next = following;
      yield { records, cursor: { newest: from.newest, walk: { next, oldest, newest } } };
    }
    throw broken();
  };

const broken = (): HubError =>
  new HubError("vendor_paging_broken", "Slack gave a page token twice, or none where more was announced", {
    retry: "later",
  });

/** Messages by `channel:ts`; what is gone, is no record or is of another channel is left out. */
export const rereadMessages =
  (stream: MessageStream) =>
  async (context: Context, ids: readonly string[]): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    for (const [channel, some] of Map.groupBy(ids, (id) => id.split(":", 1)[0] ?? "")) {
      if (!streamsOf(context.config, channel).includes(stream)) continue;
      const where = await place(context, stream, channel);
      for (const id of some) {
        const ts = id.slice(channel.length + 1);
        const query = { channel, latest: ts, oldest: ts, inclusive: "true", limit: "1" };
        const { messages } = await ask(context.http, History, "conversations.history", query);
        found.push(...recordsIn(messages, where).filter((one) => Written.parse(one).ts === ts));
      }
    }
    return found;
  };

const People = z.object({ next: z.string().optional() });
export const PeopleCursor = People;
export type PeopleCursor = z.output<typeof People>;

/** Everybody each time: Slack tells no list of changes. */
export async function* readUsers(context: Context, from: PeopleCursor): AsyncGenerator<Page<PeopleCursor>, void> {
  const { http, config } = context;
  let { next } = from;
  const seen = new Set(next === undefined ? [] : [next]);
  for (let page = 0; page < PAGES_AT_MOST; page += 1) {
    const told = await ask(http, Users, "users.list", {
      limit: String(config.pageSize),
      ...(next !== undefined && { cursor: next }),
    });
    next = told.response_metadata?.next_cursor || undefined;
    if (next !== undefined && seen.has(next)) throw broken();
    yield { records: told.members, cursor: next === undefined ? {} : { next } };
    if (next === undefined) return;
    seen.add(next);
  }
  throw broken();
}
