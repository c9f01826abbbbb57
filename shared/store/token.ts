import { createHash, randomBytes } from "node:crypto";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 32 bytes and 4 bytes in base 62. */
const [SECRET_LENGTH, SUM_LENGTH] = [43, 6];

/** What a token is for, by its beginning: `tl_live_` is what scanners of secrets look for. */
const PREFIXES = { key: "tl_live_", session: "tl_sess_", link: "tl_link_", share: "tl_page_" } as const;
export type TokenKind = keyof typeof PREFIXES;

const SHAPE = new RegExp(
  `^(${Object.values(PREFIXES).join("|")})([${DIGITS}]{${SECRET_LENGTH}})([${DIGITS}]{${SUM_LENGTH}})$`,
);

const base62 = (bytes: Uint8Array, length: number): string => {
  let rest = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  let text = "";
  for (; text.length < length; rest /= 62n) text = `${DIGITS[Number(rest % 62n)]}${text}`;
  return text;
};

const sumOf = (text: string): string => base62(createHash("sha256").update(text).digest().subarray(0, 4), SUM_LENGTH);

/** A new secret of 256 random bits with a checksum, so that a typo is told from a key that was revoked. */
export const newToken = (kind: TokenKind): string => {
  const text = `${PREFIXES[kind]}${base62(randomBytes(32), SECRET_LENGTH)}`;
  return `${text}${sumOf(text)}`;
};

/** What a text is a token of; undefined for anything that no hub made. */
export const tokenKind = (text: string): TokenKind | undefined => {
  const [, prefix = "", secret = "", sum] = SHAPE.exec(text) ?? [];
  if (sum === undefined || sumOf(`${prefix}${secret}`) !== sum) return undefined;
  return (Object.keys(PREFIXES) as TokenKind[]).find((kind) => PREFIXES[kind] === prefix);
};

/**
 * What is stored in place of a token. One round of SHA-256 is enough: nobody guesses 256 random bits. It is also the key
 * of its row, so that nothing is compared: who does not have the token cannot make the address.
 */
export const digestOf = (token: string): string => createHash("sha256").update(token).digest("hex");
