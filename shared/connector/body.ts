import { HubError, payloadUnreadable } from "./errors.ts";

/** Deeper nesting than any vendor sends; what is deeper poisons everything that recurses over it. */
const DEPTH_AT_MOST = 64;

/**
 * Bytes from outside as JSON: valid UTF-8, nested at most 64 deep.
 *
 * @throws HubError payload_unreadable
 */
export const parseJson = (bytes: Uint8Array, what = "the body"): unknown => {
  const text = utf8(bytes, what);
  if (deeperThan(text, DEPTH_AT_MOST)) {
    throw new HubError("payload_unreadable", `${what} is nested deeper than ${DEPTH_AT_MOST}`, { retry: "never" });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw payloadUnreadable(`${what} (not JSON)`, cause);
  }
};

const utf8 = (bytes: Uint8Array, what: string): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw payloadUnreadable(`${what} (not UTF-8)`, cause);
  }
};

const deeperThan = (text: string, most: number): boolean => {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > most) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
};
