import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import type { HookSetup, RegisteredHook, Setup } from "../../shared/connector/setup.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import type { Config } from "./config.ts";

export const setup: Setup<Config> = {
  credentialAt: "https://id.atlassian.com/manage-profile/security/api-tokens",
  asks: ["site", "email", "apiToken", "apiTokenExpiresOn", "projects"],
  rights: {
    projects: "Browse projects",
    statuses: "Browse projects",
    versions: "Browse projects",
    sprints: "Browse projects (and Jira Software)",
    issues: "Browse projects",
  },
  smallest: (config) => ({ ...config, pageSize: 1, changelogPageSize: 1 }),
};

/** What `webhook.ts` reads. */
const ISSUE_EVENTS = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"];
const COMMENT_EVENTS = ["comment_created", "comment_updated", "comment_deleted"];
const ADMIN_EVENTS = [
  ...ISSUE_EVENTS,
  ...COMMENT_EVENTS,
  ...["worklog_created", "worklog_updated", "worklog_deleted"],
  ...["sprint_created", "sprint_updated", "sprint_started", "sprint_closed", "sprint_deleted"],
  ...["created", "updated", "released", "unreleased", "moved", "deleted"].map((what) => `jira:version_${what}`),
];

const AdminHook = z.looseObject({ self: z.string(), url: z.string() });
const DynamicHooks = z.looseObject({
  values: z.array(
    z.looseObject({ id: z.int(), url: z.string().nullish(), expirationDate: z.union([z.int(), z.string()]).nullish() }),
  ),
  isLast: z.boolean().nullish(),
});
const Registered = z.looseObject({
  webhookRegistrationResult: z.array(
    z.looseObject({ createdWebhookId: z.int().optional(), errors: z.array(z.string()).optional() }),
  ),
});

const ADMIN = "rest/webhooks/1.0/webhook";
const DYNAMIC = "rest/api/3/webhook";
const PAGE = 100;

const isDynamic = ({ oauth }: Config): boolean => oauth !== undefined;
const jqlOf = ({ projects }: Config): string =>
  projects.length === 0 ? "" : `project in (${projects.map((key) => `"${key}"`).join(", ")})`;
const adminHook = (config: Config, { url, secret }: { readonly url: string; readonly secret: string }) => ({
  name: "Throughline",
  url,
  secret,
  events: ADMIN_EVENTS,
  filters: { "issue-related-events-section": jqlOf(config) },
  excludeBody: false,
  enabled: true,
});
const idIn = ({ self, url }: z.output<typeof AdminHook>): RegisteredHook => ({
  id: self.slice(self.lastIndexOf("/") + 1),
  url,
});

/**
 * With an API token the webhooks of the site, which an administrator may set; with OAuth those of the app, which end
 * after 30 days unless they are renewed: https://developer.atlassian.com/cloud/jira/platform/webhooks/
 */
export const hooks: HookSetup<Config> = {
  right: "Administer Jira (with OAuth: scope manage:jira-webhook)",
  takesSecret: (config) => !isDynamic(config),
  async list({ http, config }) {
    if (!isDynamic(config)) return (await http.json(z.array(AdminHook), "GET", ADMIN)).map(idIn);
    const found: RegisteredHook[] = [];
    for (let startAt = 0; ; startAt += PAGE) {
      const page = await http.json(DynamicHooks, "GET", `${DYNAMIC}?startAt=${startAt}&maxResults=${PAGE}`);
      for (const { id, url, expirationDate } of page.values)
        found.push({ id: String(id), url: url ?? "", expiresAt: maybeInstant(expirationDate) });
      if (page.isLast !== false || page.values.length === 0) return found;
    }
  },
  async create({ http, config }, _, hook) {
    if (!isDynamic(config)) return idIn(await http.json(AdminHook, "POST", ADMIN, adminHook(config, hook)));
    if (config.projects.length === 0)
      throw new HubError("config_invalid", "name projects: Jira sends an app's webhooks for named ones only", {
        retry: "never",
      });
    const { webhookRegistrationResult: told } = await http.json(Registered, "POST", DYNAMIC, {
      url: hook.url,
      webhooks: [{ events: [...ISSUE_EVENTS, ...COMMENT_EVENTS], jqlFilter: jqlOf(config) }],
    });
    const id = told[0]?.createdWebhookId;
    if (id === undefined)
      throw new HubError("vendor_forbidden", "Jira refused the webhook's address or filter", { retry: "never" });
    return { id: String(id), url: hook.url };
  },
  async update({ http, config }, _, id, hook) {
    // Those of an app cannot be changed, and have nothing in them that would change but their end.
    if (!isDynamic(config)) await http.json(AdminHook, "PUT", `${ADMIN}/${id}`, adminHook(config, hook));
  },
  async renew({ http, config }, ids) {
    if (!isDynamic(config)) return;
    const shape = z.looseObject({ expirationDate: z.unknown() });
    await http.json(shape, "PUT", `${DYNAMIC}/refresh`, { webhookIds: ids.map(Number) });
  },
};
