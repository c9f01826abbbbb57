/** Longer texts are cut: nobody reads more of a message, and hostile ones are bounded. */
const KEPT_AT_MOST = 20_000;
const TITLE_AT_MOST = 200;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&amp;", "&"],
]);
const unescaped = (text: string): string => text.replace(/&(?:lt|gt|amp);/g, (found) => ESCAPES.get(found) ?? found);

/** `<https://…|label>`, `<@U1|eli>`, `<#C1|general>`, `<!here>`: https://docs.slack.dev/messaging/formatting-message-text */
const MARKS = /<([^<>|\n]{1,3000})(?:\|([^<>\n]{0,1000}))?>/g;

/** Bold, italic and struck out text, code, and the names of small pictures. */
const STYLES = /(?<![\w*_~`])([*_~`])(?=\S)([^*_~`\n]{1,300})(?<=\S)\1(?![\w*_~`])/g;
const PICTURES = /(?<![\w:]):[a-z0-9_+'-]{1,60}:(?![\w:]) ?/g;

/** A message as its reader sees it. Whom it names stays out. */
export const plainText = (text: string): string =>
  unescaped(
    text.slice(0, KEPT_AT_MOST * 2).replace(MARKS, (_, target: string, label?: string) => {
      if (target.startsWith("@")) return "@someone";
      if (target.startsWith("#")) return `#${label || "channel"}`;
      if (target.startsWith("!")) return `@${label || target.slice(1).split("^", 1)[0]}`;
      return label || target;
    }),
  )
    .replace(PICTURES, "")
    .replace(STYLES, "$2")
    .trim()
    .slice(0, KEPT_AT_MOST);

/** The same with every address beside its label, to find references in. */
export const withAddresses = (text: string): string =>
  unescaped(
    text
      .slice(0, KEPT_AT_MOST * 2)
      .replace(MARKS, (_, target: string, label?: string) =>
        /^[@#!]/.test(target) ? " " : ` ${label ?? ""} ${target} `,
      ),
  );

/** The first line that says something, cut at a word. */
export const titleOf = (plain: string): string => {
  const line =
    plain
      .split("\n")
      .find((one) => one.trim() !== "")
      ?.trim() ?? "";
  if (line.length <= TITLE_AT_MOST) return line;
  const cut = line.slice(0, TITLE_AT_MOST);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), TITLE_AT_MOST / 2))}…`;
};
