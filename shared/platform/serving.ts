import { createHash } from "node:crypto";
import type { WebDeps } from "../web/web-deps.ts";
import type { AccessConfig } from "./access-config.ts";

/** How a process serves: set once before the first request. */
export interface Serving {
  readonly cursorKey: () => Promise<Uint8Array>;
  /** Seals what the table must hold and nobody may read there: 32 bytes. */
  readonly sealKey: () => Promise<Uint8Array>;
  /** Webhooks may go to this machine: the config says so, and nobody else's does the hub run on. */
  readonly loopbackWebhooks?: boolean;
  readonly demo: boolean;
  readonly signIn: {
    /** False: whoever reaches the hub may do everything, since only its own machine does. */
    readonly required: boolean;
    readonly oidc?: AccessConfig["oidc"];
  };
  /** What `/metrics` answers; absent where no process sees all that is counted. */
  readonly metricsPage?: (() => Promise<{ readonly type: string; readonly text: string }>) | undefined;
  /** What waits in this process's own queues; absent where others hold them. */
  readonly waiting?: WebDeps["waiting"];
  /** Host names that may be asked for; absent allows all. */
  readonly allowedHosts?: readonly string[];
}

let present: Serving | undefined;

/** Told apart from the pages, so that a process which shows none does not load them. */
export const serveAs = (how: Serving): void => {
  present = how;
};

export const serving = (): Serving => {
  if (present === undefined) throw new Error("serveAs must be called before the first request");
  return present;
};

/** A key for this purpose alone, from a secret that serves several. */
export const derivedKey = (secret: string, purpose: string): Uint8Array =>
  createHash("sha256").update(`${purpose}\n${secret}`).digest();
