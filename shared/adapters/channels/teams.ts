import { HubError } from "../../connector/errors.ts";
import { type Surroundings, vendorHttp } from "../../connector/http.ts";
import { budget } from "../../connector/limits.ts";
import type { Channel } from "../../ports/channel.ts";
import { refusal } from "./reply.ts";
import { teamsMessage } from "./teams-message.ts";

/** Above four requests a second Teams throttles. */
const PER_MINUTE = 200;
const AT_ONCE = 50;

/**
 * Cards in a Teams channel, through a workflow "When a Teams webhook request is received". Its address is the credential and
 * stands in no message. Taken means accepted: Teams does not tell whether a card was shown.
 *
 * @param page where people see all that happened
 */
export const teamsChannel = (webhookUrl: string, page: string, around: Surroundings): Channel => {
  const post = teamsPoster(webhookUrl, around);
  return {
    atOnce: AT_ONCE,
    async deliver(notices, signal) {
      const status = await post(teamsMessage(notices, page), signal);
      return status === undefined
        ? []
        : notices.map(({ event }) => ({ eventId: event.id, reason: `Teams answered ${status}` }));
    },
  };
};

/** Posts one card. @throws HubError delivery_refused if Teams will never take it; as its `retry` says otherwise */
export const postTeams = async (
  webhookUrl: string,
  message: object,
  around: Surroundings,
  signal: AbortSignal,
): Promise<void> => {
  const status = await teamsPoster(webhookUrl, around)(message, signal);
  if (status !== undefined) throw new HubError("delivery_refused", `Teams answered ${status}`, { retry: "never" });
};

/** @returns the status with which Teams refused this very message, or undefined once it was accepted */
const teamsPoster = (webhookUrl: string, around: Surroundings) => {
  const address = new URL(webhookUrl);
  // A card whose answer got lost may stand there: it is not sent five times.
  const http = { baseUrl: address.origin, headers: {}, requestsPerMinute: PER_MINUTE, attempts: 1 };
  const pace = budget(PER_MINUTE, around.now);
  return async (message: object, signal: AbortSignal): Promise<number | undefined> => {
    const response = await vendorHttp(http, around, signal, pace).fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
    });
    await response.body?.cancel();
    if (response.ok) return undefined;
    if (response.status === 413) return response.status;
    throw refusal("Teams", `${response.status}`, response.status);
  };
};
