/** Deeper than any document nests; hostile ones end here. */
const DEPTH_AT_MOST = 50;

interface Node {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly attrs?: unknown;
  readonly marks?: unknown;
  readonly content?: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);
const word = (holder: unknown, name: string): string => {
  const value = isNode(holder) ? (holder as Readonly<Record<string, unknown>>)[name] : undefined;
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
};
const nodes = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

/**
 * A description as plain text: an Atlassian document (v3) or text that is plain already (v2 and webhooks). Addresses
 * behind links and cards stay readable, lists keep their marks, blocks stand on lines of their own.
 *
 * Source: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export const plainText = (description: unknown): string | undefined => {
  const text = typeof description === "string" ? description : isNode(description) ? block(description, 0) : "";
  const tidy = text
    .replace(/\r\n?/g, "\n")
    .replace(/(?<![ \t])[ \t]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return tidy === "" ? undefined : tidy;
};

const block = (node: Node, depth: number): string => {
  if (depth > DEPTH_AT_MOST) return "";
  const children = nodes(node.content);
  const inner = (between: string) => children.map((child) => block(child, depth + 1)).join(between);
  switch (node.type) {
    case "text":
      return linked(node);
    case "hardBreak":
      return "\n";
    case "rule":
      return "---";
    case "mention":
      return word(node.attrs, "text") || `@${word(node.attrs, "id")}`;
    case "emoji":
      return word(node.attrs, "text") || word(node.attrs, "shortName");
    case "status":
      return word(node.attrs, "text");
    case "date":
      return day(word(node.attrs, "timestamp"));
    case "inlineCard":
    case "blockCard":
    case "embedCard":
      return word(node.attrs, "url") || linkedData(node.attrs);
    case "media":
    case "mediaInline":
      return word(node.attrs, "alt");
    case "inlineExtension":
    case "extension":
      return word(node.attrs, "text");
    case "bulletList":
    case "taskList":
    case "decisionList":
      return children.map((child) => item("- ", block(child, depth + 1))).join("\n");
    case "orderedList":
      return children.map((child, index) => item(`${index + 1}. `, block(child, depth + 1))).join("\n");
    case "paragraph":
    case "heading":
    case "codeBlock":
    case "decisionItem":
    case "caption":
      return inner("");
    case "taskItem":
      return `[${word(node.attrs, "state") === "DONE" ? "x" : " "}] ${inner("")}`;
    case "tableRow":
      return inner(" | ");
    case "listItem":
    case "table":
      return inner("\n");
    case "expand":
    case "nestedExpand":
      return [word(node.attrs, "title"), inner("\n\n")].filter((part) => part !== "").join("\n\n");
    default:
      return inner("\n\n");
  }
};

/** A card may hold what it shows (JSON-LD) in place of an address. */
const linkedData = (attrs: unknown): string => {
  const data = isNode(attrs) ? (attrs as { readonly data?: unknown }).data : undefined;
  const [name, url] = [word(data, "name"), word(data, "url")];
  return name !== "" && url !== "" ? `${name} (${url})` : name || url;
};

/** The text, with the address of its link behind it unless the text is the address. */
const linked = (node: Node): string => {
  const text = typeof node.text === "string" ? node.text : "";
  const link = nodes(node.marks).find(({ type }) => type === "link");
  const href = link === undefined ? "" : word(link.attrs, "href");
  return href === "" || text.includes(href) ? text : `${text} (${href})`;
};

const item = (mark: string, text: string): string => mark + text.replaceAll("\n", `\n${" ".repeat(mark.length)}`);

const day = (timestamp: string): string => {
  const date = new Date(Number(timestamp));
  return timestamp === "" || Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 10);
};
