import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import type { HookSetup, Setup } from "../../shared/connector/setup.ts";
import type { Config } from "./config.ts";
import { send } from "./graphql.ts";

export const setup: Setup<Config> = {
  credentialAt: "https://linear.app/settings/account/security",
  asks: ["apiKey", "teams"],
  rights: {
    teams: "Read",
    states: "Read",
    users: "Read",
    cycles: "Read",
    issues: "Read",
    projects: "Read",
    initiatives: "Read",
  },
  smallest: (config) => ({ ...config, pageSize: 1, listPageSize: 1 }),
};

/** What `webhook.ts` reads. */
const RESOURCES = [
  "Issue",
  "Comment",
  "Attachment",
  "Project",
  "ProjectUpdate",
  "Initiative",
  "InitiativeUpdate",
  "Cycle",
  "User",
];

const Hooks = z.looseObject({
  webhooks: z.looseObject({
    nodes: z.array(z.looseObject({ id: z.string(), url: z.string().nullish() })),
    pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  }),
});
const Made = z.looseObject({ success: z.literal(true), webhook: z.looseObject({ id: z.string() }) });
const Created = z.looseObject({ webhookCreate: Made });
const Updated = z.looseObject({ webhookUpdate: Made });

const LIST = `query WebhooksOfWorkspace($after: String) {
  webhooks(first: 50, after: $after) { nodes { id url } pageInfo { hasNextPage endCursor } }
}`;
const CREATE = `mutation CreateWebhook($input: WebhookCreateInput!) {
  webhookCreate(input: $input) { success webhook { id } }
}`;
const UPDATE = `mutation UpdateWebhook($id: String!, $input: WebhookUpdateInput!) {
  webhookUpdate(id: $id, input: $input) { success webhook { id } }
}`;

const told = <S extends z.ZodType>(shape: S, data: unknown): z.output<S> => {
  const parsed = shape.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new HubError("vendor_answer_unreadable", "Linear answered to a webhook in another shape than we read", {
    retry: "later",
  });
};

/** One webhook for all public teams of the workspace: https://linear.app/developers/webhooks */
export const hooks: HookSetup<Config> = {
  right: "Admin",
  async list({ http }) {
    const found: { id: string; url: string }[] = [];
    for (let after: string | null | undefined; ; ) {
      const { nodes, pageInfo } = told(Hooks, (await send(http, LIST, { after })).data).webhooks;
      found.push(...nodes.map(({ id, url }) => ({ id, url: url ?? "" })));
      if (!pageInfo.hasNextPage) return found;
      after = pageInfo.endCursor;
    }
  },
  async create({ http }, _, { url, secret }) {
    const input = {
      url,
      secret,
      label: "Throughline",
      resourceTypes: RESOURCES,
      allPublicTeams: true,
      enabled: true,
    };
    const { id } = told(Created, (await send(http, CREATE, { input })).data).webhookCreate.webhook;
    return { id, url };
  },
  async update({ http }, _, id, { url, secret }) {
    const input = { url, secret, resourceTypes: RESOURCES, enabled: true };
    told(Updated, (await send(http, UPDATE, { id, input })).data);
  },
};
