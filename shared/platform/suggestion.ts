import { nearestWord } from "../domain/nearest-word.ts";

/** The end of a message about a word that is none: which one may have been meant. */
export const suggestion = (given: string, known: readonly string[]): string => {
  const guess = nearestWord(given, known);
  return guess === undefined ? (known.length > 0 ? `. Known: ${known.join(", ")}` : "") : `. Did you mean "${guess}"?`;
};
