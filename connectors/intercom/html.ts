const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };
/** Longer bodies are read only up to here. */
const READ_AT_MOST = 200_000;

/** A message's HTML as plain text: blocks on lines of their own, addresses behind links stay readable. */
export const plainText = (html: string | null | undefined): string | undefined => {
  const text = (html ?? "")
    .slice(0, READ_AT_MOST)
    .replace(
      /<a\s[^>]{0,300}?href="([^"<>]{1,2000})"[^>]{0,300}>([^<]{0,2000})<\/a>/gi,
      (_, href: string, words: string) => (words.includes(href) ? words : `${words} (${href})`),
    )
    .replace(/<(?:br|\/p|\/div|\/li|\/h[1-6])\b[^>]{0,300}>/gi, "\n")
    .replace(/<[^<>]{0,3000}>/g, "")
    .replace(/&(?:#(\d{1,6})|([a-z]{1,8}));/gi, (whole, code: string | undefined, name: string | undefined) =>
      code === undefined ? (ENTITIES[name?.toLowerCase() ?? ""] ?? whole) : charOf(Number(code)),
    )
    .replace(/(?<![ \t])[ \t]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return text === "" ? undefined : text;
};

const charOf = (code: number): string => (code > 31 && code < 0x11_0000 ? String.fromCodePoint(code) : " ");
