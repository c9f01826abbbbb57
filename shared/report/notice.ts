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
  const links = [pageOf(event, hubUrl), sourceOf(event, hubUrl)].filter((link) => link !== undefined);
  if (event.name !== "feature.stage.changed")
    return { event, title: plain(name, TITLE), happened: plain(happened, LINE), reasons: [], links };
  const { from, to, because } = (event as HubEvent<"feature.stage.changed">).data;
  return {
    event,
    title: plain(name, TITLE),
    happened:
      from === to
        ? `changed within ${STAGE_WORDS[to ?? "none"]}`
        : `moved from ${STAGE_WORDS[from ?? "none"]} to ${STAGE_WORDS[to ?? "none"]}`,
    reasons: because.slice(0, REASONS).map((reason) => plain(reason, LINE)),
    links,
  };
};

/** One line: no control or format characters, no line breaks, well-formed, at most so many characters. */
export const plain = (text: string, most: number): string => {
  const line = text
    .toWellFormed()
    .replaceAll(/[\s\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "")
    .trim();
  const signs = [...line];
  return signs.length <= most ? line : `${signs.slice(0, most - 1).join("")}…`;
};

const pageOf = ({ name, subject }: HubEvent, hubUrl: string) =>
  name.startsWith("feature.")
    ? { label: "Open in Throughline", url: `${hubUrl}/features/${encodeURIComponent(subject)}` }
    : undefined;

/** The record in its tool, where the event names it. */
const sourceOf = ({ data }: HubEvent, hubUrl: string) => {
  const told = Object.values(data).flatMap((part: unknown) =>
    typeof part === "object" && part !== null && "url" in part && typeof part.url === "string" ? [part.url] : [],
  )[0];
  if (told === undefined || told.startsWith(`${hubUrl}/`) || !URL.canParse(told)) return undefined;
  const { protocol, username, password, href } = new URL(told);
  if ((protocol !== "https:" && protocol !== "http:") || username !== "" || password !== "") return undefined;
  return href.length > 2000 ? undefined : { label: "Open in its tool", url: href };
};
