import { createHmac } from "node:crypto";
import type { World } from "../company/world.ts";
import type { Outcome, Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Site } from "../site/site.ts";
import type { Case, Desktop } from "../support/cases.ts";
import type { Hook } from "../webhooks/delivery.ts";
import { positionOf, SITE, ticketId, ticketJson } from "./ticket.ts";

/** An event of the account's webhook, signed over the time and the body. */
const hook = (world: World, one: Case, event: string, change: object, time: number): Hook => {
  const ticket = ticketJson(world, one, []);
  const type = `zen:event-type:ticket.${event}`;
  return {
    vendor: "zendesk",
    event: type,
    body: {
      type,
      account_id: 12_514_403,
      id: `${world.company.codec.uuid(41, one.n)}-${time}`,
      time: new Date(time).toISOString(),
      zendesk_event_version: "2022-11-06",
      subject: `zen:ticket:${ticket.id}`,
      detail: {
        id: String(ticket.id),
        status: ticket.status.toUpperCase(),
        priority: ticket.priority?.toUpperCase(),
        subject: ticket.subject,
        description: ticket.description,
        tags: ticket.tags,
        organization_id: String(ticket.organization_id),
        created_at: ticket.created_at,
        updated_at: ticket.updated_at,
      },
      event: change,
    },
    signed: ({ id, secret, now }) => {
      const body = JSON.stringify(hook(world, one, event, change, time).body);
      const stamp = new Date(now).toISOString();
      return {
        body,
        headers: {
          "x-zendesk-account-id": "12514403",
          "x-zendesk-webhook-id": "01HSANDBOXWEBHOOK000000000",
          "x-zendesk-webhook-invocation-id": id,
          "x-zendesk-webhook-signature-timestamp": stamp,
          "x-zendesk-webhook-signature": createHmac("sha256", secret).update(stamp).update(body).digest("base64"),
        },
      };
    },
  };
};

/** What people do in Zendesk. */
export const verbsOf = (world: World, desk: Desktop): NonNullable<Site["verbs"]> => {
  const told = (one: Case, event: string, change: object, time: number): Outcome => ({
    changed: [
      {
        tool: "zendesk",
        kind: "ticket",
        id: ticketId(one),
        status: one.stage,
        url: `${SITE}/agent/tickets/${ticketId(one)}`,
      },
    ],
    hooks: [hook(world, one, event, change, time)],
  });
  const changing =
    (event: string, to: (one: Case, request: Readonly<Record<string, unknown>>, time: number) => Partial<Case>): Verb =>
    ({ time }, request) => {
      const n = positionOf(request["ticket"]);
      const before = desk.find(n);
      if (before === undefined || before.deleted === true)
        throw new ControlError(`There is no ticket ${JSON.stringify(request["ticket"])}.`);
      const after = desk.change(n, to(before, request, Math.floor(time / 1000) * 1000), time) ?? before;
      return told(after, event, { previous: before.stage.toUpperCase(), current: after.stage.toUpperCase() }, time);
    };
  const open: Verb = ({ time }, request) => {
    const made = desk.open(request["feature"], time);
    if (made === undefined) throw new ControlError(`Nobody asks support about ${JSON.stringify(request["feature"])}.`);
    return told(made, "created", {}, time);
  };
  return {
    open: ["feature?: a customer reports a problem in it", open],
    solve: [
      "ticket",
      changing("status_changed", (one, _, time) => ({ stage: "solved", replied: one.replied ?? time, solved: time })),
    ],
    reopen: ["ticket", changing("status_changed", ({ reopens }) => ({ stage: "open", reopens: reopens + 1 }))],
    rate: [
      "ticket, score: good or bad, comment?",
      changing("csat_received", (_, { score, comment }, time) => ({
        rating: score === "bad" ? 1 : 5,
        rated: time,
        ...(typeof comment === "string" && { remark: comment }),
      })),
    ],
    tag: ["ticket, tag", changing("tags_changed", (one, { tag }) => ({ tags: [...(one.tags ?? []), String(tag)] }))],
    delete: ["ticket", changing("soft_deleted", () => ({ deleted: true }))],
  };
};
