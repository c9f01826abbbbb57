import { defineConnector, stream } from "../../shared/connector/contract.ts";
import type { Setup } from "../../shared/connector/setup.ts";
import { toldRights } from "../../shared/connector/wide-rights.ts";
import { Config, credentialOf, SCOPES } from "./config.ts";
import { normaliseAnnouncement, normaliseFeedback, normaliseUser } from "./normalise.ts";
import { Cursor, PeopleCursor, readMessages, readUsers, rereadMessages, START } from "./read.ts";
import { History, Message, User, Users } from "./schema.ts";
import { webhook } from "./webhook.ts";

const OF_MESSAGES = "channels:history and channels:read (groups:history and groups:read for private channels)";

const setup: Setup<Config> = {
  credentialAt: "https://api.slack.com/apps",
  asks: ["token", "announcements|feedback"],
  rights: { users: "users:read and users:read.email", announcements: OF_MESSAGES, feedback: OF_MESSAGES },
  smallest: (config) => ({ ...config, pageSize: 1 }),
  beyondReading: toldRights("/auth.test", /:(?:read|history|read\.email)$|^identify$/),
};

/** Slack: messages of named channels as announcements and feedback, and who wrote them. */
export default defineConnector<Config>({
  id: "slack",
  title: "Slack",
  category: "communication",
  docs: "https://docs.slack.dev",
  config: Config,
  http: (config) => ({
    baseUrl: config.baseUrl,
    headers: {},
    credential: credentialOf(config),
    requestsPerMinute: config.requestsPerMinute,
  }),
  streams: {
    users: stream<Config, User, PeopleCursor>({
      record: User,
      kinds: ["account"],
      normalise: normaliseUser,
      timeless: true,
      listed: (answer) => Users.safeParse(answer).data?.members,
      poll: { cursor: PeopleCursor, start: {}, read: (context, cursor) => readUsers(context, cursor) },
    }),
    announcements: stream<Config, Message, Cursor>({
      record: Message,
      kinds: ["announcement"],
      normalise: normaliseAnnouncement,
      listed: (answer) => History.safeParse(answer).data?.messages,
      poll: { cursor: Cursor, start: START, scopes: SCOPES.announcements, read: readMessages("announcements") },
      reread: rereadMessages("announcements"),
    }),
    feedback: stream<Config, Message, Cursor>({
      record: Message,
      kinds: ["feedback"],
      normalise: normaliseFeedback,
      listed: (answer) => History.safeParse(answer).data?.messages,
      poll: { cursor: Cursor, start: START, scopes: SCOPES.feedback, read: readMessages("feedback") },
      reread: rereadMessages("feedback"),
    }),
  },
  setup,
  webhook,
});
