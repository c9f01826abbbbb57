import { Agent, request as ask, createServer, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { type AwsCall, callOf } from "./aws-calls.ts";
import { createTable, startDynamo } from "./dynamo.ts";
import { startEventBridge } from "./event-bridge.ts";
import { startQueuesAndBuckets } from "./fauxqs.ts";
import { startSecretStores } from "./secret-stores.ts";
import { streamOfPuts, type WireItem } from "./stream.ts";

interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** What happens to a call in place of its answer: AWS refuses it, or does it and the answer is lost on the way. */
export type Fault = { readonly status: number; readonly name: string } | "lost";

/**
 * All of AWS that the hub knows behind one endpoint. Each call is known by the access key that signed it, is noted, asked
 * about, and goes on to the double of its service.
 */
export const startAws = async () => {
  const [dynamo, fauxqs, bus, secrets] = await Promise.all([
    startDynamo(),
    startQueuesAndBuckets(),
    startEventBridge(),
    startSecretStores(),
  ]);
  const homes: Readonly<Record<string, string>> = {
    sqs: fauxqs.endpoint,
    s3: fauxqs.endpoint,
    events: bus.endpoint,
    ssm: secrets.endpoint,
  };
  const agent = new Agent({ keepAlive: true });
  const stream = streamOfPuts();
  const calls: AwsCall[] = [];
  const denied: AwsCall[] = [];
  const control = {
    /** Of each call, before it is done. */
    isAllowed: (_: AwsCall): boolean => true,
    fault: (_: AwsCall): Fault | undefined => undefined,
    /** Takes the event of an asynchronous invocation. */
    invoke: (_functionName: string, _event: unknown): void => {
      throw new Error("nobody runs functions here");
    },
  };

  const done = async (call: AwsCall, request: IncomingMessage, body: Buffer): Promise<Answer> => {
    if (call.service === "lambda") {
      control.invoke(call.resources[0]?.split(":").at(-1) ?? "", JSON.parse(body.toString()));
      return { status: 202, headers: {}, body: Buffer.alloc(0) };
    }
    if (call.service !== "dynamodb") return forwarded(agent, homes[call.service] ?? "", request, body);
    const answer = await dynamo.answer(request, body);
    if (call.action === "dynamodb:PutItem" && answer.status === 200) {
      const { TableName, Item } = JSON.parse(body.toString()) as { TableName: string; Item: WireItem };
      stream.written(JSON.stringify([TableName, Item["pk"]?.S, Item["sk"]?.S]), Item);
    }
    return answer;
  };
  const answerTo = async (request: IncomingMessage, body: Buffer): Promise<Answer | undefined> => {
    const { method = "GET", url = "/", headers } = request;
    const call = callOf({ method, url, headers }, body);
    if (call === undefined) return refusal(403, "UnrecognizedClientException", "");
    calls.push(call);
    if (!control.isAllowed(call)) {
      denied.push(call);
      return refusal(call.service === "s3" ? 403 : 400, "AccessDeniedException", call.service);
    }
    const fault = control.fault(call);
    if (fault !== undefined && fault !== "lost") return refusal(fault.status, fault.name, call.service);
    const answer = await done(call, request, body);
    return fault === "lost" ? undefined : answer;
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = await answerTo(request, Buffer.concat(chunks)).catch((error: unknown) =>
      refusal(500, `InternalFailure ${String(error)}`, ""),
    );
    if (answer === undefined) response.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** All that was asked, in turn. */
    calls,
    denied,
    control,
    stream,
    dynamo,
    fauxqs,
    bus,
    secrets,
    async makeTable(name: string): Promise<void> {
      const client = dynamo.client();
      await createTable(client, name);
      client.destroy();
    },
    async stop(): Promise<void> {
      agent.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await Promise.all([dynamo.stop(), fauxqs.stop(), bus.stop(), secrets.stop()]);
    },
  };
};

export type Aws = Awaited<ReturnType<typeof startAws>>;

const refusal = (status: number, name: string, service: string): Answer => {
  const isXml = service === "s3";
  return {
    status,
    headers: isXml
      ? { "content-type": "application/xml" }
      : { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": name },
    body: Buffer.from(
      isXml ? `<Error><Code>${name}</Code><Message>${name}</Message></Error>` : JSON.stringify({ __type: name }),
    ),
  };
};

const forwarded = (agent: Agent, home: string, from: IncomingMessage, body: Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method, url = "/", headers } = from;
    const request = ask(new URL(url, home), { method, headers, agent }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode ?? 500, headers: response.headers, body: Buffer.concat(chunks) });
    });
    request.on("error", reject);
    request.end(body);
  });
