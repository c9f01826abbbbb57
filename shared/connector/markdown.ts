/** Longer texts are cut: nobody reads more of a description, and hostile ones are bounded. */
const KEPT_AT_MOST = 20_000;

const COMMENTS = /<!--[\s\S]*?(?:-->|$)/g;

/** Markdown as its reader sees it: tools ignore what stands in HTML comments, so templates' hints are no references. */
export const visible = (markdown: string | null | undefined): string =>
  (markdown ?? "").slice(0, KEPT_AT_MOST * 3).replace(COMMENTS, "");

/** Markdown as plain text: words and line breaks stay, marks, images and addresses go. Undefined if nothing is left. */
export const plainText = (markdown: string | null | undefined): string | undefined => {
  const text = visible(markdown)
    .replace(/\r\n?/g, "\n")
    .replace(/!\[([^\]\n]{0,200})\]\([^)\n]{0,2000}\)/g, "")
    .replace(/\[([^\]\n]{1,300})\]\([^)\n]{0,2000}\)/g, "$1")
    .replace(/<\/?[a-zA-Z][^<>\n]{0,300}>/g, "")
    .replace(/^[ \t]{0,3}(?:#{1,6}[ \t]+|>[ \t]?|```.*$|~~~.*$)/gm, "")
    .replace(/^([ \t]{0,12})[-*+][ \t]+(?:\[[ xX]\][ \t]+)?/gm, "$1- ")
    .replace(/(\*\*|__|~~|`)(?=\S)([^\n]{1,300}?)(?<=\S)\1/g, "$2")
    .replace(/(?<![\w*])\*(?=\S)([^*\n]{1,300})(?<=\S)\*(?![\w*])/g, "$1")
    .replace(/\n{3,}/g, "\n\n")
    .trim()
    .slice(0, KEPT_AT_MOST);
  return text === "" ? undefined : text;
};
