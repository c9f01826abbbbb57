import * as z from "zod";
import type { HookSetup, RegisteredHook, Setup } from "../../shared/connector/setup.ts";
import { ask } from "./ask.ts";
import type { Config } from "./config.ts";

const OF_FILES = "projects:read, file_metadata:read, file_versions:read, file_comments:read, file_dev_resources:read";

export const setup: Setup<Config> = {
  credentialAt: "https://www.figma.com/settings",
  asks: ["token", "tokenExpiresOn", "teams"],
  rights: { files: `${OF_FILES}; file_content:read for dev status`, nodes: "file_content:read" },
  smallest: (config) => ({ ...config, filesPerPage: 1 }),
};

/** What `webhook.ts` reads. Each needs a webhook of its own. */
const EVENTS = ["FILE_UPDATE", "FILE_VERSION_UPDATE", "FILE_COMMENT", "DEV_MODE_STATUS_UPDATE"];

const Hook = z.looseObject({ id: z.coerce.string(), event_type: z.string(), endpoint: z.string().nullish() });
const Hooks = z.looseObject({ webhooks: z.array(Hook) });

const partsOf = (scope: string): { readonly team: string; readonly event: string } => {
  const [team = "", event = ""] = scope.split("/", 2);
  return { team, event };
};
const registered = ({ id, endpoint }: z.output<typeof Hook>): RegisteredHook => ({ id, url: endpoint ?? "" });

/** One webhook for each team and event: https://developers.figma.com/docs/rest-api/webhooks-endpoints */
export const hooks: HookSetup<Config> = {
  right: "webhooks:read and webhooks:write, and admin of the team",
  scopes: ({ teams }) => teams.flatMap((team) => EVENTS.map((event) => `${team}/${event}`)),
  async list({ http }, scope) {
    const { team, event } = partsOf(scope);
    const query = new URLSearchParams({ context: "team", context_id: team });
    const { webhooks } = await ask(http, Hooks, `/v2/webhooks?${query}`);
    return webhooks.filter(({ event_type }) => event_type === event).map(registered);
  },
  async create({ http }, scope, { url, secret }) {
    const { team, event } = partsOf(scope);
    const made = await ask(http, Hook, "/v2/webhooks", {
      method: "POST",
      body: {
        event_type: event,
        context: "team",
        context_id: team,
        endpoint: url,
        passcode: secret,
        description: "Throughline",
      },
    });
    return registered(made);
  },
  async update({ http }, scope, id, { url, secret }) {
    const { event } = partsOf(scope);
    const wanted = { event_type: event, endpoint: url, passcode: secret, status: "ACTIVE" };
    await ask(http, Hook, `/v2/webhooks/${encodeURIComponent(id)}`, { method: "PUT", body: wanted });
  },
};
