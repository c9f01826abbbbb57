import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { HubError } from "../../connector/errors.ts";

const LIVES_MS = 24 * 60 * 60 * 1000;
const MAC_BYTES = 32;

/** What a cursor is good for: one list, under one set of filters. */
export interface CursorScope {
  readonly route: string;
  readonly filters: Readonly<Record<string, unknown>>;
}

const Payload = z.tuple([z.string(), z.string(), z.string(), z.number()]);

/** By the filters of one request, which opens one cursor and seals the next. */
const prints = new WeakMap<CursorScope["filters"], string>();

const fingerprint = (filters: CursorScope["filters"]): string => {
  const known = prints.get(filters) ?? printOf(filters);
  prints.set(filters, known);
  return known;
};

const printOf = (filters: CursorScope["filters"]): string => {
  const entries = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, Array.isArray(value) ? value.map(String).sort() : value])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return hash("sha256", JSON.stringify(entries), "base64url").slice(0, 22);
};

/** Made ready once for each key. */
const ready = new WeakMap<Uint8Array, KeyObject>();

const macOf = (key: Uint8Array, payload: Uint8Array) => {
  const known = ready.get(key) ?? createSecretKey(key);
  ready.set(key, known);
  return createHmac("sha256", known).update(payload).digest();
};

const GIVEN_AT_MOST = 1000;
/** Cursors that were given out or taken back under a key: where the whole text is known, no MAC need tell it. */
const given = new WeakMap<Uint8Array, Set<string>>();

const note = (key: Uint8Array, cursor: string): string => {
  const known = given.get(key) ?? new Set<string>();
  if (known.size >= GIVEN_AT_MOST) known.clear();
  given.set(key, known.add(cursor));
  return cursor;
};

/** Wraps the place in a list so that nobody can make one up, use it in another list, or after a day. */
export const sealCursor = (key: Uint8Array, scope: CursorScope, after: string, now: Date): string => {
  const payload = Buffer.from(
    JSON.stringify([scope.route, fingerprint(scope.filters), after, now.getTime() + LIVES_MS]),
  );
  return note(key, Buffer.concat([macOf(key, payload), payload]).toString("base64url"));
};

const refused = (code: "cursor_invalid" | "cursor_expired" | "cursor_filter_mismatch", why: string) =>
  new HubError(code, why, { retry: "never", details: { parameter: "cursor" } });

/**
 * The place in the list that a cursor names.
 *
 * @throws HubError `cursor_invalid`, `cursor_filter_mismatch` or `cursor_expired`
 */
export const openCursor = (key: Uint8Array, scope: CursorScope, text: string, now: Date): string => {
  const bytes = Buffer.from(text, "base64url");
  const mac = bytes.subarray(0, MAC_BYTES);
  const payload = bytes.subarray(MAC_BYTES);
  // Decoding forgives stray characters and spare bits: only the one spelling that we gave out is taken back.
  const isOurs =
    given.get(key)?.has(text) === true ||
    (mac.length === MAC_BYTES && bytes.toString("base64url") === text && timingSafeEqual(mac, macOf(key, payload)));
  if (!isOurs) throw refused("cursor_invalid", "the cursor is not one that this hub gave out");
  note(key, text);
  const [route, filters, after, until] = Payload.parse(JSON.parse(payload.toString()));
  if (route !== scope.route || filters !== fingerprint(scope.filters))
    throw refused("cursor_filter_mismatch", "the cursor belongs to another list or to other filters");
  if (now.getTime() >= until) throw refused("cursor_expired", "the cursor is older than 24 hours");
  return after;
};
