import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Delivery, Signature } from "./contract.ts";
import { signatureRejected } from "./errors.ts";

/** How a header writes the time of sending. */
const STAMPS = {
  seconds: (at: Date) => String(Math.floor(at.getTime() / 1000)),
  milliseconds: (at: Date) => String(at.getTime()),
  iso: (at: Date) => at.toISOString(),
} as const;

/** What a signature may cover beside the body. */
interface Signed {
  readonly body: Uint8Array;
  /** The text of the stamp header; empty where there is none. */
  readonly stamp: string;
  /** The address that the vendor called; empty where it is not known. */
  readonly url: string;
}

/** A vendor's HMAC scheme. Only the raw bytes are signed, never JSON that was written again. */
export interface HmacScheme<Config> {
  /** Name of the header that carries the signature. */
  readonly header: string;
  /** `sha1` for vendors that offer nothing else. */
  readonly algorithm?: "sha256" | "sha1";
  readonly encoding?: "hex" | "base64";
  /** What stands before the digest, e.g. `sha256=`. */
  readonly prefix?: string;
  /** The active secrets, newest first: any may verify, the first signs. */
  readonly secrets: (config: Config) => readonly string[];
  /** What is signed, joined; default the body. */
  readonly content?: (signed: Signed) => readonly (string | Uint8Array)[];
  /** The header that says when it was sent, where {@link content} covers it. */
  readonly stamp?: { readonly header: string; readonly format: keyof typeof STAMPS };
  /**
   * When the vendor sent it, in milliseconds since the epoch, read from the signed body. Without it and without a stamp
   * replays pass, since the vendor signs no time.
   */
  readonly sentAt?: (delivery: Delivery) => number;
  /** Largest distance between sending and receipt, either way; default 300. */
  readonly toleranceSeconds?: number;
}

/** Verifies what the scheme describes: any active secret, constant time, fresh enough. */
export const hmac = <Config>(scheme: HmacScheme<Config>): Signature<Config> => {
  const {
    header,
    algorithm = "sha256",
    encoding = "hex",
    prefix = "",
    secrets,
    stamp,
    toleranceSeconds = 300,
  } = scheme;
  const content = scheme.content ?? (({ body }: Signed) => [body]);
  const digest = (what: Signed, secret: string) => {
    const sum = createHmac(algorithm, secret);
    for (const part of content(what)) sum.update(part);
    return prefix + sum.digest(encoding);
  };
  const stamped = (delivery: Delivery): number => {
    const text = (stamp && delivery.headers.get(stamp.header)) ?? "";
    if (stamp?.format === "iso") return Date.parse(text);
    return /^\d{1,16}$/.test(text) ? Number(text) * (stamp?.format === "seconds" ? 1000 : 1) : Number.NaN;
  };
  const sentAt = scheme.sentAt ?? (stamp && stamped);
  const active = (config: Config) => secrets(config).filter((secret) => secret !== "");
  return {
    scheme: inWords(scheme),
    sign(body, config, at, url = "") {
      const [newest] = active(config);
      if (newest === undefined) throw signatureRejected("this connection has no webhook secret");
      const text = stamp === undefined ? "" : STAMPS[stamp.format](at);
      return {
        [header]: digest({ body, stamp: text, url }, newest),
        ...(stamp !== undefined && { [stamp.header]: text }),
      };
    },
    verify(delivery, config) {
      const accepted = active(config);
      if (accepted.length === 0) throw signatureRejected("this connection has no webhook secret");
      const given = delivery.headers.get(header);
      if (given === null) throw signatureRejected(`no ${header} header`);
      const text = (stamp && delivery.headers.get(stamp.header)) ?? "";
      const what: Signed = { body: delivery.body, stamp: text, url: delivery.url ?? "" };
      if (!accepted.some((secret) => same(given, digest(what, secret)))) throw signatureRejected("digest differs");
      if (sentAt === undefined) return;
      const skewSeconds = Math.abs(delivery.receivedAt.getTime() - sentAt(delivery)) / 1000;
      if (!(skewSeconds <= toleranceSeconds)) throw signatureRejected(`sent ${Math.round(skewSeconds)} s from receipt`);
    },
  };
};

const inWords = <Config>(scheme: HmacScheme<Config>): string => {
  const { header, algorithm = "sha256", encoding = "hex", prefix = "", stamp, sentAt } = scheme;
  const signed = scheme.content === undefined ? "the body" : "the body and what comes with it";
  const digest = `HMAC-${algorithm.toUpperCase()} of ${signed} as ${encoding} in \`${header}\``;
  const before = prefix === "" ? "" : `, after \`${prefix}\``;
  const tolerance = `${scheme.toleranceSeconds ?? 300} s`;
  if (stamp !== undefined) return `${digest}${before}; the time in \`${stamp.header}\` may be ${tolerance} off`;
  return `${digest}${before}${sentAt === undefined ? "" : `; the time in the body may be ${tolerance} off`}`;
};

/**
 * A secret that the vendor repeats with each delivery, in the body, a header or the address. It proves who sent it and
 * nothing of what was sent: such a webhook may only ask for records to be read again.
 *
 * @param scheme.given what the delivery holds, or undefined if it holds none
 * @param scheme.put headers with it, or nothing where the body or the address has it
 */
export const sharedSecret = <Config>(scheme: {
  readonly secrets: (config: Config) => readonly string[];
  readonly given: (delivery: Delivery) => string | undefined;
  readonly put?: (secret: string) => Readonly<Record<string, string>>;
}): Signature<Config> => {
  const active = (config: Config) => scheme.secrets(config).filter((secret) => secret !== "");
  return {
    covers: "sender",
    scheme: "a secret that is sent along: it proves who sent it, and what was sent is read again from the tool",
    sign(_, config) {
      const [newest] = active(config);
      if (newest === undefined) throw signatureRejected("this connection has no webhook secret");
      return { ...scheme.put?.(newest) };
    },
    verify(delivery, config) {
      const accepted = active(config);
      if (accepted.length === 0) throw signatureRejected("this connection has no webhook secret");
      const given = scheme.given(delivery);
      if (given === undefined) throw signatureRejected("no secret given");
      if (!accepted.some((secret) => same(given, secret))) throw signatureRejected("secret differs");
    },
  };
};

/** Constant time for any two texts: both are hashed first, since timingSafeEqual throws on unequal lengths. */
const same = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b));
const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
