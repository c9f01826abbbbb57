const SHOWN = 1000;

/** What looks like a credential or an address of a person, wherever it stands. */
const SECRETS: readonly (readonly [pattern: RegExp, shown: string])[] = [
  [/\b(?:bearer|basic)\s+[\w.~+/=%-]{8,}/gi, "…"],
  [/\b(?:whsec|xox[a-z]|ghp|gho|sk|pk|tl|key|tok)[_-][\w.+/=%-]{6,}/gi, "…"],
  [/\beyJ[\w-]{8,}\.[\w.-]+/g, "…"],
  [
    /((?:authorization|cookie|pass(?:word|wd)?|secret|token|api[_-]?key|credential|signature)["']?\s*[:=]\s*["']?)[^\s"',;&<>]+/gi,
    "$1…",
  ],
  [/[\w.+-]{1,64}@[\w-]+\.[\w.-]+/g, "…@…"],
  [/(?<![A-Za-z0-9+/_%-])[A-Za-z0-9+/_%-]{40,}={0,2}/g, "…"],
];

/** The beginning of an answer, fit to be kept and shown: one text without control characters and what looks secret. */
export const redacted = (text: string): string => {
  const plain = text
    .slice(0, SHOWN * 4)
    .toWellFormed()
    .replaceAll(/[^\P{C}\n\t]/gu, "");
  return SECRETS.reduce((shown, [pattern, mark]) => shown.replace(pattern, mark), plain).slice(0, SHOWN);
};
