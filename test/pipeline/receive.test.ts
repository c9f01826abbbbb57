import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { handler } from "../../functions/receive-webhook.ts";
import { type Connector, defineConnector, stream } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { hmac } from "../../shared/connector/signature.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { BODY_AT_MOST } from "../../shared/pipeline/receive.ts";
import { useHub } from "../../shared/platform/current.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import { openPipeline } from "./open-pipeline.ts";

const Config = z.object({ webhookSecret: z.string() });
const signature = hmac<z.output<typeof Config>>({
  header: "x-hub-signature-256",
  prefix: "sha256=",
  secrets: ({ webhookSecret }) => [webhookSecret],
});
const Thing = z.looseObject({ id: z.string() });
const Challenge = z.object({ challenge: z.string() });
const Elsewhere = z.object({ elsewhere: z.literal(true) });
const Offer = z.object({ verification_token: z.string() });
const tool = defineConnector<z.output<typeof Config>>({
  id: "tool",
  title: "Tool",
  category: "code",
  docs: "https://tool.example/docs",
  config: Config,
  http: () => ({ baseUrl: "https://tool.example", headers: {}, requestsPerMinute: 60 }),
  streams: { things: stream({ record: Thing, kinds: ["team"], normalise: () => [] }) },
  webhook: {
    signature,
    deliveryId: ({ headers }) => headers.get("x-github-delivery") ?? "",
    keeps: ["x-github-delivery", "x-github-event"],
    challenge: (body) => Challenge.safeParse(body).data?.challenge,
    offer: (body, { webhookSecret }) =>
      webhookSecret === "" ? Offer.safeParse(body).data?.verification_token : undefined,
    concerns: (body) => !Elsewhere.safeParse(body).success,
    records: (body) => [{ stream: "things", record: body }],
  },
});
const CONFIG = { webhookSecret: "s3cret" };

const bytes = (text: string) => new TextEncoder().encode(text);
const signed = (body: Uint8Array, config = CONFIG) => signature.sign(body, config, new Date());

const open = (around?: (ports: Ports) => Ports, config = CONFIG, connector = tool) => {
  const pipeline = openPipeline({ connector: connector as Connector, config, ...(around && { around }) });
  const whole = pipeline.hub("one");
  const hub: Hub = {
    ...whole,
    async connection(name) {
      if (name === "broken")
        throw new HubError("secret_missing", "connection broken: TOKEN is not set", { retry: "never" });
      if (name !== "acme") throw new HubError("connection_unknown", `no connection "${name}"`, { retry: "never" });
      return whole.connection(name);
    },
  };
  useHub(hub);
  return pipeline;
};

/** One request as API Gateway hands it over. */
const post = async (path: string, body: Uint8Array, headers: Record<string, string> = {}, method = "POST") => {
  const event: APIGatewayProxyEventV2 = {
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
    ...(method !== "GET" && { body: Buffer.from(body).toString("base64") }),
  };
  const result = (await handler(
    event as unknown as Parameters<typeof handler>[0],
  )) as APIGatewayProxyStructuredResultV2;
  const text = Buffer.from(result.body ?? "", result.isBase64Encoded ? "base64" : "utf8").toString();
  return {
    status: result.statusCode,
    headers: result.headers ?? {},
    text,
    json: text.startsWith("{") ? (JSON.parse(text) as unknown) : undefined,
  };
};

