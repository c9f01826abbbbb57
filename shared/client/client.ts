import type { Operations } from "./operations.ts";
import { PLACES } from "./places.ts";

type Name = keyof Operations;
type Parts = "path" | "query" | "body";
/** The parts of a request that an operation has, without those that may be left out. */
type Needed<N extends Name> = {
  readonly [Part in Parts as undefined extends Operations[N][Part]
    ? never
    : object extends Operations[N][Part]
      ? never
      : Part]: Operations[N][Part];
};
type Optional<N extends Name> = {
  readonly [Part in Parts as undefined extends Operations[N][Part] ? never : Part]?: Operations[N][Part];
};
/** What an operation must be told, and what it may. */
type Given<N extends Name> = Needed<N> &
  Optional<N> & {
    /** The ETag of what was read: who changes something says what they changed. */
    readonly ifMatch?: string | undefined;
    /** Names the request, so that a repeat of it is not done twice. */
    readonly idempotencyKey?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  };
type Lists = { [N in Name]: Operations[N]["answer"] extends { readonly next_cursor: string | null } ? N : never }[Name];
type ItemOf<N extends Lists> = Operations[N]["answer"] extends { readonly data: readonly (infer Item)[] }
  ? Item
  : never;

/** What the hub refused, as it tells it (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  /** A page about this error. */
  readonly type: string;
  readonly requestId: string;
  /** Only with `rate_limited`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, body: Readonly<Record<string, unknown>>, retryAfter: string | null) {
    super(String(body["detail"] ?? `the hub answered ${status}`));
    this.status = status;
    this.code = String(body["code"] ?? "unknown");
    this.type = String(body["type"] ?? "about:blank");
    this.requestId = String(body["request_id"] ?? "");
    this.retryAfterSeconds = retryAfter === null ? undefined : Number(retryAfter);
  }
}

const addressOf = (base: string, template: string, given: Readonly<Record<string, unknown>>): string => {
  const names = (given["path"] ?? {}) as Readonly<Record<string, string>>;
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = names[name] ?? "";
    // Without it the address would be that of the list above.
    if (value === "") throw new TypeError(`path.${name} is missing`);
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries((given["query"] ?? {}) as object)) {
    if (value !== undefined) query.set(name, Array.isArray(value) ? value.join(",") : String(value));
  }
  return `${base.replace(/\/$/, "")}${path}${query.size === 0 ? "" : `?${query}`}`;
};

const problemIn = async (response: Response): Promise<Problem> => {
  const body: unknown = await response.json().catch(() => ({}));
  return new Problem(response.status, (body ?? {}) as Record<string, unknown>, response.headers.get("retry-after"));
};

/**
 * The API of a hub, typed by its operations.
 *
 * @param hub.url where people reach it
 * @param hub.key `tl_…`; a hub on this machine needs none
 */
export const client = (hub: {
  readonly url: string;
  readonly key?: string | undefined;
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}) => {
  const ask = hub.fetch ?? ((url: string, init: RequestInit) => fetch(url, init));
  /** @throws Problem for whatever the hub refuses */
  const call = async <N extends Name>(name: N, given: Given<N>): Promise<Operations[N]["answer"]> => {
    const [method, path] = PLACES[name];
    const told: Readonly<Record<string, unknown>> = given;
    const { ifMatch, idempotencyKey, signal } = given;
    const response = await ask(addressOf(hub.url, path, told), {
      method,
      headers: {
        accept: "application/json",
        ...(hub.key !== undefined && { authorization: `Bearer ${hub.key}` }),
        ...(ifMatch !== undefined && { "if-match": ifMatch }),
        ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
        ...(told["body"] !== undefined && { "content-type": "application/json" }),
      },
      ...(told["body"] !== undefined && { body: JSON.stringify(told["body"]) }),
      ...(signal !== undefined && { signal }),
    });
    if (!response.ok) throw await problemIn(response);
    return (response.status === 204 ? undefined : await response.json()) as Operations[N]["answer"];
  };
  /** Every thing of a list, page by page. */
  async function* each<N extends Lists>(name: N, given: Given<N>): AsyncGenerator<ItemOf<N>> {
    for (let cursor: string | undefined; ; ) {
      const query = { ...("query" in given ? (given.query as object) : {}), ...(cursor !== undefined && { cursor }) };
      const page = (await call(name, { ...given, query } as unknown as Given<N>)) as unknown as {
        readonly data: readonly ItemOf<N>[];
        readonly next_cursor: string | null;
      };
      yield* page.data;
      if (page.next_cursor === null) return;
      cursor = page.next_cursor;
    }
  }
  return { call, each };
};
