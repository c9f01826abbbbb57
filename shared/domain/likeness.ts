/** Words that say nothing of what a thing is, in names of features, campaigns and flags alike. */
const EMPTY: ReadonlySet<string> = new Set(
  "a an and as at by can for from has have in into is it its more new no of on one or our out per that the their them to up us v1 v2 v3 we with without you your add better feature epic launch campaign test flag experiment release beta project design support use users".split(
    " ",
  ),
);
/** So many words of a name are looked at. */
const WORDS_AT_MOST = 12;

/** The telling words of a name, each once: in lower case, without their plural, in the order of the alphabet. */
export const nameWords = (name: string): string[] => {
  const words = name
    .slice(0, 400)
    .normalize("NFKD")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => (word.length > 4 && /[^s]s$/.test(word) ? word.slice(0, -1) : word))
    .filter((word) => word.length > 2 && word.length <= 40 && !EMPTY.has(word) && !/^\d+$/.test(word));
  return [...new Set(words)].slice(0, WORDS_AT_MOST).sort();
};

/** The words of a name, as they are written there, that another name has too: `Gift cards` of "Gift cards launch". */
export const wordsInCommon = (name: string, other: string): string => {
  const known = new Set(nameWords(other));
  return name
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => nameWords(word).some((one) => known.has(one)))
    .join(" ");
};

/** Names are never surer than this: only a person can tell. */
const AT_MOST = 0.5;
/** Below this they are no more alike than any two names of one product. */
const ALIKE_FROM = 0.25;

/**
 * How sure two names mean the same thing, from 0.25 to 0.5; 0 for names that do not. One shared word is enough only
 * where it is all that one of the two says.
 *
 * @param a b as {@link nameWords} gives them
 */
export const likeness = (a: readonly string[], b: readonly string[]): number => {
  const other = new Set(b);
  const shared = a.filter((word) => other.has(word)).length;
  const fewer = Math.min(a.length, b.length);
  if (shared === 0 || (shared === 1 && fewer > 1)) return 0;
  const ofAll = shared / (a.length + b.length - shared);
  const ofFewer = shared / fewer;
  const sure = Math.round(AT_MOST * ((ofAll + ofFewer) / 2) * 100) / 100;
  return sure >= ALIKE_FROM ? sure : 0;
};
