import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { webhookSender } from "../../shared/adapters/channels/webhook.ts";
import type { EventData, EventName, HubEvent } from "../../shared/domain/event.ts";
import { eventsOf } from "../../shared/pipeline/events-of.ts";
import { deliverWebhooks } from "../../shared/pipeline/webhooks/deliver-webhooks.ts";
import { webhookDesk } from "../../shared/pipeline/webhooks/desk.ts";
import { viewsOf } from "../../shared/platform/views-of.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import type { WebhookSender } from "../../shared/ports/webhook-sender.ts";
import { eventKey, lists } from "../../shared/store/keys.ts";
import type { EndpointSaid } from "../../shared/store/webhook-desk.ts";
import { tellable } from "../../shared/web/access/tellable.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

export interface Received {
  readonly headers: IncomingHttpHeaders & Record<string, string>;
  readonly text: string;
  readonly body: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Record<string, unknown>;
    readonly test?: true;
  };
}

interface Answered {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Answers only once it resolves. */
  readonly after?: Promise<unknown>;
}

/** Somebody's webhook endpoint: keeps what it gets, and answers as it is told. */
export const startReceiver = async (answer: (received: Received) => Answered = () => ({ status: 204 })) => {
  const received: Received[] = [];
  const control = { answer };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const one: Received = {
      headers: request.headers as Received["headers"],
      text,
      body: JSON.parse(text) as Received["body"],
    };
    received.push(one);
    const { status, headers, body, after } = control.answer(one);
    await after;
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    control,
    types: () => received.map(({ body }) => body.type),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const KEY = new Uint8Array(32).fill(7);

/** A hub that sends webhooks by a still clock, and a change log that tests write themselves. */
export const openWebhooks = (
  parts: { readonly sender?: WebhookSender; readonly key?: Uint8Array; readonly around?: (ports: Ports) => Ports } = {},
) => {
  const open = openPipeline({ connector: bareTool, ...(parts.around && { around: parts.around }) });
  const hub = open.hub("one");
  const { clock } = hub.ports;
  const { table } = open.real;
  const sender = parts.sender ?? webhookSender({ loopback: true, version: "0", timeoutMs: 2000 });
  const views = viewsOf(() => hub);
  const told = (event: HubEvent, products: readonly string[]) => tellable(views, products, event);
  const means = { sender, key: parts.key ?? KEY, random: () => 0, told };
  let order = 0;
  const desk = webhookDesk(
    () => hub,
    async () => means,
  );
  const never = new AbortController().signal;
  return {
    ...open,
    one: hub,
    desk,
    table,
    /** One run of the function, at this moment of the still clock. */
    run: (of = hub, starts: AbortSignal = never, ends: AbortSignal = never) =>
      deliverWebhooks(of, means, { starts, ends }),
    endpoint: async (said: Partial<EndpointSaid> & { readonly url: string }) => {
      const { endpoint, secret } = await desk.create({ events: ["*"], ...said }, "a test");
      return { id: endpoint.id, secret };
    },
    /** Puts an event into the change log, now. */
    async log<N extends EventName>(name: N, subject: string, data: EventData<N>) {
      open.pass(1);
      order += 1;
      const at = clock.now().toISOString();
      const event: HubEvent<N> = {
        id: `evt_${String(order).padStart(26, "0")}`,
        name,
        subject,
        sequence: order,
        time: at,
        recordedAt: at,
        data,
      };
      await table.put({ ...eventKey(event.id), version: 1, data: event, list: lists.ofChange(at, order, event.id) });
      return event;
    },
    /** Events of a type that the change feed told since the beginning. */
    told: async (name: EventName) =>
      open.feed.read(0, 1000).flatMap(({ record }) => eventsOf(hub, record).filter((event) => event.name === name)),
    deliveries: async (id: string) => (await desk.deliveries(id, undefined, undefined, 100)).items,
  };
};
