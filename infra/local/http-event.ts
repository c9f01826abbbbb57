import type { IncomingMessage, ServerResponse } from "node:http";
import type { LambdaEvent } from "hono/aws-lambda";
import { HubError } from "../../shared/connector/errors.ts";

/** API Gateway takes 10 MB. */
const BODY_AT_MOST = 10 * 1024 * 1024;

/** What a function answers to API Gateway. */
interface Result {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined;
  readonly cookies?: readonly string[] | undefined;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** A request as API Gateway's HTTP API hands it to a function (payload format 2.0), body in base64 as with any binary type. */
export const httpEvent = async (request: IncomingMessage): Promise<LambdaEvent> => {
  const [path = "/", query = ""] = (request.url ?? "/").split(/\?(.*)/s, 2);
  const body = await bodyOf(request);
  const headers = Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values]) => [
      name,
      (values ?? []).join(name === "cookie" ? "; " : ","),
    ]),
  );
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    headers,
    requestContext: {
      accountId: "local",
      authentication: null,
      authorizer: {},
      apiId: "local",
      domainName: headers["host"] ?? "localhost",
      domainPrefix: "local",
      http: {
        method: request.method ?? "GET",
        path,
        protocol: "HTTP/1.1",
        sourceIp: request.socket.remoteAddress ?? "",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: "local",
      routeKey: "$default",
      stage: "$default",
      time: "",
      timeEpoch: 0,
    },
    isBase64Encoded: body !== undefined,
    body: body ?? null,
  };
};

const bodyOf = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > BODY_AT_MOST)
      throw new HubError("payload_too_large", `a request may have ${BODY_AT_MOST} bytes`, { retry: "never" });
    chunks.push(chunk);
  }
  return size === 0 ? undefined : Buffer.concat(chunks).toString("base64");
};

/** Sends what the function answered. */
export const answer = (response: ServerResponse, result: Result): void => {
  for (const [name, value] of Object.entries(result.headers ?? {})) response.setHeader(name, value);
  if (result.cookies !== undefined) response.setHeader("set-cookie", [...result.cookies]);
  response.statusCode = result.statusCode;
  response.end(Buffer.from(result.body, result.isBase64Encoded ? "base64" : "utf8"));
};
