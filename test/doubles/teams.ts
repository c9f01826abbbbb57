import { told, vendorServer } from "../connector/vendor-server.ts";
import { bodyOf } from "./body-of.ts";

export interface Card {
  readonly type: string;
  readonly version: string;
  readonly body: readonly {
    readonly type: string;
    readonly inlines?: readonly { readonly type: string; readonly text: string }[];
  }[];
  readonly actions: readonly { readonly type: string; readonly title: string; readonly url: string }[];
}

/** A Teams workflow: takes messages with one card of up to 28 KB, when the address has its signature. */
export const startTeams = async () => {
  const cards: Card[] = [];
  const sizes: number[] = [];
  const server = await vendorServer((request, response, nth) => {
    const answer = async () => {
      const url = new URL(request.url ?? "/", "http://teams.example");
      if (url.searchParams.get("sig") !== "s3cr3t") return told(401, {});
      const body = await bodyOf(request);
      sizes.push(Buffer.byteLength(body));
      if (Buffer.byteLength(body) > 28 * 1024) return told(413, {});
      const { type, attachments } = JSON.parse(body) as {
        type: string;
        attachments: { contentType: string; content: Card }[];
      };
      const [card] = attachments;
      if (type !== "message" || card?.contentType !== "application/vnd.microsoft.card.adaptive") return told(400, {});
      cards.push(card.content);
      return told(202, "");
    };
    void answer().then((send) => send(request, response, nth));
  });
  return {
    ...server,
    cards,
    sizes,
    webhookUrl: `${server.baseUrl}/workflows/1/triggers/manual/paths/invoke?sig=s3cr3t`,
  };
};
