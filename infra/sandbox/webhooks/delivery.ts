import { createHmac, randomUUID } from "node:crypto";

/** Where a vendor's webhooks go, and what they are signed with. */
interface Target {
  readonly url: string;
  readonly secret: string;
}

/** By vendor. */
export type Targets = Readonly<Record<string, Target | undefined>>;

/** What a webhook is signed with and for. */
export interface Sending {
  readonly id: string;
  readonly secret: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly url: string;
  readonly isRetry: boolean;
}

/** One webhook, before it is signed. */
export interface Hook {
  readonly vendor: string;
  readonly event: string;
  readonly body: object;
  /** The bytes as sent, and the headers beside the content type; those of the trackers by default. */
  readonly signed?: (sending: Sending) => {
    readonly body?: string;
    readonly headers: Readonly<Record<string, string>>;
    /** What the vendor adds to the address, e.g. a secret. */
    readonly query?: string;
  };
}

/** A webhook that was sent, and what came back. */
export interface Delivered {
  readonly id: string;
  readonly vendor: string;
  readonly event: string;
  readonly status: number | "failed" | "held";
}

const TIMEOUT_MS = 5000;
const KEPT = 200;

/** A webhook that waits to be delivered or dropped. */
export interface Held {
  readonly id: string;
  readonly vendor: string;
  readonly event: string;
}

/** What happens to a webhook when its change is made: it goes out, it waits for a word, or there is none. */
export type Mode = "send" | "hold" | "off";

/** Sends signed webhooks as each vendor does, holds them back on demand, and can send them again. */
export class Deliveries {
  readonly #clock: () => number;
  #targets: Targets;
  #mode: Mode = "send";
  #held = new Map<string, Hook>();
  #sent: { readonly id: string; readonly hook: Hook }[] = [];

  constructor(targets: Targets, clock: () => number) {
    this.#targets = targets;
    this.#clock = clock;
  }

  aim(targets: Targets): void {
    this.#targets = targets;
  }

  turn(mode: Mode): void {
    this.#mode = mode;
  }

  /** Webhooks go out again, none waits, and nothing was sent. */
  reset(): void {
    this.#mode = "send";
    this.#held.clear();
    this.#sent = [];
  }

  /** Sends hooks in turn, or holds them; none when they are off, and none to a vendor without a target. */
  async send(hooks: readonly Hook[]): Promise<readonly Delivered[]> {
    const delivered: Delivered[] = [];
    if (this.#mode === "off") return delivered;
    for (const hook of hooks) {
      if (this.#targets[hook.vendor] === undefined) continue;
      const id = randomUUID();
      if (this.#mode === "hold") {
        this.#held.set(id, hook);
        delivered.push({ id, vendor: hook.vendor, event: hook.event, status: "held" });
      } else delivered.push(await this.#first(id, hook));
    }
    return delivered;
  }

  /** What waits, oldest first. */
  held(): readonly Held[] {
    return [...this.#held].map(([id, { vendor, event }]) => ({ id, vendor, event }));
  }

  /** Sends one that waits, with the body as of its change; or one that was sent before once more, as a duplicate. */
  async deliver(id: string): Promise<Delivered | undefined> {
    const hook = this.#held.get(id);
    this.#held.delete(id);
    return hook === undefined ? this.again(id) : this.#first(id, hook);
  }

  /** Forgets one that waits. @returns whether it did wait */
  drop(id: string): boolean {
    return this.#held.delete(id);
  }

  async #first(id: string, hook: Hook): Promise<Delivered> {
    this.#sent = [...this.#sent.slice(1 - KEPT), { id, hook }];
    return this.#post(id, hook, false);
  }

  /** Sends again what was sent last, or one delivery by id, under the same id. */
  async again(id?: string): Promise<Delivered | undefined> {
    const found = id === undefined ? this.#sent.at(-1) : this.#sent.find((sent) => sent.id === id);
    return found === undefined ? undefined : this.#post(found.id, found.hook, true);
  }

  async #post(id: string, hook: Hook, retry: boolean): Promise<Delivered> {
    const { vendor, event } = hook;
    const target = this.#targets[vendor];
    if (target === undefined) return { id, vendor, event, status: "failed" };
    const now = this.#clock();
    const sending = { id, secret: target.secret, now, url: target.url, isRetry: retry };
    const signed = hook.signed?.(sending);
    const body =
      signed?.body ??
      JSON.stringify(vendor === "linear" ? { ...(hook.body as object), webhookTimestamp: now } : hook.body);
    const digest = createHmac("sha256", target.secret).update(body).digest("hex");
    const headers = {
      "content-type": "application/json",
      ...(signed?.headers ?? headersOf(hook, id, digest, now, retry)),
    };
    try {
      const response = await fetch(`${target.url}${signed?.query ?? ""}`, {
        method: "POST",
        headers,
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.arrayBuffer();
      return { id, vendor, event, status: response.status };
    } catch {
      return { id, vendor, event, status: "failed" };
    }
  }
}

const headersOf = (
  { vendor, event, body }: Hook,
  id: string,
  digest: string,
  now: number,
  retry: boolean,
): Record<string, string> => {
  switch (vendor) {
    case "jira":
      return {
        "user-agent": "Atlassian Webhook HTTP Client",
        "x-atlassian-webhook-identifier": id,
        "x-atlassian-webhook-flow": "Primary",
        "x-hub-signature": `sha256=${digest}`,
        ...(retry ? { "x-atlassian-webhook-retry": "1" } : {}),
      };
    case "linear":
      return {
        "user-agent": "Linear-Webhook",
        "linear-delivery": id,
        "linear-event": String((body as { type?: unknown }).type ?? event),
        "linear-signature": digest,
        "linear-timestamp": String(now),
      };
    case "github":
      return {
        "user-agent": "GitHub-Hookshot/0a1b2c3",
        accept: "*/*",
        "x-github-event": event,
        "x-github-delivery": id,
        "x-github-hook-id": "480000001",
        "x-github-hook-installation-target-type": "repository",
        "x-hub-signature-256": `sha256=${digest}`,
      };
    default:
      throw new Error(`webhooks of ${vendor} bring their own signature`);
  }
};