describe("a webhook", () => {
  it("is kept byte for byte, queued, and then accepted", async () => {
    using pipeline = open();
    const body = bytes('{ "id":"1",  "text":"é" }');
    const headers = {
      "x-github-delivery": "d-1",
      "x-github-event": "issues",
      cookie: "session=1",
      authorization: "Bearer x",
    };
    expect(await post("/hooks/acme", body, { ...signed(body), ...headers })).toMatchObject({
      status: 202,
      json: undefined,
    });
    const [queued, ...more] = await pipeline.queued();
    expect(more).toEqual([]);
    expect(Buffer.from(queued?.bytes ?? []).equals(body)).toBe(true);
    const { note } = await pipeline.real.archive.get(queued?.message.rawRef ?? "");
    expect(note).toEqual({
      connectionId: "acme",
      receivedAt: "2026-03-02T10:00:00.000Z",
      what: "webhook",
      headers: { "content-type": "application/json", "x-github-delivery": "d-1", "x-github-event": "issues" },
    });
    expect(pipeline.logged).toEqual([{ connection: "acme", deliveryId: "d-1", verb: "received" }]);
  });

  const good = bytes('{"id":"1"}');
  const large = bytes(`{"id":"${"x".repeat(BODY_AT_MOST)}"}`);
  const deep = bytes(`${"[".repeat(20_000)}${"]".repeat(20_000)}`);
  it.each<[string, string, Uint8Array, Record<string, string>, number, string]>([
    ["that is not signed", "acme", good, {}, 401, "signature_rejected"],
    ["that another secret signed", "acme", good, signed(good, { webhookSecret: "guess" }), 401, "signature_rejected"],
    ["whose body was changed", "acme", bytes('{"id":"2"}'), signed(good), 401, "signature_rejected"],
    ["of a connection that nobody configured", "nobody", good, signed(good), 404, "connection_unknown"],
    ["of a connection named as every object's property", "constructor", good, signed(good), 404, "connection_unknown"],
    ["that is too large", "acme", large, signed(large), 413, "payload_too_large"],
    ["that is not JSON", "acme", bytes("id=1"), signed(bytes("id=1")), 400, "payload_unreadable"],
    ["that is empty", "acme", bytes(""), signed(bytes("")), 400, "payload_unreadable"],
    ["that is nested too deep", "acme", deep, signed(deep), 400, "payload_unreadable"],
    [
      "that is not UTF-8",
      "acme",
      Uint8Array.of(0x22, 0xff, 0x22),
      signed(Uint8Array.of(0x22, 0xff, 0x22)),
      400,
      "payload_unreadable",
    ],
  ])("T01, T06 %s is refused, and nothing of it is kept", async (_, connection, body, headers, status, code) => {
    using pipeline = open();
    expect(await post(`/hooks/${connection}`, body, headers)).toMatchObject({ status, json: { code } });
    expect(await pipeline.queued()).toEqual([]);
    for await (const ref of pipeline.real.archive.list("acme")) throw new Error(`kept: ${ref}`);
    expect(pipeline.logged).toMatchObject([{ connection, code, verb: "webhook refused" }]);
  });

  it("that asks whether somebody is there is answered, once its signature holds, and not kept", async () => {
    using pipeline = open();
    const body = bytes('{"challenge":"3eZbrw1a"}');
    expect(await post("/hooks/acme", body, signed(body))).toMatchObject({ status: 200, text: "3eZbrw1a" });
    expect(await post("/hooks/acme", body, {})).toMatchObject({ status: 401, json: { code: "signature_rejected" } });
    expect(await pipeline.queued()).toEqual([]);
    for await (const ref of pipeline.real.archive.list("acme")) throw new Error(`kept: ${ref}`);
  });

  it("that concerns nothing which is read is accepted, and not even its bytes are kept", async () => {
    using pipeline = open();
    const body = bytes('{"id":"1","elsewhere":true}');
    expect(await post("/hooks/acme", body, signed(body))).toMatchObject({ status: 202 });
    expect(await post("/hooks/acme", body, {})).toMatchObject({ status: 401 });
    expect(await pipeline.queued()).toEqual([]);
    for await (const ref of pipeline.real.archive.list("acme")) throw new Error(`kept: ${ref}`);
  });

  it("that offers its secret is shown once to whoever reads the log, and not kept", async () => {
    using pipeline = open(undefined, { webhookSecret: "" });
    const body = bytes('{"verification_token":"secret_abc"}');
    for (let time = 0; time < 2; time += 1) expect(await post("/hooks/acme", body)).toMatchObject({ status: 202 });
    expect(pipeline.logged).toEqual([
      {
        connection: "acme",
        reason: "give secret_abc back to the tool, then set webhookSecret to it",
        verb: "secret offered",
      },
    ]);
    for (let nth = 0; nth < 40; nth += 1) await post("/hooks/acme", bytes(`{"verification_token":"forged_${nth}"}`));
    expect(pipeline.logged).toHaveLength(20);
    for await (const ref of pipeline.real.archive.list("acme")) throw new Error(`kept: ${ref}`);
  });

  it("that offers a secret to a connection that has one is refused like any other unsigned one", async () => {
    using pipeline = open();
    expect(await post("/hooks/acme", bytes('{"verification_token":"secret_abc"}'))).toMatchObject({ status: 401 });
    expect(JSON.stringify(pipeline.logged)).not.toContain("secret_abc");
  });

  it("is answered with 200 where the vendor takes nothing else for success", async () => {
    const { webhook } = tool;
    using pipeline = open(undefined, CONFIG, { ...tool, ...(webhook && { webhook: { ...webhook, accepted: 200 } }) });
    const body = bytes('{"id":"1"}');
    expect(await post("/hooks/acme", body, signed(body))).toMatchObject({ status: 200 });
    expect(await pipeline.queued()).toHaveLength(1);
  });

  it("of the largest size allowed is accepted", async () => {
    using pipeline = open();
    const body = bytes(`{"id":"${"x".repeat(BODY_AT_MOST - 9)}"}`);
    expect(body.byteLength).toBe(BODY_AT_MOST);
    expect(await post("/hooks/acme", body, signed(body))).toMatchObject({ status: 202 });
    expect((await pipeline.queued())[0]?.bytes.byteLength).toBe(BODY_AT_MOST);
  });

  it("has somebody there for vendors that look first, under a name that is known", async () => {
    using pipeline = open();
    expect(await post("/hooks/acme", bytes(""), {}, "GET")).toMatchObject({ status: 200 });
    expect(await post("/hooks/nothing", bytes(""), {}, "GET")).toMatchObject({ status: 404 });
    expect(await pipeline.queued()).toEqual([]);
  });

  it.each(["PUT", "DELETE"])("is posted: %s is not found", async (method) => {
    using pipeline = open();
    expect(await post("/hooks/acme", good, signed(good), method)).toMatchObject({ status: 404 });
    expect(await pipeline.queued()).toEqual([]);
  });
});

