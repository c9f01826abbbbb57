import { createHash } from "node:crypto";
import type { Hono } from "hono";
import { safeReason } from "../connector/errors.ts";
import { connectionViews } from "../pipeline/connection-views.ts";
import type { Hub } from "../pipeline/hub.ts";
import { vocabulary } from "../pipeline/vocabulary.ts";
import { tableViews } from "../store/table-views.ts";
import { webApp } from "../web/app.ts";
import type { WebEnv } from "../web/web-deps.ts";
import { VERSION } from "./version.ts";

/** How a process serves: set once before the first request. */
export interface Serving {
  readonly cursorKey: () => Promise<Uint8Array>;
  readonly demo: boolean;
  /** Host names that may be asked for; absent allows all. */
  readonly allowedHosts?: readonly string[];
}

let serving: Serving | undefined;

export const serveAs = (how: Serving): void => {
  serving = how;
};

/** The HTTP surfaces over the hub of this process. */
export const webOf = async (hub: () => Hub): Promise<Hono<WebEnv>> => {
  const how = serving;
  if (how === undefined) throw new Error("serveAs must be called before the first request");
  const views = tableViews(hub().ports.table, {
    products: hub().products,
    connections: () => connectionViews(hub()),
    now: () => hub().ports.clock.now(),
    statusOf: (connectionId) => vocabulary(hub())(connectionId),
  });
  return webApp({
    views,
    now: () => hub().ports.clock.now(),
    cursorKey: await how.cursorKey(),
    version: VERSION,
    url: () => hub().url,
    demo: how.demo,
    ...(how.allowedHosts !== undefined && { allowedHosts: how.allowedHosts }),
    onFailure: (error, requestId) =>
      hub().log.warn({ deliveryId: requestId, code: "internal_error", reason: safeReason(error) }, "request failed"),
  });
};

/** A key for this purpose alone, from a secret that serves several. */
export const derivedKey = (secret: string, purpose: string): Uint8Array =>
  createHash("sha256").update(`${purpose}\n${secret}`).digest();
