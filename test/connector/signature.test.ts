import { createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Delivery } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { corpusText } from "./corpus.ts";

interface Secrets {
  readonly secrets: readonly string[];
}

const HEADER = "x-hub-signature-256";
const scheme = hmac<Secrets>({ header: HEADER, prefix: "sha256=", secrets: ({ secrets }) => secrets });
const SECRET = { secrets: ["It's a Secret to Everybody"] };
const receivedAt = new Date("2026-03-02T10:00:00.000Z");
const bytes = (text: string) => new TextEncoder().encode(text);

const deliver = (body: Uint8Array, headers: Record<string, string> | Headers, at = receivedAt): Delivery => ({
  headers: new Headers(headers),
  body,
  receivedAt: at,
});
/** Whether it is accepted; anything but an acceptance or the one refusal fails the test. */
const accepts = (delivery: Delivery, config: Secrets = SECRET, by = scheme): boolean => {
  try {
    by.verify(delivery, config);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(HubError);
    expect(error).toMatchObject({ code: "signature_rejected", retry: "never" });
    return false;
  }
};
const signed = (body: Uint8Array, config: Secrets = SECRET) => deliver(body, scheme.sign(body, config, receivedAt));

describe("a signed body", () => {
  it("is accepted as GitHub's own documentation signs it", () => {
    const body = bytes("Hello, World!");
    const digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    expect(scheme.sign(body, SECRET, receivedAt)).toEqual({ [HEADER]: `sha256=${digest}` });
    expect(accepts(deliver(body, { [HEADER]: `sha256=${digest}` }))).toBe(true);
  });

  it("is refused with any one bit of it changed", () => {
    const some = fc
      .uint8Array({ minLength: 1, maxLength: 200 })
      .chain((body) => fc.record({ body: fc.constant(body), bit: fc.nat(body.length * 8 - 1) }));
    fc.assert(
      fc.property(some, ({ body, bit }) => {
        const delivery = signed(body);
        const changed = body.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        return accepts(delivery) && !accepts({ ...delivery, body: changed });
      }),
    );
  });

  it("is refused with any other text for its signature", () => {
    const delivery = signed(bytes("{}"));
    const right = delivery.headers.get(HEADER);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii", maxLength: 100 }), (text) => {
        fc.pre(text.trim() !== right);
        return !accepts(deliver(delivery.body, { [HEADER]: text }));
      }),
    );
  });

  it("T04 is accepted under the secret before while it is listed, and refused after", () => {
    const old = signed(bytes("{}"), { secrets: ["old"] });
    expect(accepts(old, { secrets: ["new", "old"] })).toBe(true);
    expect(accepts(old, { secrets: ["new"] })).toBe(false);
    expect(scheme.sign(old.body, { secrets: ["new", "old"] }, receivedAt)).toEqual(
      scheme.sign(old.body, { secrets: ["new"] }, receivedAt),
    );
  });

  it.each([[[]], [[""]], [["", ""]]])(
    "is refused by a connection whose secrets are %j, whatever the signature",
    (secrets) => {
      const body = bytes("{}");
      const ofNothing = `sha256=${createHmac("sha256", "").update(body).digest("hex")}`;
      expect(accepts(deliver(body, { [HEADER]: ofNothing }), { secrets })).toBe(false);
      expect(accepts(deliver(body, {}), { secrets })).toBe(false);
      expect(() => scheme.sign(body, { secrets }, receivedAt)).toThrow(/no webhook secret/);
    },
  );
});

describe("T02 a body that says when it was sent", () => {
  const timed = hmac<Secrets>({
    header: HEADER,
    secrets: ({ secrets }) => secrets,
    sentAt: ({ body }) => Number(new TextDecoder().decode(body)),
    toleranceSeconds: 60,
  });
  const at = (text: string) => deliver(bytes(text), timed.sign(bytes(text), SECRET, receivedAt));

  it.each([
    ["now", String(receivedAt.getTime()), true],
    ["a minute ago", String(receivedAt.getTime() - 60_000), true],
    ["a minute and a millisecond ago", String(receivedAt.getTime() - 60_001), false],
    ["in a minute", String(receivedAt.getTime() + 60_000), true],
    ["later than in a minute", String(receivedAt.getTime() + 60_001), false],
    ["at no number", "NaN", false],
    ["before time began", "-1", false],
    ["at an endless time", "Infinity", false],
    ["in seconds", String(receivedAt.getTime() / 1000), false],
  ])("is taken or refused by its time: sent %s", (_, text, expected) => {
    expect(accepts(at(text), SECRET, timed)).toBe(expected);
  });
});

