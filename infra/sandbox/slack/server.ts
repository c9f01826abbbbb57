import { people } from "../company/people.ts";
import { Budget } from "../http/budget.ts";
import type { Answer, Asked } from "../http/server.ts";
import type { OpenSite } from "../site/site.ts";
import { type Channel, channelsOf, Messages, messageJson, TEAM, userId, userJson, WORKSPACE } from "./messages.ts";
import { slackVerbs } from "./verbs.ts";

const TOKEN = "xoxb-sandbox-slack-token";

/** The scope that each method needs. */
const SCOPES: Readonly<Record<string, string>> = {
  "conversations.info": "channels:read",
  "conversations.history": "channels:history",
  "users.list": "users:read",
};

/** Slack answers 200 whatever happens; what went wrong is in the body. */
const failed = (error: string, more: object = {}): Answer => ({ status: 200, json: { ok: false, error, ...more } });
const told = (json: object): Answer => ({ status: 200, json: { ok: true, ...json } });

/** The Web API over the made-up company: https://docs.slack.dev/reference/methods */
export const slackSite: OpenSite = (world) => {
  const messages = new Messages(world);
  const channels = channelsOf(world);
  const granted = new Set(Object.values(SCOPES));
  const budget = new Budget(10_000, 60_000, () => world.clock);
  const methods: Readonly<Record<string, (asked: Asked) => Answer>> = {
    "auth.test": () => told({ url: WORKSPACE, team: "Acme", user: "throughline", team_id: TEAM, user_id: userId(99) }),
    "conversations.info": ({ query }) => {
      const channel = channels.find(({ id }) => id === query.get("channel"));
      return channel === undefined ? failed("channel_not_found") : told({ channel: channelJson(channel) });
    },
    "conversations.history": ({ query }) => historyAnswer(messages, channels, query),
    "users.list": ({ query }) => usersAnswer(query),
  };
  return {
    vendor: (asked) => {
      const name = asked.path.slice(1);
      const method = methods[name];
      if (method === undefined) return failed("unknown_method");
      const given = asked.headers.authorization;
      if (given === undefined) return failed("not_authed");
      if (given !== `Bearer ${TOKEN}`) return failed("invalid_auth");
      const needed = SCOPES[name];
      if (needed !== undefined && !granted.has(needed))
        return failed("missing_scope", { needed, provided: [...granted].join(",") });
      const spent = budget.spend(1);
      if (!spent.allowed)
        return {
          status: 429,
          headers: { "retry-after": String(spent.retryAfterSeconds) },
          json: { ok: false, error: "ratelimited" },
        };
      const answer = method(asked);
      return { ...answer, headers: { "x-oauth-scopes": [...granted].join(","), ...answer.headers } };
    },
    settings: {
      token: TOKEN,
      announcements: world.company.products.map(({ index }) => ({ channel: `C0RELEASES${index}`, type: "launch" })),
      feedback: world.company.products.map(({ index }) => `C0FEEDBACK${index}`),
    },
    scopes: (product) =>
      channels
        .filter((one) => world.company.products[one.product]?.name === product && one.isMember)
        .map(({ id }) => id),
    verbs: {
      ...slackVerbs(messages, channels),
      scope: [
        "name, on?: the app has or has not that scope",
        (_, { name, on }) => {
          if (on === false) granted.delete(String(name));
          else granted.add(String(name));
          return { changed: [{ tracker: "slack", kind: "scope", id: name }], hooks: [] };
        },
      ],
    },
    budgets: { "": budget },
    reset: () => {
      messages.reset();
      for (const scope of Object.values(SCOPES)) granted.add(scope);
    },
  };
};

const channelJson = ({ id, name, isMember }: Channel) => ({
  id,
  name,
  name_normalized: name,
  is_channel: true,
  is_private: false,
  is_archived: false,
  is_ext_shared: false,
  is_member: isMember,
  context_team_id: TEAM,
});

/** A page's limit; absent if it is none that Slack takes. */
const limitOf = (query: URLSearchParams, standard: number, most: number): number | undefined => {
  const limit = Number(query.get("limit") ?? standard);
  return Number.isInteger(limit) && limit >= 1 && limit <= most ? limit : undefined;
};

const historyAnswer = (messages: Messages, channels: readonly Channel[], query: URLSearchParams): Answer => {
  const channel = channels.find(({ id }) => id === query.get("channel"));
  if (channel === undefined) return failed("channel_not_found");
  if (!channel.isMember) return failed("not_in_channel");
  const limit = limitOf(query, 100, 999);
  if (limit === undefined) return failed("invalid_limit");
  const [oldest, latest] = [query.get("oldest") ?? "0", query.get("latest") ?? "9999999999.999999"];
  const isInclusive = query.get("inclusive") === "true";
  const key = (ts: string) => ts.padStart(24, "0");
  const inside = ({ ts }: { readonly ts: string }) => {
    const [at, low, high] = [key(ts), key(oldest.includes(".") ? oldest : `${oldest}.000000`), key(latest)];
    return isInclusive ? at >= low && at <= high : at > low && at < high;
  };
  const cursor = query.get("cursor");
  const from = cursor === null ? undefined : Buffer.from(cursor, "base64").toString("utf8").replace("next_ts:", "");
  if (from !== undefined && !/^\d+\.\d+$/.test(from)) return failed("invalid_cursor");
  const all = messages.in(channel.id).filter(({ thread, ts }) => thread === undefined || thread === ts);
  const rows = all.filter(inside).filter(({ ts }) => from === undefined || key(ts) <= key(from));
  const following = rows[limit];
  return told({
    messages: rows.slice(0, limit).map(messageJson),
    has_more: following !== undefined,
    pin_count: 0,
    ...(following !== undefined && {
      response_metadata: { next_cursor: Buffer.from(`next_ts:${following.ts}`).toString("base64") },
    }),
  });
};

const usersAnswer = (query: URLSearchParams): Answer => {
  const limit = limitOf(query, 1000, 1000);
  if (limit === undefined) return failed("invalid_limit");
  const cursor = query.get("cursor");
  const start = cursor === null ? 0 : Number(Buffer.from(cursor, "base64").toString("utf8").replace("user:", ""));
  if (!Number.isInteger(start) || start < 0) return failed("invalid_cursor");
  const isMore = start + limit < people.length;
  return told({
    members: people.slice(start, start + limit).map(({ index }) => userJson(index, true)),
    cache_ts: 1_767_225_600,
    response_metadata: { next_cursor: isMore ? Buffer.from(`user:${start + limit}`).toString("base64") : "" },
  });
};
