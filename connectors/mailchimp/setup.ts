import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import type { HookSetup, Setup } from "../../shared/connector/setup.ts";
import type { Config } from "./config.ts";

export const setup: Setup<Config> = {
  credentialAt: "https://us1.admin.mailchimp.com/account/api/",
  asks: ["apiKey", "audiences"],
  rights: {
    campaigns: "an API key of a user with the role Viewer or higher",
    automations: "an API key of a user with the role Viewer or higher",
    audiences: "an API key of a user with the role Viewer or higher",
  },
  smallest: (config) => ({ ...config, pageSize: 1 }),
};

const Hooks = z.looseObject({
  webhooks: z.array(z.looseObject({ id: z.string(), url: z.string().nullish() })),
});
const Hook = z.looseObject({ id: z.string() });

/** Where the secret stands, since Mailchimp signs nothing. */
export const SECRET = "secret";

const withSecret = (url: string, secret: string): string => {
  const address = new URL(url);
  address.searchParams.set(SECRET, secret);
  return address.href;
};

const withoutSecret = (url: string | null | undefined): string => {
  if (!url || !URL.canParse(url)) return "";
  const address = new URL(url);
  address.searchParams.delete(SECRET);
  return address.href;
};

/** Only the sending of campaigns: every other event carries the address of a person. */
const wanted = ({ url, secret }: { readonly url: string; readonly secret: string }) => ({
  url: withSecret(url, secret),
  events: { campaign: true, subscribe: false, unsubscribe: false, profile: false, cleaned: false, upemail: false },
  sources: { user: true, admin: true, api: true },
});

/** Webhooks belong to one audience each: https://mailchimp.com/developer/marketing/api/list-webhooks/ */
export const hooks: HookSetup<Config> = {
  right: "an API key of a user with the role Manager or higher",
  scopes: ({ audiences }) => {
    if (audiences !== undefined && audiences.length > 0) return audiences;
    throw new HubError("config_invalid", "name audiences: each of Mailchimp's webhooks belongs to one of them", {
      retry: "never",
    });
  },
  async list({ http }, audience) {
    const { webhooks } = await http.json(Hooks, "GET", `lists/${audience}/webhooks`);
    return webhooks.map(({ id, url }) => ({ id, url: withoutSecret(url) }));
  },
  async create({ http }, audience, hook) {
    const { id } = await http.json(Hook, "POST", `lists/${audience}/webhooks`, wanted(hook));
    return { id, url: hook.url };
  },
  async update({ http }, audience, id, hook) {
    await http.json(Hook, "PATCH", `lists/${audience}/webhooks/${id}`, wanted(hook));
  },
};
