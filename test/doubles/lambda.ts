import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Invocation {
  readonly functionName: string;
  readonly event: unknown;
}

const ASYNCHRONOUS_BYTES = 1024 * 1024;

/** Lambda's Invoke: takes events of asynchronous invocations, and refuses them as it does. It runs nothing. */
export const startLambda = async () => {
  const taken: Invocation[] = [];
  /** Each try, refused ones among them. */
  const tried: Invocation[] = [];
  /** What to refuse an event with, by its number among all tries from 1. */
  const control = {
    refuse: undefined as ((event: unknown, attempt: number) => [number, string] | undefined) | undefined,
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const payload = Buffer.concat(chunks);
    const refuse = ([status, name]: [number, string]) =>
      response
        .writeHead(status, { "content-type": "application/json", "x-amzn-errortype": name })
        .end(JSON.stringify({ Type: "User", message: name }));
    const [, functionName] = /^\/2015-03-31\/functions\/([\w-]+)\/invocations$/.exec(request.url ?? "") ?? [];
    if (request.method !== "POST" || functionName === undefined) return refuse([404, "ResourceNotFoundException"]);
    if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 ")) return refuse([403, "AccessDeniedException"]);
    if (request.headers["x-amz-invocation-type"] !== "Event") return refuse([400, "InvalidParameterValueException"]);
    if (payload.length > ASYNCHRONOUS_BYTES) return refuse([413, "RequestTooLargeException"]);
    let event: unknown;
    try {
      event = JSON.parse(payload.toString());
    } catch {
      return refuse([400, "InvalidRequestContentException"]);
    }
    tried.push({ functionName, event });
    const refusal = control.refuse?.(event, tried.length);
    if (refusal !== undefined) return refuse(refusal);
    taken.push({ functionName, event });
    return response.writeHead(202, { "content-length": "0" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    tried,
    control,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
