import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Delivery, Signature } from "./contract.ts";
import { signatureRejected } from "./errors.ts";

/**
 * HMAC-SHA256 over the raw body, as lower-case hex, in one header.
 *
 * @param header name of the header that carries the signature
 * @param prefix what stands before the hex digits, e.g. `sha256=`
 * @param secrets the active secrets, newest first: any may verify, the first signs
 * @param sentAt when the vendor sent it, in milliseconds since the epoch, read from the signed body; leave out only if
 *   the vendor signs no time, since replays then pass
 * @param toleranceSeconds largest distance between `sentAt` and receipt, either way
 */
export const hmacSha256 = <Config>(scheme: {
  readonly header: string;
  readonly prefix?: string;
  readonly secrets: (config: Config) => readonly string[];
  readonly sentAt?: (delivery: Delivery) => number;
  readonly toleranceSeconds?: number;
}): Signature<Config> => {
  const { header, prefix = "", secrets, sentAt, toleranceSeconds = 300 } = scheme;
  const signed = (body: Uint8Array, secret: string) => prefix + createHmac("sha256", secret).update(body).digest("hex");
  const active = (config: Config) => secrets(config).filter((secret) => secret !== "");
  return {
    sign(body, config) {
      const [newest] = active(config);
      if (newest === undefined) throw signatureRejected("this connection has no webhook secret");
      return { [header]: signed(body, newest) };
    },
    verify(delivery, config) {
      const accepted = active(config);
      if (accepted.length === 0) throw signatureRejected("this connection has no webhook secret");
      const given = delivery.headers.get(header);
      if (given === null) throw signatureRejected(`no ${header} header`);
      if (!accepted.some((secret) => same(given, signed(delivery.body, secret))))
        throw signatureRejected("digest differs");
      if (sentAt === undefined) return;
      const skewSeconds = Math.abs(delivery.receivedAt.getTime() - sentAt(delivery)) / 1000;
      if (!(skewSeconds <= toleranceSeconds)) throw signatureRejected(`sent ${Math.round(skewSeconds)} s from receipt`);
    },
  };
};

/** Constant time for any two texts: both are hashed first, since timingSafeEqual throws on unequal lengths. */
const same = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b));
const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
