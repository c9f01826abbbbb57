import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import type { HookSetup, Setup } from "../../shared/connector/setup.ts";
import type { Config } from "./config.ts";

export const setup: Setup<Config> = {
  credentialAt: "https://admin.typeform.com/user/tokens",
  asks: ["accessToken", "forms"],
  rights: { forms: "forms:read", responses: "responses:read" },
  smallest: (config) => ({ ...config, pageSize: 1, responsePageSize: 1 }),
};

const Hooks = z.looseObject({ items: z.array(z.looseObject({ tag: z.string(), url: z.string().nullish() })) });

/** Webhooks are known by a name of the caller's; there is one for each form. */
const TAG = "throughline";

const wanted = ({ url, secret }: { readonly url: string; readonly secret: string }) => ({
  url,
  secret,
  // Off unless told.
  enabled: true,
  verify_ssl: true,
  event_types: { form_response: true },
});

/** https://www.typeform.com/developers/webhooks/reference/create-or-update-webhook/ */
export const hooks: HookSetup<Config> = {
  right: "webhooks:write",
  scopes: ({ forms }) => {
    if (forms !== undefined && forms.length > 0) return forms;
    throw new HubError("config_invalid", "name forms: each of Typeform's webhooks belongs to one of them", {
      retry: "never",
    });
  },
  async list({ http }, form) {
    const { items } = await http.json(Hooks, "GET", `forms/${form}/webhooks`);
    return items.map(({ tag, url }) => ({ id: tag, url: url ?? "" }));
  },
  async create({ http }, form, hook) {
    await http.json(z.looseObject({}), "PUT", `forms/${form}/webhooks/${TAG}`, wanted(hook));
    return { id: TAG, url: hook.url };
  },
  async update({ http }, form, tag, hook) {
    await http.json(z.looseObject({}), "PUT", `forms/${form}/webhooks/${tag}`, wanted(hook));
  },
};
