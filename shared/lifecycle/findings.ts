import type { Finding } from "../domain/stage.ts";
import { evidenceOf, flood, floodOf, isTooEarly } from "./because.ts";
import type { Folded } from "./fold.ts";
import { counted } from "./sentence.ts";

type Day = (at: number) => string;

/** What nobody claims otherwise and somebody must know all the same: told for good, with the time at which it happened. */
export const findingsOf = ({ ledger }: Folded, day: Day): Finding[] => {
  const { firstSend, exposedSince } = ledger;
  const found: Finding[] = [];
  if (firstSend !== undefined && isTooEarly(ledger)) {
    const sent = [...ledger.group("campaign", "sent").values()].sort((a, b) => a.at - b.at);
    const early = sent.filter(({ at }) => exposedSince === undefined || at < exposedSince);
    found.push({
      kind: "campaign_too_early",
      text: `${counted(early.length, "campaign")} sent, the first ${day(firstSend)}, ${exposedSince === undefined ? "and customers cannot have it yet" : `before customers could have it (${day(exposedSince)})`}`,
      evidence: evidenceOf(early),
      at: new Date(firstSend).toISOString(),
    });
  }
  const { week = [] } = floodOf(ledger) ?? {};
  const [first] = week;
  const text = flood(ledger, day);
  if (first !== undefined && text !== undefined)
    found.push({ kind: "ticket_flood", text, evidence: evidenceOf(week), at: new Date(first.at).toISOString() });
  return found;
};
