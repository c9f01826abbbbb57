import type { Notice } from "../../ports/channel.ts";

/** Teams takes about 28 KB for the whole message. */
const BYTES = 24_000;

type Element = Readonly<Record<string, unknown>>;

/** Runs of text are shown as they are; a TextBlock would read Markdown out of them. */
const run = (text: string, more: Element = {}): Element => ({ type: "TextRun", text, ...more });

const elementOf = ({ title, happened, reasons, links: [page] }: Notice, isFirst: boolean): Element => ({
  type: "RichTextBlock",
  separator: !isFirst,
  inlines: [
    run(title, {
      weight: "Bolder",
      ...(page !== undefined && { selectAction: { type: "Action.OpenUrl", url: page.url } }),
    }),
    run(` ${happened}`),
    ...reasons.map((reason) => run(`\n• ${reason}`, { isSubtle: true })),
  ],
});

const message = (body: readonly Element[], actions: readonly Element[]) => ({
  type: "message",
  attachments: [
    {
      contentType: "application/vnd.microsoft.card.adaptive",
      contentUrl: null,
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.4",
        msteams: { width: "Full" },
        body,
        actions,
      },
    },
  ],
});

/** Notices as one message with one card: as many as fit, and how many more there are. */
export const teamsMessage = (notices: readonly Notice[], page: string) => {
  const all = { type: "Action.OpenUrl", title: "All changes", url: page };
  const [first] = notices;
  const actions =
    notices.length === 1 && first !== undefined && first.links.length > 0
      ? first.links.map(({ label, url }) => ({ type: "Action.OpenUrl", title: label, url }))
      : [all];
  const body: Element[] = [];
  for (const notice of notices) {
    const next = elementOf(notice, body.length === 0);
    const more = { type: "RichTextBlock", separator: true, inlines: [run(`and ${notices.length} more`)] };
    if (Buffer.byteLength(JSON.stringify(message([...body, next, more], actions))) > BYTES) break;
    body.push(next);
  }
  const left = notices.length - body.length;
  if (left > 0) body.push({ type: "RichTextBlock", separator: true, inlines: [run(`and ${left} more`)] });
  return message(body, left > 0 ? [all] : actions);
};