describe("a webhook that cannot be kept", () => {
  const body = bytes('{"id":"1"}');
  const refusing = async (): Promise<never> => {
    throw new Error("no space left on device");
  };

  it.each<[string, (ports: Ports) => Ports, number]>([
    ["the archive fails", (ports) => ({ ...ports, archive: { ...ports.archive, put: refusing } }), 0],
    ["the queue fails", (ports) => ({ ...ports, inbox: { send: refusing } }), 1],
  ])("since %s is to be sent again, and is whole when it comes again", async (_, fault, kept) => {
    using pipeline = open(fault);
    const answer = await post("/hooks/acme", body, signed(body));
    expect(answer).toMatchObject({ status: 503, json: { code: "internal_error" }, headers: { "retry-after": "30" } });
    expect(await pipeline.queued()).toEqual([]);
    const refs: string[] = [];
    for await (const ref of pipeline.real.archive.list("acme")) refs.push(ref);
    expect(refs).toHaveLength(kept);
    useHub({ ...pipeline.hub("one"), ports: pipeline.real });
    expect(await post("/hooks/acme", body, signed(body))).toMatchObject({ status: 202 });
    expect(await pipeline.queued()).toHaveLength(1);
  });

  it("is archived before it is queued", async () => {
    const calls: string[] = [];
    using pipeline = open((ports) => ({
      ...ports,
      archive: {
        ...ports.archive,
        async put(note, content) {
          const ref = await ports.archive.put(note, content);
          calls.push("archived");
          return ref;
        },
      },
      inbox: {
        async send(bodies, delay) {
          calls.push("queued");
          await ports.inbox.send(bodies, delay);
        },
      },
    }));
    await post("/hooks/acme", body, signed(body));
    expect(calls).toEqual(["archived", "queued"]);
    expect(await pipeline.queued()).toHaveLength(1);
  });

  it("since a secret of ours is missing is to be sent again: the sender did nothing wrong", async () => {
    using pipeline = open();
    expect(await post("/hooks/broken", body, signed(body))).toMatchObject({
      status: 503,
      json: { code: "internal_error" },
    });
    expect(pipeline.logged).toMatchObject([{ code: "secret_missing", verb: "webhook not kept" }]);
  });
});
