import type { IncomingMessage } from "node:http";
import { told, vendorServer } from "../connector/vendor-server.ts";
import { bodyOf } from "./body-of.ts";

interface Text {
  readonly type: string;
  readonly text: string;
}
interface Block {
  readonly type: string;
  readonly text?: Text;
  readonly fields?: readonly Text[];
  readonly elements?: readonly Text[];
}
export interface Posted {
  readonly channel?: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly unfurl_links?: boolean;
}

const LIMITS: Readonly<Record<string, number>> = { header: 150, section: 3000, context: 2000 };

/** Slack's own word for what is wrong with a message, by its documented limits and the one that it does not document. */
export const slackError = ({ text, blocks }: Posted): string | undefined => {
  if (text === "") return "no_text";
  if (blocks.length > 50) return "invalid_blocks";
  for (const { type, text: own, fields = [], elements = [] } of blocks) {
    const most = LIMITS[type];
    if (most === undefined || fields.length > 10 || elements.length > 10) return "invalid_blocks";
    if (type === "header" && own?.type !== "plain_text") return "invalid_blocks";
    if ([...(own ? [own] : []), ...elements].some((one) => one.text.length > most || one.text === ""))
      return "invalid_blocks";
    if (fields.some((one) => one.text.length > 2000)) return "invalid_blocks";
  }
  return JSON.stringify(blocks).length > 13_200 ? "msg_blocks_too_long" : undefined;
};

const textsOf = ({ text, blocks }: Posted): readonly Text[] => [
  { type: "mrkdwn", text },
  ...blocks.flatMap((block) => [
    ...(block.text ? [block.text] : []),
    ...(block.fields ?? []),
    ...(block.elements ?? []),
  ]),
];

const SPECIAL = /<([^<>]*)>/g;
const unescaped = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** A message as Slack would show it: what is notified, where links lead, and what stands there to read. */
export const shown = (message: Posted) => {
  const special = textsOf(message).flatMap(({ text }) => [...text.matchAll(SPECIAL)].map(([, inner = ""]) => inner));
  return {
    // Closed or not: an open one may be closed by what stands behind it.
    mentions: textsOf(message).flatMap(({ text }) => text.match(/<[!@#]/g) ?? []),
    links: special.filter((inner) => !/^[!@#]/.test(inner)).map((inner) => unescaped(inner.split("|")[0] ?? "")),
    words: textsOf(message).map(({ text }) =>
      unescaped(text.replaceAll(SPECIAL, (_, inner: string) => inner.split("|")[1] ?? inner)),
    ),
  };
};

/** Slack's chat.postMessage for one bot, and one incoming webhook. */
export const startSlack = async (token: string) => {
  const posted: Posted[] = [];
  /** Errors in place of the own answers, the first first; `429` is answered with a wait of 7 seconds. */
  const faults: (string | 429 | 500)[] = [];
  const errorOf = async (request: IncomingMessage): Promise<string | 429 | 500 | undefined> => {
    const isHook = request.url === "/services/T1/B2/s3cr3t";
    if (!isHook && request.url !== "/api/chat.postMessage") return "unknown_method";
    if (!isHook && request.headers.authorization !== `Bearer ${token}`) return "invalid_auth";
    const body = await bodyOf(request);
    const fault = faults.shift();
    if (fault !== undefined) return fault;
    const message = JSON.parse(body) as Posted;
    const error = !isHook && message.channel !== "C1" ? "channel_not_found" : slackError(message);
    if (error === undefined) posted.push(message);
    return error;
  };
  const server = await vendorServer((request, response, nth) => {
    void errorOf(request).then((error) => {
      if (error === 429) told(429, { ok: false, error: "ratelimited" }, { "retry-after": "7" })(request, response, nth);
      else if (error === 500) told(500, "")(request, response, nth);
      else if (request.url?.startsWith("/services/"))
        told(error === undefined ? 200 : 400, error ?? "ok", { "content-type": "text/plain" })(request, response, nth);
      else told(200, error === undefined ? { ok: true, ts: "1.1" } : { ok: false, error })(request, response, nth);
    });
  });
  return { ...server, posted, faults };
};
