import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import * as z from "zod";
import { handler as receiveWebhook } from "../../functions/receive-webhook.ts";
import { type Connector, defineConnector, stream } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { useHub } from "../../shared/platform/current.ts";
import type { Row } from "../../shared/ports/table.ts";
import { draftOf } from "../pipeline/arriving.ts";
import { openPipeline } from "../pipeline/open-pipeline.ts";

/** A tool of which teams are told, whole, by signed webhooks. */
const CONFIG = { webhookSecret: "whsec-fixture" };
const Team = z.looseObject({ id: z.string(), name: z.string() });
const tool = defineConnector<typeof CONFIG>({
  id: "tool",
  title: "Tool",
  category: "code",
  docs: "https://tool.example/docs",
  config: z.object({ webhookSecret: z.string() }),
  http: () => ({ baseUrl: "https://tool.example", headers: {}, requestsPerMinute: 60 }),
  streams: {
    teams: stream({
      record: Team,
      kinds: ["team"],
      normalise: ({ id, name }) => [draftOf("team", id, { fields: { name } })],
    }),
  },
  webhook: {
    signature: hmac({ header: "x-signature", secrets: ({ webhookSecret }) => [webhookSecret] }),
    deliveryId: ({ headers }) => headers.get("x-delivery") ?? "",
    keeps: ["x-delivery"],
    records: (body) => [{ stream: "teams", record: body }],
  },
});

/** The real receiver over the real embedded store, which also tells what was written of entities. */
export const openHook = () => {
  const written: Row[] = [];
  const pipeline = openPipeline({
    connector: tool as Connector,
    config: CONFIG,
    around: (ports) => ({
      ...ports,
      table: {
        ...ports.table,
        put: async (row) => {
          if (row.pk.startsWith("E#")) written.push(row);
          return ports.table.put(row);
        },
      },
    }),
  });
  const whole = pipeline.hub("one");
  const hub: typeof whole = {
    ...whole,
    connection: async (name) => {
      if (name === "acme") return whole.connection(name);
      throw new HubError("connection_unknown", `no connection "${name.slice(0, 60)}"`, { retry: "never" });
    },
  };
  useHub(hub);
  return { ...pipeline, whole: hub, written, [Symbol.dispose]: () => pipeline[Symbol.dispose]() };
};

export const signed = (body: Uint8Array) => tool.webhook?.signature.sign(body, CONFIG, new Date()) ?? {};

type Request = Partial<Pick<APIGatewayProxyEventV2, "rawPath" | "body" | "isBase64Encoded">>;
/** One request as API Gateway hands it over. */
export const post = async (
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  { method = "POST", ...more }: Request & { readonly method?: string } = {},
) => {
  const path = more.rawPath ?? "/hooks/acme";
  const result = await receiveWebhook({
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: "",
    headers: { host: "hub.example", "content-type": "application/json", ...headers },
    requestContext: {
      accountId: "1",
      apiId: "1",
      domainName: "hub.example",
      domainPrefix: "hub",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "tool" },
      requestId: "1",
      routeKey: "$default",
      stage: "$default",
      time: "",
      timeEpoch: 0,
    },
    isBase64Encoded: true,
    body: Buffer.from(body).toString("base64"),
    ...more,
  } as unknown as Parameters<typeof receiveWebhook>[0]);
  return (result as APIGatewayProxyStructuredResultV2).statusCode ?? 0;
};
