import { createHmac } from "node:crypto";
import type { World } from "../company/world.ts";
import type { Outcome, Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Site } from "../site/site.ts";
import type { Case, Desktop } from "../support/cases.ts";
import type { Hook } from "../webhooks/delivery.ts";
import { conversationId, positionOf, WORKSPACE, wholeConversation } from "./records.ts";

/** A notification of the app's webhook, signed with its client secret. */
const hook = (world: World, one: Case, topic: string, time: number): Hook => {
  const at = Math.floor(time / 1000);
  const id = conversationId(one);
  const notification = {
    type: "notification_event",
    app_id: WORKSPACE,
    data: {
      type: "notification_event_data",
      item:
        topic === "conversation.deleted"
          ? { type: "conversation_deleted", conversation_id: id, metrics_retained: true }
          : wholeConversation(world, one),
    },
    links: {},
    id: `notif_${world.company.codec.uuid(42, one.n)}-${at}`,
    topic,
    delivery_status: "pending",
    delivery_attempts: 1,
    delivered_at: 0,
    first_sent_at: at,
    created_at: at,
    self: null,
  };
  return {
    vendor: "intercom",
    event: topic,
    body: notification,
    signed: ({ secret }) => {
      const body = JSON.stringify(notification);
      return { body, headers: { "x-hub-signature": `sha1=${createHmac("sha1", secret).update(body).digest("hex")}` } };
    },
  };
};

/** What people do in Intercom. */
export const verbsOf = (world: World, desk: Desktop): NonNullable<Site["verbs"]> => {
  const told = (one: Case, topic: string, time: number): Outcome => ({
    changed: [{ tool: "intercom", kind: "conversation", id: conversationId(one), stage: one.stage }],
    hooks: [hook(world, one, topic, time)],
  });
  const changing =
    (topic: string, to: (one: Case, request: Readonly<Record<string, unknown>>, time: number) => Partial<Case>): Verb =>
    ({ time }, request) => {
      const n = positionOf(request["conversation"]);
      const before = desk.find(n);
      if (before === undefined || before.deleted === true)
        throw new ControlError(`There is no conversation ${JSON.stringify(request["conversation"])}.`);
      return told(desk.change(n, to(before, request, Math.floor(time / 1000) * 1000), time) ?? before, topic, time);
    };
  const open: Verb = ({ time }, request) => {
    const made = desk.open(request["feature"], time);
    if (made === undefined) throw new ControlError(`Nobody writes about ${JSON.stringify(request["feature"])}.`);
    return told(made, "conversation.user.created", time);
  };
  return {
    open: ["feature?: a customer writes about a problem in it", open],
    close: [
      "conversation",
      changing("conversation.admin.closed", (one, _, time) => ({
        stage: "closed",
        replied: one.replied ?? time,
        solved: time,
      })),
    ],
    reopen: [
      "conversation",
      changing("conversation.admin.opened", ({ reopens }) => ({ stage: "open", reopens: reopens + 1 })),
    ],
    rate: [
      "conversation, rating: 1 to 5, remark?",
      changing("conversation.rating.added", (_, { rating, remark }, time) => ({
        rating: Math.max(1, Math.min(5, Math.round(Number(rating) || 5))),
        rated: time,
        ...(typeof remark === "string" && { remark }),
      })),
    ],
    tag: [
      "conversation, tag",
      changing("conversation_part.tag.created", (one, { tag }) => ({ tags: [...(one.tags ?? []), String(tag)] })),
    ],
    delete: ["conversation", changing("conversation.deleted", () => ({ deleted: true }))],
  };
};
