/**
 * The trace of whatever goes back to an archived payload: a webhook, a page, a re-read. It is the first half of the digest
 * that the payload's address ends in, so every step can tell it from the address that it carries anyway, and whoever has a
 * trace finds the payload.
 *
 * @returns 32 hexadecimal digits (W3C Trace Context), or undefined for what came from no payload, such as the config
 */
export const traceOf = (rawRef: string | undefined): string | undefined =>
  /([0-9a-f]{32})[0-9a-f]{32}$/.exec(rawRef ?? "")?.[1];

/** `traceparent` of W3C Trace Context: this event is one step of the trace. @param step tells it from the others */
export const traceparent = (trace: string, step: string): string => `00-${trace}-${spanOf(step)}-01`;

/** 16 hexadecimal digits that are the same for the same step: FNV-1a, 64 bits. */
const spanOf = (step: string): string => {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(step)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  // All zeros would mean: no step.
  return (hash === 0n ? 1n : hash).toString(16).padStart(16, "0");
};
