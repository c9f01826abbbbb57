import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";

/** One request that was answered, as it can be made again. */
export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** How it answers from now on. */
export interface Manner {
  /** Milliseconds before each answer. */
  readonly latency?: number;
  /** Of so many requests one is told to come again later. */
  readonly refuseEvery?: number;
}

/** Seconds that a refused request is asked to wait. */
export const RETRY_AFTER = 2;

/** Pages in memory are the barest vendor there is: what making them costs would fall on the same cores as reading them. */
const KEPT_HEADERS = ["content-type", "link", "etag", "date"];

/**
 * `main.ts page-server <address of a vendor>`: passes on each request that is new to it, and answers it from memory
 * from then on. `GET /-/asked` lists what it knows, `POST /-/manner` sets a {@link Manner}. Prints its own address.
 */
export const pageServer = async ([target = ""]: readonly string[]): Promise<void> => {
  const known = new Map<string, Promise<Answer>>();
  const asked: Asked[] = [];
  let manner: Manner = {};
  let served = 0;
  let own = "";
  const server = createServer(async (request, response) => {
    try {
      const body = await bodyOf(request);
      if (request.url === "/-/asked") return reply(response, json(asked));
      if (request.url === "/-/manner") {
        manner = JSON.parse(body) as Manner;
        served = 0;
        return reply(response, json({}));
      }
      const one = { method: request.method ?? "GET", path: request.url ?? "/", body };
      const key = `${one.method} ${one.path} ${body}`;
      if (!known.has(key)) {
        known.set(key, passedOn(target, own, one, request));
        asked.push(one);
      }
      served += 1;
      if (manner.latency !== undefined) await setTimeout(manner.latency);
      if (manner.refuseEvery !== undefined && served % manner.refuseEvery === 0) {
        reply(response, { status: 429, headers: { "retry-after": String(RETRY_AFTER) }, bytes: Buffer.alloc(0) });
      } else reply(response, (await known.get(key)) as Answer);
    } catch (error) {
      reply(response, { status: 502, headers: {}, bytes: Buffer.from(String(error)) });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  own = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  process.stdout.write(`${JSON.stringify({ url: own })}\n`);
  process.once("SIGTERM", () => process.exit(0));
};

const bodyOf = async (request: IncomingMessage): Promise<string> =>
  Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();

const json = (value: unknown): Answer => ({
  status: 200,
  headers: { "content-type": "application/json" },
  bytes: Buffer.from(JSON.stringify(value)),
});

const reply = (response: ServerResponse, { status, headers, bytes }: Answer): void => {
  response.writeHead(status, { ...headers, "content-length": bytes.byteLength }).end(bytes);
};

/** Addresses inside the answer lead back here. */
const passedOn = async (target: string, own: string, asked: Asked, { headers }: IncomingMessage): Promise<Answer> => {
  const sent = Object.entries(headers).filter(([name]) => ["authorization", "content-type", "accept"].includes(name));
  const response = await fetch(`${target}${asked.path}`, {
    method: asked.method,
    headers: Object.fromEntries(sent) as Record<string, string>,
    redirect: "manual",
    ...(asked.body !== "" && { body: asked.body }),
  });
  const here = (text: string) => text.replaceAll(target, own);
  const kept = KEPT_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, here(value)]];
  });
  return {
    status: response.status,
    headers: Object.fromEntries(kept) as Record<string, string>,
    bytes: Buffer.from(here(await response.text())),
  };
};
