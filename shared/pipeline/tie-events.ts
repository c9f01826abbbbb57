import type { HubEvent } from "../domain/event.ts";
import { kindOf } from "../domain/kind.ts";
import type { Link } from "../domain/link.ts";
import type { StoredPerson } from "../store/people.ts";
import { happened, isNews, type When } from "./happened.ts";

/** What a link that began or ended means. */
export const linkEvents = (was: Link | undefined, is: Link): HubEvent[] => {
  const began = is.validTo === undefined && (was === undefined || was.validTo !== undefined);
  const ended = is.validTo !== undefined && was !== undefined && was.validTo === undefined;
  const when = {
    subject: `${is.from}>${is.type}>${is.to}`,
    sequence: is.version,
    time: is.validTo ?? is.validFrom,
    recordedAt: is.recordedAt,
  };
  const { from, to, type, confidence, origin } = is;
  if (!began && !ended) return [];
  const cause = JSON.stringify(was?.decision) === JSON.stringify(is.decision) ? "sync" : "override";
  const own = began
    ? happened("link.created", when, { from, to, type, confidence, origin, cause })
    : happened("link.retired", when, { from, to, type, cause });
  return [
    own,
    ...(began && !isNews(is.validFrom, is.recordedAt) && cause === "sync"
      ? []
      : featureLinkEvents(is, when, began, cause)),
  ];
};

/** The same for those who follow features, from whichever end the link leads to one. */
const featureLinkEvents = (
  { from, to, type, confidence, origin, evidence }: Link,
  when: When,
  began: boolean,
  cause: "sync" | "override",
): HubEvent[] => {
  const feature = [to, from].find((id) => kindOf(id) === "feature");
  if (feature === undefined) return [];
  const record = feature === to ? from : to;
  const common = { feature: { id: feature }, record: { id: record, kind: kindOf(record) ?? "record" }, type, cause };
  if (!began) return [happened("feature.unlinked", when, common)];
  const urls = [...new Set(evidence.map(({ url }) => url))].slice(0, 10).map((url) => ({ url }));
  const linked = happened("feature.linked", when, { ...common, confidence, origin, evidence: urls });
  return kindOf(from) === "feedback" && feature === to
    ? [linked, happened("feedback.linked", when, { feedback: { id: from }, feature: { id: to }, confidence, cause })]
    : [linked];
};

/** What accounts that came to or left a person mean. */
export const personEvents = (was: StoredPerson | undefined, is: StoredPerson): HubEvent[] => {
  const when = { subject: is.id, sequence: is.version, time: is.recordedAt, recordedAt: is.recordedAt };
  const [past, now] = [was?.accounts ?? [], is.accounts];
  const ids = (accounts: StoredPerson["accounts"]) => accounts.map(({ id }) => id);
  const ruleOf = (accounts: StoredPerson["accounts"], but: readonly string[]) =>
    accounts.find(({ id }) => !but.includes(id))?.rule ?? accounts.at(-1)?.rule ?? null;
  const events: HubEvent[] = [];
  if (is.from.length > 1) {
    const persons = [is.id, ...is.from.filter((id) => id !== is.id)];
    const rule = ruleOf(now, ids(past));
    events.push(happened("identity.merged", when, { persons, accounts: ids(now), rule, cause: "sync" }));
  }
  if (is.to.length > 1) {
    const persons = [is.id, ...is.to.filter((id) => id !== is.id && id !== "")];
    const rule = ruleOf(past, ids(now));
    events.push(happened("identity.split", when, { persons, accounts: ids(past), rule, cause: "sync" }));
  }
  return events;
};
