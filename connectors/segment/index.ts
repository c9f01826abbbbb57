import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { Config } from "./config.ts";
import { normaliseEvent, normaliseFeedback, normaliseGroup } from "./normalise.ts";
import { Event, Feedback, Group } from "./schema.ts";
import { listed, webhook } from "./webhook.ts";

/** Segment, or any tool that sends in its format: events counted by day, organisations, feedback. It only sends. */
export default defineConnector<Config>({
  id: "segment",
  title: "Segment",
  category: "data",
  docs: "https://www.twilio.com/docs/segment",
  config: Config,
  http: ({ baseUrl, requestsPerMinute }) => ({ baseUrl, headers: {}, requestsPerMinute }),
  streams: {
    // Two messages of one moment differ where the config changed between them: the later one is right.
    events: stream({
      record: Event,
      kinds: ["metric"],
      normalise: normaliseEvent,
      listed,
      timeless: true,
    }),
    groups: stream({
      record: Group,
      kinds: ["customer"],
      normalise: normaliseGroup,
      listed,
      timeless: true,
    }),
    feedback: stream({
      record: Feedback,
      kinds: ["feedback"],
      normalise: normaliseFeedback,
      listed,
      timeless: true,
    }),
  },
  setup: {
    credentialAt: "https://app.segment.com/goto-my-workspace/destinations/catalog/actions-webhook",
    asks: ["webhookSecret"],
    rights: {},
    smallest: (config) => config,
  },
  webhook,
});
