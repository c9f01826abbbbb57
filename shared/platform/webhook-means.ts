import { webhookSender } from "../adapters/channels/webhook.ts";
import type { Hub } from "../pipeline/hub.ts";
import type { WebhookMeans } from "../pipeline/webhooks/send-due.ts";
import { tellable } from "../web/access/tellable.ts";
import { serving } from "./serving.ts";
import { VERSION } from "./version.ts";
import { viewsOf } from "./views-of.ts";

/** What this process sends webhooks with. */
export const webhookMeans = async (hub: () => Hub): Promise<WebhookMeans> => {
  const { sealKey, loopbackWebhooks = false } = serving();
  const sender = webhookSender({ loopback: loopbackWebhooks, version: VERSION });
  const views = viewsOf(hub);
  return {
    sender,
    key: await sealKey(),
    random: Math.random,
    told: (event, products) => tellable(views, products, event),
  };
};
