import { type Assertion, endOf, type Update } from "../domain/assertion.ts";
import { assertedFacts, type DeclaredHealth } from "../lifecycle/said-facts.ts";
import { HEALTH_WORDS, STAGE_WORDS } from "../report/words.ts";
import { rowsOf } from "../store/entities.ts";
import { partition } from "../store/keys.ts";
import { saidOf } from "../store/said.ts";
import type { TimelineLine } from "../store/views.ts";
import type { Said } from "./contribute.ts";
import type { Hub } from "./hub.ts";

/** So much of a text stands in a line; the whole stands where it was posted. */
const LINE_AT_MOST = 300;

const cut = (text: string): string => (text.length > LINE_AT_MOST ? `${text.slice(0, LINE_AT_MOST - 1)}…` : text);

/** What a person said as one sentence without its reason. @param until when it ends, or ended */
const sentence = ({ said, by, expiresAt }: Assertion, until = `until ${expiresAt.slice(0, 10)}`): string => {
  if (said.about === "health") return `${by.name} says ${HEALTH_WORDS[said.value].word.toLowerCase()}, ${until}`;
  const stage = STAGE_WORDS[said.stage];
  const says = { enter: `is in ${stage}`, not: `is not in ${stage}`, skip: `skips ${stage}` }[said.says];
  return `${by.name} says that it ${says}, ${until}`;
};

const line = (id: string, name: string, via: string, url: string, at: string): Said["line"] => ({
  id,
  kind: "assertion",
  name: cut(name),
  tool: "throughline",
  url,
  confidence: 1,
  via: `said by ${via}`,
  at,
});

const assertionRow = (feature: string, assertion: Assertion, url: string): Said => {
  const { id, said, by, at, reason, clearedAt, clearedBy } = assertion;
  const told = (when: string, text: string): TimelineLine => ({
    at: when,
    tool: "throughline",
    kind: "assertion",
    recordId: id,
    text: cut(text),
    url,
  });
  const isCleared = clearedAt !== undefined && endOf(assertion) === clearedAt;
  return {
    line: line(
      id,
      `${isCleared ? sentence(assertion, `ended on ${clearedAt.slice(0, 10)}`) : sentence(assertion)}: ${reason}`,
      by.name,
      url,
      at,
    ),
    facts: assertedFacts(feature, assertion, url),
    timeline: [
      told(at, `${sentence(assertion)}: ${reason}`),
      ...(isCleared ? [told(clearedAt, `${clearedBy?.name ?? "Somebody"} took that back`)] : []),
    ],
    assertion,
    ...(said.about === "health" && {
      declared: { value: said.value, at, by: by.name, text: reason, until: endOf(assertion) },
    }),
  };
};

const updateRow = ({ id, health, text, by, at }: Update, url: string): Said => {
  const word = health === undefined ? "" : ` (${HEALTH_WORDS[health].word.toLowerCase()})`;
  const said = `${by.name}${word}: ${text}`;
  const declared: DeclaredHealth | undefined = health && { value: health, at, by: by.name, text };
  return {
    line: line(id, said, by.name, url, at),
    facts: [],
    timeline: [{ at, tool: "throughline", kind: "assertion", recordId: id, text: cut(said), url }],
    ...(declared !== undefined && { declared }),
  };
};

/** What people say of a feature, each as a record of its own. */
export const peopleSay = async (hub: Hub, feature: string): Promise<ReadonlyMap<string, Said>> => {
  const { table } = hub.ports;
  const url = `${hub.url}/features/${feature}#said`;
  const said = new Map<string, Said>();
  for (const assertion of await saidOf(table, feature)) said.set(assertion.id, assertionRow(feature, assertion, url));
  for await (const { data } of rowsOf<Update>(table, partition.ofEntity(feature), "U#"))
    said.set(data.id, updateRow(data, url));
  return said;
};
