import type { HubEvent } from "../domain/event.ts";
import type { Notice } from "../ports/channel.ts";
import { eventSentence } from "./event-sentence.ts";
import { STAGE_WORDS } from "./words.ts";

const TITLE = 200;
const LINE = 600;
const REASONS = 8;

/**
 * An event as a notice. Pure. Texts of tools lose what moves, hides or turns text around, and are cut; addresses that are
 * not http are left out.
 *
 * @param hubUrl where people reach the hub, without a slash at the end
 */
export const noticeOf = (event: HubEvent, hubUrl: string): Notice => {
  const { name, happened } = eventSentence(event);
  // A messenger takes no empty heading.
  const title = plain(name, TITLE) || "(no name)";
  const links = linksOf(event, hubUrl);
  if (event.name !== "feature.stage.changed")
    return { event, title, happened: plain(happened, LINE), reasons: [], links };
  const { from, to, because } = (event as HubEvent<"feature.stage.changed">).data;
  return {
    event,
    title,
    happened:
      from === to
        ? `changed within ${STAGE_WORDS[to ?? "none"]}`
        : `moved from ${STAGE_WORDS[from ?? "none"]} to ${STAGE_WORDS[to ?? "none"]}`,
    reasons: because
      .slice(0, REASONS)
      .map((reason) => plain(reason, LINE))
      .filter((reason) => reason !== ""),
    links,
  };
};

/** Words of ASCII with one space between them: most names. */
const WORDS = /^[!-~]+(?: [!-~]+)*$/;

/** One line: no control or format characters, no line breaks, well-formed, at most so many characters. */
export const plain = (text: string, most: number): string => {
  if (text.length <= most && WORDS.test(text)) return text;
  const line = text
    .toWellFormed()
    .replaceAll(/[\s\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "")
    .trim();
  const signs = [...line];
  return signs.length <= most ? line : `${signs.slice(0, most - 1).join("")}…`;
};

/** A feature's page in the hub; of anything else the record in its tool, where the event names it. */
const linksOf = ({ name, subject, data }: HubEvent, hubUrl: string): Notice["links"] => {
  if (name.startsWith("feature."))
    return [{ label: "Open in Throughline", url: `${hubUrl}/features/${encodeURIComponent(subject)}` }];
  const told = Object.values(data).flatMap((part: unknown) =>
    typeof part === "object" && part !== null && "url" in part && typeof part.url === "string" ? [part.url] : [],
  )[0];
  if (told === undefined || !URL.canParse(told)) return [];
  const { protocol, username, password, href } = new URL(told);
  if ((protocol !== "https:" && protocol !== "http:") || username !== "" || password !== "") return [];
  return href.length > 2000 ? [] : [{ label: "Open in its tool", url: href }];
};
