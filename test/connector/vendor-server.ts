import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpSettings } from "../../shared/connector/contract.ts";
import { type Surroundings, vendorHttp } from "../../shared/connector/http.ts";
import type { Budget } from "../../shared/connector/limits.ts";

/** One request as the server got it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Answers the n-th request, counted from 1. */
export type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

/** A plain answer: status, headers, body. */
export const told =
  (status: number, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };

/** The answers one after the other, the last one for ever. */
export const inTurn =
  (...answers: readonly Answer[]): Answer =>
  (request, response, nth) =>
    answers[Math.min(nth, answers.length) - 1]?.(request, response, nth);

/** A server of this process that answers as it is told, and remembers what it was asked. */
export const vendorServer = async (answer: Answer) => {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    asked.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers });
    answer(request, response, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Time that moves only while somebody sleeps. */
export const stillClock = (start: string) => {
  let now = Date.parse(start);
  const slept: number[] = [];
  const around: Surroundings = {
    fetch,
    now: () => now,
    random: () => 1,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      if (milliseconds > 0) slept.push(milliseconds);
      now += Math.max(0, milliseconds);
    },
  };
  return {
    around,
    /** Every wait that was longer than nothing, in milliseconds. */
    slept,
    pass(milliseconds: number) {
      now += milliseconds;
    },
  };
};

/** Opens a vendor's HTTP over real sockets with a still clock. */
export const openHttp = (
  settings: Partial<HttpSettings> & Pick<HttpSettings, "baseUrl">,
  options: { readonly run?: AbortSignal; readonly allowance?: Budget } = {},
) => {
  const clock = stillClock("2026-03-02T10:00:00.000Z");
  const http = vendorHttp(
    { headers: {}, requestsPerMinute: 1_000_000, ...settings },
    clock.around,
    options.run ?? new AbortController().signal,
    options.allowance,
  );
  return { http, ...clock };
};
