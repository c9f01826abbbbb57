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
  const address = new URL(webhookUrl);
  // A card whose answer got lost may stand there: it is not sent five times.
  const http = { baseUrl: address.origin, headers: {}, requestsPerMinute: PER_MINUTE, attempts: 1 };
  const pace = budget(PER_MINUTE, around.now);
  return {
    atOnce: AT_ONCE,
    async deliver(notices, signal) {
      const response = await vendorHttp(http, around, signal, pace).fetch(address, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(teamsMessage(notices, page)),
      });
      await response.body?.cancel();
      if (response.ok) return [];
      const what = `${response.status}`;
      if (response.status === 413)
        return notices.map(({ event }) => ({ eventId: event.id, reason: `Teams answered ${what}` }));
      throw refusal("Teams", what, response.status);
    },
  };
};
