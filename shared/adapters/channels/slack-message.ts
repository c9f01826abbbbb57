import type { Notice } from "../../ports/channel.ts";

/** Slack's own limits, and less where it has one more that it does not tell: about 13,200 characters in all. */
const HEADER = 150;
const SECTION = 3000;
const BLOCKS = 40;
const ALL = 10_000;
const FALLBACK = 300;

type Block = Readonly<Record<string, unknown>>;

/** Slack reads mentions, channels and links out of `<…>`, in texts and in blocks. */
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Escaped and within a limit that counts what is sent; never cut inside of `&amp;`. */
const fitting = (text: string, most: number): string => {
  const whole = escaped(text);
  if (whole.length <= most) return whole;
  let cut = "";
  for (const sign of text) {
    const next = escaped(sign);
    if (cut.length + next.length + 1 > most) break;
    cut += next;
  }
  return `${cut}…`;
};

/** Texts of tools stand in plain text only. */
const plainText = (text: string, most: number): Block => ({
  type: "plain_text",
  text: fitting(text, most),
  emoji: false,
});

/** The only markup there is: links whose labels are ours. */
const linksOf = (links: Notice["links"]): Block[] =>
  links.length === 0
    ? []
    : [{ type: "context", elements: [{ type: "mrkdwn", text: links.map(link).join("  ·  "), verbatim: true }] }];

const link = ({ label, url }: Notice["links"][number]): string => {
  const address = url.replaceAll("|", "%7C").replaceAll("<", "%3C").replaceAll(">", "%3E");
  return `<${address.replaceAll("&", "&amp;")}|${escaped(label)}>`;
};

const sentence = ({ title, happened }: Notice): string => `${title}: ${happened}`;
const reasonsOf = ({ reasons }: Notice): string => reasons.map((reason) => `• ${reason}`).join("\n");

/** Blocks of one notice, with its reasons. */
const blocksOf = (notice: Notice): Block[] => [
  { type: "section", text: plainText([sentence(notice), reasonsOf(notice)].filter(Boolean).join("\n"), SECTION) },
  ...linksOf(notice.links),
];

/** Notices as one message for `chat.postMessage` or a webhook: as many as fit, and how many more there are. */
export const slackMessage = (notices: readonly Notice[], page: string) => {
  const [first] = notices;
  const title = notices.length === 1 && first !== undefined ? first.title : `${notices.length} changes`;
  const blocks: Block[] = [{ type: "header", text: plainText(title, HEADER) }];
  let shown = 0;
  for (const notice of notices) {
    const more = blocksOf(notice);
    // One block is kept for what did not fit.
    if (blocks.length + more.length > BLOCKS - 1 || sizeOf([...blocks, ...more]) > ALL - 500) break;
    blocks.push(...more);
    shown += 1;
  }
  const left = notices.length - shown;
  if (left > 0) blocks.push(...linksOf([{ label: `and ${left} more in Throughline`, url: page }]));
  const text = notices.length === 1 && first !== undefined ? sentence(first) : title;
  return {
    text: fitting(text, FALLBACK),
    blocks,
    unfurl_links: false,
    unfurl_media: false,
    link_names: false,
    parse: "none",
  };
};

const sizeOf = (blocks: readonly Block[]): number => JSON.stringify(blocks).length;
