import { createHmac } from "node:crypto";
import { type Exposure, exposures, referenceOf } from "../company/exposure.ts";
import { hash } from "../company/random.ts";
import type { World } from "../company/world.ts";
import type { Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Site } from "../site/site.ts";
import type { Hook } from "../webhooks/delivery.ts";

/** Segment names its sources so; all three products send from sources of their own. */
const sourceOf = ({ product }: Exposure): string => `src-${product.repo}`;
const usedEvent = ({ feature }: Exposure): string => `${feature.title} Used`;
const HEARD = "Feedback Submitted";
/** People of the products, none of whom exists. */
const PEOPLE = 40;
const REPEATED_AT_MOST = 1000;

type Message = Readonly<Record<string, unknown>>;

const uuidOf = (...parts: readonly number[]): string => {
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  const hex = [hash(a, b, c, d), hash(b, c, d, a), hash(c, d, a, b), hash(d, a, b, c)]
    .map((part) => part.toString(16).padStart(8, "0"))
    .join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** As the Webhooks (Actions) destination signs: SHA-1 in hex, of a batch over its first message alone. */
const hookOf = (body: Message | readonly Message[], event: string): Hook => ({
  vendor: "segment",
  event,
  body,
  signed: ({ secret }) => {
    const signed = JSON.stringify(Array.isArray(body) ? body[0] : body);
    return {
      body: JSON.stringify(body),
      headers: {
        "user-agent": "Segment (Actions)",
        "x-signature": createHmac("sha1", secret).update(signed).digest("hex"),
      },
    };
  },
});

/** A tool that is never asked: it sends what people did when a verb makes them do it. */
export const segmentSite = (world: World): Site => {
  const all = exposures(world);
  let sent = 0;
  const chosen = (request: Readonly<Record<string, unknown>>): Exposure => {
    const found = all.find(
      ({ product, feature }) =>
        (request["product"] === undefined || product.name === request["product"]) &&
        (feature.index === request["feature"] || feature.title === request["feature"]),
    );
    if (found === undefined) throw new ControlError("feature is a title or a place of the product's features.");
    return found;
  };
  const message = (type: string, time: number, exposure: Exposure, more: Message): Message => {
    sent += 1;
    const person = hash(world.company.seed, 83, sent) % PEOPLE;
    const at = new Date(time).toISOString();
    return {
      messageId: `ajs-next-${uuidOf(world.company.seed, 84, sent, person)}`,
      type,
      channel: "client",
      userId: `user-${person}`,
      anonymousId: uuidOf(world.company.seed, 85, person),
      projectId: sourceOf(exposure),
      context: { library: { name: "analytics.js", version: "next-1.70.0" }, groupId: `group-${person % 8}` },
      integrations: {},
      originalTimestamp: at,
      sentAt: at,
      timestamp: at,
      receivedAt: at,
      version: 2,
      ...more,
    };
  };
  const track: Verb = ({ time }, request) => {
    const exposure = chosen(request);
    const times = Number(request["times"] ?? 1);
    if (!Number.isInteger(times) || times < 1 || times > REPEATED_AT_MOST)
      throw new ControlError(`times is a whole number from 1 to ${REPEATED_AT_MOST}.`);
    const event = typeof request["event"] === "string" ? request["event"] : usedEvent(exposure);
    const messages = Array.from({ length: times }, () => message("track", time, exposure, { event, properties: {} }));
    const hooks = request["batch"] === true ? [hookOf(messages, "track")] : messages.map((one) => hookOf(one, "track"));
    return { changed: messages.map(({ messageId }) => ({ tool: "segment", event, messageId })), hooks };
  };
  const group: Verb = ({ time }, request) => {
    const { id, name, plan } = request;
    const [exposure] = all;
    if (typeof id !== "string" || id === "" || exposure === undefined) throw new ControlError("id names the group.");
    const traits = { name: name ?? id, website: `https://www.${id}.example/`, plan: plan ?? "starter", employees: 40 };
    const told = message("group", time, exposure, { groupId: id, traits });
    return { changed: [{ tool: "segment", kind: "group", id }], hooks: [hookOf(told, "group")] };
  };
  const feedback: Verb = ({ time }, request) => {
    const exposure = chosen(request);
    const text = typeof request["text"] === "string" ? request["text"] : `${exposure.feature.title} is too slow for us`;
    const about = referenceOf(world, exposure)?.key;
    const told = message("track", time, exposure, {
      event: HEARD,
      properties: { comment: text, ...(about !== undefined && { about }) },
    });
    return {
      changed: [{ tool: "segment", kind: "feedback", messageId: told["messageId"] }],
      hooks: [hookOf(told, "track")],
    };
  };
  // Whoever set it up named the feature of an event, another feature, or none.
  const events = all
    .filter(({ days }) => days.shipped !== undefined)
    .map((exposure) => {
      const feature = referenceOf(world, exposure)?.key;
      return [usedEvent(exposure), { type: "adoption", ...(feature !== undefined && { feature }) }] as const;
    });
  return {
    vendor: () => ({ status: 404, json: { message: "Segment only sends." } }),
    settings: {
      events: Object.fromEntries(events),
      feedback: { [HEARD]: { text: "comment", feature: "about" } },
      trustBatches: true,
    },
    scopes: (product) => world.company.products.filter(({ name }) => name === product).map(({ repo }) => `src-${repo}`),
    verbs: {
      track: [
        "feature: title or place, product?, event?, times?, batch?: people use it; batch sends one webhook for all",
        track,
      ],
      group: ["id, name?, plan?: an organisation as it is now", group],
      feedback: ["feature: title or place, product?, text?: somebody says something in the product", feedback],
    },
    reset: () => {
      sent = 0;
    },
  };
};
