import { createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Delivery, Signature } from "../../shared/connector/contract.ts";

/** One delivery that is accepted as it is, and what it takes to sign others like it. */
export interface Genuine<Config> {
  readonly signature: Signature<Config>;
  readonly config: Config;
  /** The same settings with another secret. */
  readonly withSecret: (secret: string) => Config;
  readonly secret: string;
  readonly delivery: Delivery;
  /** The headers of it that {@link Signature.sign} gave. */
  readonly signed: Readonly<Record<string, string>>;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const PREFIX = /^(?:sha1|sha256|v0)=/;
const STAMP = /^(?:\d{9,}|\d{4}-\d\d-\d\dT.*)$/;

/**
 * Ways to forge a webhook, under the names of the shared corpus, as far as the vendor's scheme has what they touch. Where
 * the body is not signed, those that change only the body are left out.
 */
export const forgeriesOf = <Config>(genuine: Genuine<Config>): ReadonlyMap<string, Delivery> => {
  const { signature, delivery, signed, secret } = genuine;
  const { body, url } = delivery;
  const stampHeader = Object.keys(signed).find((name) => STAMP.test(signed[name] ?? ""));
  const header = Object.keys(signed).find((name) => name !== stampHeader);
  const all = new Map<string, Delivery>();
  const bare = new Headers([...delivery.headers].filter(([name]) => !(name in signed)));
  const put = (name: string, headers: Readonly<Record<string, string>>, other: Partial<Delivery> = {}) =>
    all.set(name, { ...delivery, headers: new Headers([...bare, ...Object.entries(headers)]), ...other });

  for (const [name, other] of [
    ["wrong-secret", "a guess"],
    ["prev-rotated-secret-expired", "that of last year"],
    ["sig-of-other-vendor-secret", "whsec_of_another"],
  ] as const) {
    const forged = signature.sign(body, genuine.withSecret(other), delivery.receivedAt, url);
    if (Object.keys(forged).length > 0) put(name, forged);
  }
  if (signature.covers !== "sender") {
    const changed: [string, Uint8Array][] = [
      ["flip-1-bit-body", body.with(0, (body[0] ?? 0) ^ 1)],
      ["body-trailing-newline", Buffer.concat([body, bytes("\n")])],
      ["body-bom", Buffer.concat([bytes("\uFEFF"), body])],
      ["body-reserialised", bytes(JSON.stringify(JSON.parse(new TextDecoder().decode(body)), null, 1))],
    ];
    for (const [name, other] of changed) put(name, signed, { body: other });
    put("body-gzip-with-content-encoding", { ...signed, "content-encoding": "gzip" }, { body: gzipSync(body) });
    put(
      "sig-of-empty-body",
      attempt(() => signature.sign(bytes("{}"), genuine.config, delivery.receivedAt, url)),
    );
  }
  if (header === undefined) return all;

  const right = signed[header] ?? "";
  const digest = right.replace(PREFIX, "");
  const prefix = right.slice(0, right.length - digest.length);
  const instead = (name: string, value: string) => put(name, { ...signed, [header]: value });
  const { [header]: _, ...unsigned } = signed;
  put("drop-header", unsigned);
  instead("empty-header", "");
  instead("whitespace-header", "   ");
  instead("flip-1-bit-sig", `${right.slice(0, -2)}${right.at(-2) === "0" ? "1" : "0"}${right.slice(-1)}`);
  instead("truncate-sig-1", right.slice(0, -1));
  instead("truncate-sig-half", right.slice(0, right.length / 2));
  instead("extend-sig-1", `${right}0`);
  instead("sig-length-0", prefix);
  instead("sig-length-10000", `${prefix}${"a".repeat(10_000)}`);
  instead("prefix-wrong(sha1=)", `md5=${digest}`);
  instead("prefix-twice", `sha256=${right}`);
  instead("non-hex", `${prefix}${"z".repeat(64)}`);
  instead("non-base64", `${prefix}!!!!`);
  instead("utf8-multibyte-in-sig", `${right.slice(0, -2)}\u00e9`);
  instead("array-header(two values)", `${right}, ${right}`);
  instead("second-value-valid", `${prefix}0, ${right}`);
  if (prefix !== "") instead("prefix-missing", digest);
  if (right.toUpperCase() !== right) instead("uppercase-hex", `${prefix}${digest.toUpperCase()}`);
  if (/^[0-9a-f]+$/.test(digest)) instead("base64url", `${prefix}${Buffer.from(digest, "hex").toString("base64url")}`);
  const legacy = { "x-gitlab-token": secret, "x-webhook-secret": secret, authorization: `Bearer ${secret}` };
  put("legacy-token-when-sig-present", { ...signed, ...legacy, [header]: `${prefix}0` });
  const sha1 = `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`;
  if (right !== sha1) put("alg-downgrade(sha1 only)", { ...unsigned, "x-hub-signature": sha1 });

  if (stampHeader === undefined) return all;
  // Of another day, with the time of today written over: it must be signed along.
  const yesterday = signature.sign(body, genuine.config, new Date(delivery.receivedAt.getTime() - 86_400_000), url);
  put("timestamp-of-today-over-an-old-one", { ...yesterday, [stampHeader]: signed[stampHeader] ?? "" });
  const { [stampHeader]: __, ...timeless } = signed;
  put("timestamp-missing", timeless);
  for (const [name, value] of [
    ["timestamp-NaN", "NaN"],
    ["timestamp-negative", "-1"],
    ["timestamp-hex", "0x69a5"],
    ["timestamp-float", `${signed[stampHeader]}.5`],
  ] as const)
    put(name, { ...signed, [stampHeader]: value });
  return all;
};

/** A body of which a vendor that reads its time in the body can sign nothing else. */
const attempt = (sign: () => Record<string, string>): Record<string, string> => {
  try {
    return sign();
  } catch {
    return {};
  }
};
