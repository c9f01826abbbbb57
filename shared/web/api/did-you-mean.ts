import { nearestWord } from "../../domain/nearest-word.ts";

/** `; did you mean 'x'?`, or nothing. */
export const didYouMean = (typed: string, words: readonly string[]): string => {
  const nearest = nearestWord(typed, words);
  return nearest === undefined ? "" : `; did you mean '${nearest}'?`;
};
