/** A text without what is to go from it. */
export type Replace = (text: string) => string;

/** What is known of a person, by how it may stand in a text. */
export interface PersonWords {
  /** Names and addresses: whole words anywhere, in any case. */
  readonly anywhere: readonly string[];
  /** Handles: as a value, in an address, behind an @ or as the first part of a branch; one may be a plain word elsewhere. */
  readonly handles: readonly string[];
  /** Keyed hashes of addresses: replaced by another hash each, since they stand in keys. */
  readonly hashes: readonly string[];
}

const LETTER = String.raw`[\p{L}\p{N}_]`;
/** What stands before a word: no letter, or the escape of a control sign in JSON. */
const BEFORE = String.raw`(?:(?<!${LETTER})|(?<=\\[bfnrt]|\\u[0-9a-f]{4}|%[0-9a-f]{2}))`;

/**
 * What replaces a person's words in texts, JSON, addresses and keys alike: written plainly, escaped as JSON or encoded
 * as a part of an address.
 *
 * @param token stands in their place, other for each person, so that no two of them become one
 * @param hashOf a hash that stands in the place of another
 */
export const eraser = (words: PersonWords, token: string, hashOf: (hash: string) => string): Replace => {
  const plain = alternatives(words.anywhere);
  const handles = alternatives(words.handles);
  const parts = [
    ...(plain === "" ? [] : [`${BEFORE}(?:${plain})(?!${LETTER})`]),
    ...(handles === ""
      ? []
      : [
          `(?<=["@/#:]|%40|%22)(?:${handles})(?![\\p{L}\\p{N}_.-])`,
          `(?<![\\p{L}\\p{N}_.-])(?:${handles})(?=/[\\p{L}\\p{N}])`,
        ]),
  ];
  const pattern = parts.length === 0 ? undefined : new RegExp(parts.join("|"), "giu");
  return (text) => {
    const named = pattern === undefined ? text : text.replaceAll(pattern, token);
    return words.hashes.reduce((left, hash) => left.replaceAll(hash, hashOf(hash)), named);
  };
};

/** Of one person: the longest first, so that a short form never leaves the rest of a long one. */
const alternatives = (texts: readonly string[]): string =>
  [...new Set(texts.flatMap(forms))]
    .sort((a, b) => b.length - a.length)
    .map((one) => one.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`))
    .join("|");

const forms = (text: string): string[] => {
  const escaped = JSON.stringify(text).slice(1, -1);
  const ascii = [...escaped.split("")]
    .map((unit) => (unit > "~" ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}` : unit))
    .join("");
  const encoded = [text, text.toLowerCase()].map((one) => encodeURIComponent(one.toWellFormed()));
  return [text, escaped, ascii, ...encoded];
};
