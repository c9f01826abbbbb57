import type { Deliveries, Targets } from "../webhooks/delivery.ts";
import type { Hooks } from "./access.ts";
import { HookDesk } from "./hook-desk.ts";

/** Desks whose first webhook is where the vendor sends from then on, over what the sandbox was started with. */
export const standingHooks = (deliveries: Deliveries, started: Targets): Hooks => {
  let targets = started;
  const desk = (vendor: keyof Hooks): HookDesk =>
    new HookDesk((hook) => {
      targets = { ...targets, [vendor]: hook && { url: hook.url, secret: hook.secret } };
      deliveries.aim(targets);
    });
  return { jira: desk("jira"), linear: desk("linear"), github: desk("github") };
};