/** Each mutator that concerns one header over one body; `true` is policy: the same bytes under a valid signature. */
const MUTATORS: Readonly<Record<string, (body: Uint8Array, right: string) => Delivery>> = {
  "drop-header": (body) => deliver(body, {}),
  "empty-header": (body) => deliver(body, { [HEADER]: "" }),
  "whitespace-header": (body) => deliver(body, { [HEADER]: "   " }),
  "wrong-secret": (body) => signed(body, { secrets: ["guess"] }),
  "prev-rotated-secret-expired": (body) => signed(body, { secrets: ["last year's"] }),
  "flip-1-bit-body": (body, right) => deliver(body.with(0, (body[0] ?? 0) ^ 1), { [HEADER]: right }),
  "flip-1-bit-sig": (body, right) =>
    deliver(body, { [HEADER]: `${right.slice(0, -1)}${right.endsWith("0") ? "1" : "0"}` }),
  "truncate-sig-1": (body, right) => deliver(body, { [HEADER]: right.slice(0, -1) }),
  "truncate-sig-half": (body, right) => deliver(body, { [HEADER]: right.slice(0, right.length / 2) }),
  "extend-sig-1": (body, right) => deliver(body, { [HEADER]: `${right}0` }),
  "sig-length-0": (body) => deliver(body, { [HEADER]: "sha256=" }),
  "sig-length-10000": (body) => deliver(body, { [HEADER]: `sha256=${"a".repeat(10_000)}` }),
  "uppercase-hex": (body, right) => deliver(body, { [HEADER]: `sha256=${right.slice(7).toUpperCase()}` }),
  "prefix-missing": (body, right) => deliver(body, { [HEADER]: right.slice(7) }),
  "prefix-wrong(sha1=)": (body, right) => deliver(body, { [HEADER]: `sha1=${right.slice(7)}` }),
  "prefix-twice": (body, right) => deliver(body, { [HEADER]: `sha256=${right}` }),
  "non-hex": (body) => deliver(body, { [HEADER]: `sha256=${"z".repeat(64)}` }),
  "non-base64": (body) => deliver(body, { [HEADER]: "sha256=!!!!" }),
  base64url: (body, right) =>
    deliver(body, { [HEADER]: `sha256=${Buffer.from(right.slice(7), "hex").toString("base64url")}` }),
  "utf8-multibyte-in-sig": (body, right) => deliver(body, { [HEADER]: `${right.slice(0, -2)}\u00e9` }),
  "array-header(two values)": (body, right) => deliver(body, twice(right, right)),
  "second-value-valid": (body, right) => deliver(body, twice("sha256=0", right)),
  "sig-of-empty-body": (body) => deliver(body, scheme.sign(new Uint8Array(), SECRET, receivedAt)),
  "sig-of-other-endpoint": (body) => signed(body, { secrets: ["of another connection"] }),
  "sig-of-other-vendor-secret": (body) => signed(body, { secrets: ["whsec_other"] }),
  "body-reserialised": (body, right) =>
    deliver(bytes(JSON.stringify(JSON.parse(new TextDecoder().decode(body)))), { [HEADER]: right }),
  "body-trailing-newline": (body, right) => deliver(Buffer.concat([body, bytes("\n")]), { [HEADER]: right }),
  "body-bom": (body, right) => deliver(Buffer.concat([bytes("\uFEFF"), body]), { [HEADER]: right }),
  "body-gzip-with-content-encoding": (body, right) =>
    deliver(gzipSync(body), { [HEADER]: right, "content-encoding": "gzip" }),
  "alg-downgrade(sha1 only)": (body) =>
    deliver(body, {
      "x-hub-signature": `sha1=${createHmac("sha1", SECRET.secrets[0] ?? "")
        .update(body)
        .digest("hex")}`,
    }),
  "legacy-token-when-sig-present": (body) =>
    deliver(body, { [HEADER]: "sha256=0", "x-gitlab-token": SECRET.secrets[0] ?? "", authorization: "Bearer x" }),
};

const twice = (first: string, second: string): Headers => {
  const headers = new Headers({ [HEADER]: first });
  headers.append(HEADER, second);
  return headers;
};

/** Mutators of the corpus that another control answers for. */
const ELSEWHERE =
  /^(timestamp-|id-|content-length|method-|path-|unknown-endpoint|disabled-|deleted-|unicode-path|null-byte|double-encoded|isBase64|replay-)/;

describe("T01 a forged delivery", () => {
  const BODIES = ["{ }", '{"action": "opened"}', `{ "text":"${"é".repeat(2000)}"}`, "[1, 2]"].map(bytes);

  it.each(Object.keys(MUTATORS))("is refused: %s", (name) => {
    for (const body of BODIES) {
      const right = scheme.sign(body, SECRET, receivedAt)[HEADER] as string;
      const mutated = MUTATORS[name]?.(body, right);
      if (mutated === undefined) throw new Error(`no mutator ${name}`);
      expect(accepts(deliver(body, { [HEADER]: right }))).toBe(true);
      expect(accepts(mutated)).toBe(false);
    }
  });

  const corpus = corpusText("signature.vectors.json");
  it.skipIf(corpus === undefined)("covers every mutator of the corpus that concerns signatures", () => {
    const { mutators } = JSON.parse(corpus ?? "{}") as { mutators: string[] };
    expect(mutators).toHaveLength(60);
    expect(mutators.filter((name) => !ELSEWHERE.test(name)).sort()).toEqual(Object.keys(MUTATORS).sort());
  });
});
