import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { SOURCES } from "./sources.ts";

/** Every call with its two lengths. */
const compared = vi.hoisted(() => [] as [number, number][]);
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  return {
    ...crypto,
    timingSafeEqual: (a: Uint8Array, b: Uint8Array) => {
      compared.push([a.byteLength, b.byteLength]);
      return crypto.timingSafeEqual(a, b);
    },
  };
});
const { hmac, sharedSecret } = await import("../../shared/connector/signature.ts");

const secrets = () => ["whsec-fixture"];
const body = new TextEncoder().encode("{}");
const deliver = (value: string) => ({
  headers: new Headers({ "x-signature": value }),
  body,
  receivedAt: new Date(0),
});

describe("T03 a secret that somebody offers", () => {
  it.each(["x", "0".repeat(63), "0".repeat(64), "0".repeat(65), "f".repeat(10_000)])(
    "is compared over two digests of one length, whatever its own: %#",
    (guess) => {
      for (const scheme of [
        hmac({ header: "x-signature", secrets }),
        sharedSecret({ secrets, given: ({ headers }) => headers.get("x-signature") ?? undefined }),
      ]) {
        compared.length = 0;
        expect(() => scheme.verify(deliver(guess), {})).toThrow("signature rejected");
        expect(compared).toEqual([[32, 32]]);
      }
    },
  );

  it("is compared with == nowhere in the sources", () => {
    const named = String.raw`\b(?:\w*[sS]ignature|\w*[tT]oken|\w*[dD]igest|\w*[sS]ecret|mac|hmac|passcode|apiKey)\b(?:\(\w*\))?`;
    const value = String.raw`(?!undefined|null|true|false|typeof|-?\d|["'\`])[\w$.(]`;
    const careless = new RegExp(`${named} ?[!=]==? ?${value}|[\\w)\\]] ?[!=]==? ?${named}(?! ?[.?])`);
    expect("if (given === wantedSignature)").toMatch(careless);
    expect("token !== wanted").toMatch(careless);
    const found = SOURCES.flatMap((path) =>
      readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => careless.test(line) && !/^\s*(?:\*|\/\/)/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
    expect(found).toEqual(NO_GUESSES);
  });
});

/** None compares a stranger's guess: tokens and digests of our own, requests that were sent before, settings of one config. */
const NO_GUESSES: readonly string[] = [
  "shared/connector/credential.ts: (held) => held.accessToken === refused || isOver(held),",
  "shared/pipeline/token-store.ts: const known = refused?.digest === digest ? refused : undefined;",
  "shared/pipeline/token-store.ts: if (theirs !== undefined && theirs.refreshToken !== before?.refreshToken) return theirs;",
  'shared/platform/output-problems.ts: else if (setting === "webhookUrl" && value !== secret && !safeAddress(value))',
  "shared/store/replies.ts: if (row === undefined || row.data.digest !== digest || row.data.reply !== undefined) return;",
  'shared/store/replies.ts: } else if (data.digest !== digest) return { is: "other" };',
];
