import { webhookSender } from "../adapters/channels/webhook.ts";
import type { WebhookMeans } from "../pipeline/webhooks/send-due.ts";
import { serving } from "./serving.ts";
import { VERSION } from "./version.ts";

/** What this process sends webhooks with. */
export const webhookMeans = async (): Promise<WebhookMeans> => {
  const { sealKey, loopbackWebhooks = false } = serving();
  const sender = webhookSender({ loopback: loopbackWebhooks, version: VERSION });
  return { sender, key: await sealKey(), random: Math.random };
};
