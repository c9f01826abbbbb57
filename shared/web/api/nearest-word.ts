const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** The word that somebody probably meant, or undefined if none is near: at most a third of the letters differ, one at least. */
export const nearestWord = (typed: string, words: readonly string[]): string | undefined => {
  const text = typed.slice(0, 64).toLowerCase();
  const [best] = words
    .map((word) => ({ word, away: distance(text, word.toLowerCase()) }))
    .sort((a, b) => a.away - b.away);
  return best !== undefined && best.away <= Math.max(1, Math.floor(text.length / 3)) ? best.word : undefined;
};

/** `; did you mean 'x'?`, or nothing. */
export const didYouMean = (typed: string, words: readonly string[]): string => {
  const nearest = nearestWord(typed, words);
  return nearest === undefined ? "" : `; did you mean '${nearest}'?`;
};
