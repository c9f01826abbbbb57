import * as z from "zod";
import type { HookSetup, RegisteredHook, Setup, WantedHook } from "../../shared/connector/setup.ts";
import type { Config } from "./config.ts";
import { pathOf } from "./pages.ts";

export const setup: Setup<Config> = {
  credentialAt: "https://app.launchdarkly.com/settings/authorization",
  asks: ["accessToken", "projects"],
  rights: { metrics: "role Reader", flags: "role Reader", experiments: "role Reader" },
  smallest: (config) => ({ ...config, pageSize: 1 }),
};

const Hook = z.looseObject({ _id: z.string(), url: z.string() });
const Hooks = z.looseObject({ items: z.array(Hook) });

const idOf = ({ _id, url }: z.output<typeof Hook>): RegisteredHook => ({ id: _id, url });

/** Only what is followed: an account's log has much else. */
const statementsOf = ({ projects }: Config) => [
  {
    effect: "allow",
    actions: ["*"],
    resources: projects.flatMap((key) => [`proj/${key}:env/*:flag/*`, `proj/${key}:env/*:experiment/*`]),
  },
];

/** https://launchdarkly.com/docs/api/webhooks/post-webhook */
const hookOf = (config: Config, { url, secret }: WantedHook) => ({
  url,
  sign: true,
  secret,
  on: true,
  name: "Throughline",
  statements: statementsOf(config),
});

export const hooks: HookSetup<Config> = {
  right: "a token with role Writer, or a custom role that may create webhooks",
  list: async ({ http }) => (await http.json(Hooks, "GET", "/api/v2/webhooks")).items.map(idOf),
  create: async ({ http, config }, _, hook) =>
    idOf(await http.json(Hook, "POST", "/api/v2/webhooks", hookOf(config, hook))),
  update: async ({ http, config }, _, id, hook) => {
    // LaunchDarkly changes records by JSON Patch.
    const patch = Object.entries({ url: hook.url, secret: hook.secret, on: true, statements: statementsOf(config) });
    await http.json(
      Hook,
      "PATCH",
      `/api/v2/${pathOf("webhooks", id)}`,
      patch.map(([name, value]) => ({ op: "replace", path: `/${name}`, value })),
    );
  },
};
