/** Edits from one word to the other; two neighbours swapped are one edit, since that is how people mistype. */
const distance = (a: string, b: string): number => {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(i - 2, j - 2) + 1);
      rows[i]?.push(best);
    }
  }
  return at(a.length, b.length);
};

/** The word that somebody probably meant, or undefined if none is near: at most a third of the letters differ, one at least. */
export const nearestWord = (typed: string, words: readonly string[]): string | undefined => {
  const text = typed.slice(0, 64).toLowerCase();
  const [best] = words
    .map((word) => ({ word, away: distance(text, word.toLowerCase()) }))
    .sort((a, b) => a.away - b.away);
  return best !== undefined && best.away <= Math.max(1, Math.floor(text.length / 3)) ? best.word : undefined;
};
