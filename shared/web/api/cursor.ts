import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { HubError } from "../../connector/errors.ts";

const LIVES_MS = 24 * 60 * 60 * 1000;
const MINUTE_MS = 60 * 1000;
const MAC_BYTES = 32;

/** What a cursor is good for: one list, under one set of filters. */
export interface CursorScope {
  readonly route: string;
  readonly filters: Readonly<Record<string, unknown>>;
}

const Payload = z.tuple([z.string(), z.string(), z.string(), z.number()]);
type Payload = z.output<typeof Payload>;

/** Beyond so many, what is known of filters, and of a key's cursors, is found out anew. */
const KNOWN_AT_MOST = 1000;

const prints = new Map<string, string>();

const fingerprint = (filters: CursorScope["filters"]): string => {
  const text = JSON.stringify(filters);
  const print = prints.get(text) ?? printOf(filters);
  if (prints.size >= KNOWN_AT_MOST) prints.clear();
  prints.set(text, print);
  return print;
};

const printOf = (filters: CursorScope["filters"]): string => {
  const entries = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, Array.isArray(value) ? value.map(String).sort() : value])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return hash("sha256", JSON.stringify(entries), "base64url").slice(0, 22);
};

/** What is known of a key's cursors. */
interface Cursors {
  readonly secret: KeyObject;
  /** What those say that were given out or taken back: where the whole text is known, no MAC need tell it. */
  readonly saying: Map<string, Payload>;
  /** By what they say. */
  readonly sealed: Map<string, string>;
}

const known = new WeakMap<Uint8Array, Cursors>();

const cursorsOf = (key: Uint8Array): Cursors => {
  const cursors = known.get(key) ?? { secret: createSecretKey(key), saying: new Map(), sealed: new Map() };
  known.set(key, cursors);
  for (const held of [cursors.saying, cursors.sealed]) if (held.size >= KNOWN_AT_MOST) held.clear();
  return cursors;
};

const macOf = ({ secret }: Cursors, payload: Uint8Array) => createHmac("sha256", secret).update(payload).digest();

/** Wraps the place in a list so that nobody can make one up, use it in another list, or a minute after a day. */
export const sealCursor = (key: Uint8Array, scope: CursorScope, after: string, now: Date): string => {
  // To the minute, so that the next page has one address for all who ask within it.
  const until = Math.ceil((now.getTime() + LIVES_MS) / MINUTE_MS) * MINUTE_MS;
  const payload: Payload = [scope.route, fingerprint(scope.filters), after, until];
  const text = JSON.stringify(payload);
  const cursors = cursorsOf(key);
  const sealed = cursors.sealed.get(text) ?? sealedWith(cursors, text);
  cursors.sealed.set(text, sealed);
  cursors.saying.set(sealed, payload);
  return sealed;
};

const sealedWith = (cursors: Cursors, text: string): string => {
  const bytes = Buffer.from(text);
  return Buffer.concat([macOf(cursors, bytes), bytes]).toString("base64url");
};

const refused = (code: "cursor_invalid" | "cursor_expired" | "cursor_filter_mismatch", why: string) =>
  new HubError(code, why, { retry: "never", details: { parameter: "cursor" } });

/**
 * The place in the list that a cursor names.
 *
 * @throws HubError `cursor_invalid`, `cursor_filter_mismatch` or `cursor_expired`
 */
export const openCursor = (key: Uint8Array, scope: CursorScope, text: string, now: Date): string => {
  const cursors = cursorsOf(key);
  const payload = cursors.saying.get(text) ?? opened(cursors, text);
  cursors.saying.set(text, payload);
  const [route, filters, after, until] = payload;
  if (route !== scope.route || filters !== fingerprint(scope.filters))
    throw refused("cursor_filter_mismatch", "the cursor belongs to another list or to other filters");
  if (now.getTime() >= until) throw refused("cursor_expired", "the cursor is older than 24 hours");
  return after;
};

const opened = (cursors: Cursors, text: string): Payload => {
  const bytes = Buffer.from(text, "base64url");
  const mac = bytes.subarray(0, MAC_BYTES);
  const payload = bytes.subarray(MAC_BYTES);
  // Decoding forgives stray characters and spare bits: only the one spelling that we gave out is taken back.
  const isOurs =
    mac.length === MAC_BYTES && bytes.toString("base64url") === text && timingSafeEqual(mac, macOf(cursors, payload));
  if (!isOurs) throw refused("cursor_invalid", "the cursor is not one that this hub gave out");
  return Payload.parse(JSON.parse(payload.toString()));
};
