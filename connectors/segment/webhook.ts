import * as z from "zod";
import { parseJson } from "../../shared/connector/body.ts";
import type { Connector, Delivery, Signature, Told } from "../../shared/connector/contract.ts";
import { signatureRejected } from "../../shared/connector/errors.ts";
import { hmac } from "../../shared/connector/signature.ts";
import type { Config } from "./config.ts";
import { eventOf, GROUP_TRAITS } from "./schema.ts";

/** https://www.twilio.com/docs/segment/connections/destinations/catalog/actions-webhook */
const whole = hmac<Config>({
  header: "x-signature",
  algorithm: "sha1",
  secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
});

const [QUOTE, ESCAPE, OPEN_LIST, COMMA] = [0x22, 0x5c, 0x5b, 0x2c];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** The bytes of the first value of a JSON list, or undefined if the body is no list with a value. */
const firstOf = (body: Uint8Array): Uint8Array | undefined => {
  if (body[0] !== OPEN_LIST) return undefined;
  let depth = 0;
  let isText = false;
  for (let at = 1; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (isText && byte === ESCAPE) at += 1;
    else if (byte === QUOTE) isText = !isText;
    else if (isText) continue;
    else if (depth === 0 && (byte === COMMA || CLOSING.has(byte))) return body.subarray(1, at);
    else if (OPENING.has(byte)) depth += 1;
    else if (CLOSING.has(byte)) depth -= 1;
  }
  return undefined;
};

/**
 * Of a batch Segment signs the first message only, so that the others could be anybody's: such a batch is refused with
 * words of its own unless the config takes it. Other senders of the format sign the body.
 */
const signature: Signature<Config> = {
  ...whole,
  verify(delivery, config) {
    try {
      whole.verify(delivery, config);
    } catch (error) {
      const first = firstOf(delivery.body);
      if (first === undefined) throw error;
      whole.verify({ ...delivery, body: first }, config);
      if (config.trustBatches) return;
      throw signatureRejected("only the first message of the batch is signed: turn batching off, or set trustBatches");
    }
  },
};

const Message = z.looseObject({
  type: z.string().nullish(),
  event: z.string().nullish(),
  name: z.string().nullish(),
  traits: z.record(z.string(), z.unknown()).nullish(),
});
const Batch = z.looseObject({ batch: z.array(z.unknown()) });

/** The messages of a list answer or of a body in the format of Segment's own batch endpoint. */
export const listed = (answer: unknown): readonly unknown[] | undefined => Batch.safeParse(answer).data?.batch;

const own = <Value>(map: Readonly<Record<string, Value>>, name: string | undefined): Value | undefined =>
  name !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;

/** What the config asks for; everything else, and every person, is left where it is. */
const toldBy = (value: unknown, { events, feedback }: Config): Told[] => {
  const { data } = Message.safeParse(value);
  // Set aside for people to see, beside the good ones of its batch.
  if (data === undefined) return [{ stream: "events", record: value }];
  if (data.type === "group")
    return GROUP_TRAITS.some((trait) => trait in (data.traits ?? {})) ? [{ stream: "groups", record: data }] : [];
  const name = eventOf(data);
  const [counted, heard] = [own(events, name), own(feedback, name)];
  return [
    ...(counted === undefined ? [] : [{ stream: "events", record: { ...data, throughline: counted } }]),
    ...(heard === undefined ? [] : [{ stream: "feedback", record: { ...data, throughline: heard } }]),
  ];
};

const Identified = z.looseObject({ messageId: z.string() });

/** A batch has no id of its own: what it repeats counts once all the same. */
const deliveryId = ({ body }: Delivery): string => {
  try {
    return Identified.safeParse(parseJson(body)).data?.messageId ?? "";
  } catch {
    return "";
  }
};

export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature,
  deliveryId,
  records: (body, _headers, config) =>
    (Array.isArray(body) ? body : (listed(body) ?? [z.looseObject({}).parse(body)])).flatMap((message) =>
      toldBy(message, config),
    ),
};
