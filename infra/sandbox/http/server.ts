import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as a vendor's server sees it. */
export interface Asked {
  readonly method: string;
  /** The path below the vendor's base, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** How the page of a list is to be spoilt. */
  readonly shape?: Shape;
  /** The absolute URL of the vendor's base on this server, without a trailing slash. */
  readonly base: string;
}

/** A page with half of its rows, with none, or with the token it was asked with as the next one. */
export interface Shape {
  readonly kind: "half" | "empty" | "repeat";
  /** Makes tokens differ that mean the same. */
  readonly nonce: number;
}

/** What a vendor's server answers. `text` is sent as it is, `lines` are streamed, anything else goes out as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly lines?: Iterable<string>;
  /** The socket is closed after so many bytes of the text. */
  readonly cutAt?: number;
  /** The socket is closed without an answer. */
  readonly hangUp?: boolean;
}

export type Vendor = (asked: Asked) => Answer | Promise<Answer>;

/** Serves several vendors on one loopback port, each below its own prefix. */
export const serveVendors = async (
  vendors: Readonly<Record<string, Vendor>>,
  port: number,
): Promise<{ readonly origin: string; readonly fetch: typeof fetch; stop(): Promise<void> }> => {
  let origin = "";
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://sandbox");
    const [, prefix = ""] = url.pathname.split("/", 2);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const vendor = vendors[prefix];
      const answer = await answerOf(vendor, {
        method: request.method ?? "GET",
        path: decodeURIComponent(url.pathname.slice(prefix.length + 1)) || "/",
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks),
        base: `${origin}/${prefix}`,
      });
      if (answer.hangUp === true) {
        request.socket.destroy();
        return;
      }
      if (answer.lines !== undefined) {
        response.writeHead(answer.status, { "content-type": "application/x-ndjson", ...answer.headers });
        for (const line of answer.lines) {
          if (!response.write(line)) await new Promise((resolve) => response.once("drain", resolve));
        }
        response.end();
        return;
      }
      const text = answer.text ?? (answer.json === undefined ? "" : JSON.stringify(answer.json));
      const type = answer.text === undefined ? "application/json; charset=utf-8" : "text/plain; charset=utf-8";
      if (answer.cutAt !== undefined) {
        const bytes = Buffer.from(text);
        response.writeHead(answer.status, { ...answer.headers, "content-length": bytes.length });
        response.write(bytes.subarray(0, answer.cutAt), () => request.socket.destroy());
        return;
      }
      response.writeHead(answer.status, { ...(text === "" ? {} : { "content-type": type }), ...answer.headers });
      response.end(request.method === "HEAD" ? undefined : text);
    });
  });
  origin = `http://127.0.0.1:${await listen(server, port)}`;
  return {
    origin,
    fetch: fetchOf(vendors, () => origin),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** `fetch` that asks the vendors in this process: the same answers as over the network, breaks and closed sockets too. */
const fetchOf =
  (vendors: Readonly<Record<string, Vendor>>, origin: () => string): typeof fetch =>
  async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== origin()) return fetch(input, init);
    const { signal, ...request } = await requestOf(input, init);
    const [, prefix = ""] = url.pathname.split("/", 2);
    const answer = await answerOf(vendors[prefix], {
      method: request.method,
      path: decodeURIComponent(url.pathname.slice(prefix.length + 1)) || "/",
      query: url.searchParams,
      headers: { host: url.host, ...Object.fromEntries(request.headers) },
      body: request.body,
      base: `${origin()}/${prefix}`,
    });
    signal?.throwIfAborted();
    if (answer.hangUp === true) throw broken("ECONNRESET");
    if (answer.lines !== undefined)
      return new Response([...answer.lines].join(""), {
        status: answer.status,
        headers: { "content-type": "application/x-ndjson", ...answer.headers },
      });
    const text = answer.text ?? (answer.json === undefined ? "" : JSON.stringify(answer.json));
    const type = answer.text === undefined ? "application/json; charset=utf-8" : "text/plain; charset=utf-8";
    const headers = { ...(text === "" ? {} : { "content-type": type }), ...answer.headers };
    if (answer.cutAt !== undefined) return new Response(cut(text, answer.cutAt), { status: answer.status, headers });
    const hasNoBody = [204, 205, 304].includes(answer.status) || request.method === "HEAD";
    return new Response(hasNoBody ? null : text, { status: answer.status, headers });
  };

/** A `Request` with its body read. Text, which is nearly all of it, needs none made: one costs as much as an answer. */
const requestOf = async (
  input: string | URL | Request,
  init: RequestInit = {},
): Promise<Pick<Request, "method" | "headers"> & { readonly body: Buffer; readonly signal?: AbortSignal | null }> => {
  const { method = "GET", body = null, signal = null } = init;
  if (!(input instanceof Request) && (body === null || typeof body === "string")) {
    const headers = new Headers(init.headers);
    if (body !== null && !headers.has("content-type")) headers.set("content-type", "text/plain;charset=UTF-8");
    return { method: method.toUpperCase(), headers, body: Buffer.from(body ?? ""), signal };
  }
  const request = new Request(input, init);
  return {
    method: request.method,
    headers: request.headers,
    body: Buffer.from(await request.arrayBuffer()),
    signal: request.signal,
  };
};

const broken = (code: string): TypeError =>
  new TypeError("fetch failed", { cause: Object.assign(new Error("socket closed"), { code }) });

/** A body that ends in the middle with an error. */
const cut = (text: string, at: number): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(text).subarray(0, at));
    },
    pull(controller) {
      controller.error(new TypeError("terminated"));
    },
  });

const answerOf = async (vendor: Vendor | undefined, asked: Asked): Promise<Answer> => {
  if (vendor === undefined) return { status: 404, json: { message: "The sandbox has no vendor there." } };
  try {
    return await vendor(asked);
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.error(`sandbox: ${asked.method} ${asked.path} failed: ${message}`);
    return { status: 500, json: { message: "The sandbox failed.", errorMessages: ["The sandbox failed."] } };
  }
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
