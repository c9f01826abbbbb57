import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What AWS refuses a call with. */
export class Refusal extends Error {
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** Of one call: `{prefix}.{Action}` of JSON 1.1, or method and path of REST. */
type Actions = Readonly<Record<string, (input: never) => object>>;

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}");
};

/** A server that speaks AWS's JSON protocols: each action gets the input and gives the output or throws a refusal. */
export const startAwsJson = async (
  actions: Actions,
): Promise<{ readonly endpoint: string; readonly asked: readonly string[]; stop(): Promise<void> }> => {
  const asked: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = request.headers["x-amz-target"]?.toString() ?? `${request.method} ${request.url}`;
    asked.push(name);
    const send = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
    try {
      const action = actions[name];
      if (action === undefined) throw new Refusal("UnknownOperationException", `no ${name} here`);
      if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 "))
        throw new Refusal("MissingAuthenticationToken", "the call is not signed", 403);
      send(200, action((await bodyOf(request)) as never));
    } catch (error) {
      const {
        name: type,
        message,
        status,
      } = error instanceof Refusal ? error : new Refusal("InternalServerError", String(error), 500);
      response.setHeader("x-amzn-errortype", type);
      send(status, { __type: type, message });
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
