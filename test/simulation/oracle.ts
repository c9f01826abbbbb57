import type { Interval } from "../../infra/sandbox/control/intervals.ts";
import type { Truth } from "../../infra/sandbox/control/records.ts";
import { isKind } from "../../shared/domain/entity.ts";
import { itemHistory } from "../../shared/domain/item-history.ts";
import { entityId, kindOf } from "../../shared/domain/kind.ts";
import { vocabulary } from "../../shared/pipeline/vocabulary.ts";
import { historyOf, type StoredEntity } from "../../shared/store/entities.ts";
import type { HubUnderTest } from "./hub-under-test.ts";

/** How long something was so: what, from, to. */
type Span = string;

/** What a hub and the company say of one work item, for a comparison that reads well when it fails. */
interface Said {
  readonly key: string;
  readonly presence: string;
  readonly title?: string;
  readonly status?: string;
  readonly updated?: string;
  readonly labels?: readonly string[];
  readonly formerKeys?: readonly string[];
  readonly assignees?: readonly string[];
  readonly estimate?: number | null;
  readonly parent?: string | null;
  readonly cycles?: readonly string[];
  readonly statusSpans?: readonly Span[];
  readonly assigneeSpans?: readonly Span[];
  readonly cycleSpans?: readonly Span[];
}

type Tracker = Truth["tracker"];

export const LIVES: ReadonlySet<string> = new Set(["present", "archived"]);
/** What has gone nobody can ask any more: only that it has is compared, and where to. */
const GONE = new Set(["deleted", "moved", "lost_access", "out_of_scope"]);
/** What was deleted where it had gone may have left nothing that tells where that was. */
const EITHER = "elsewhere, or deleted there";
const PLANS = new Set(["epic", "idea", "initiative"]);
/** Under which key a record went may be known to nobody; whether by a move or by being left out is the same. */
const gone = (presence: string): Said => ({
  key: "",
  presence: presence === "moved" || presence === "out_of_scope" ? "elsewhere" : presence,
});
/** So what is below it may be told to be so still: its deletion dates nothing that is read. */
const orNone = (parent: string): string => `${parent}, or none`;
/** Whether what the hub holds is what is true, so that a difference can be shown. */
export const agreeing = (found: Said | undefined, said: Said): Said | undefined => {
  if (said.presence === EITHER && (found?.presence === "elsewhere" || found?.presence === "deleted")) return said;
  const { parent } = found ?? {};
  const isOpen = said.parent != null && (parent === null ? isUnsettled(said) : said.parent === orNone(parent ?? ""));
  return isOpen && found !== undefined ? { ...found, parent: said.parent } : found;
};
/** Whether a read of everything may bring news: that what it is below was deleted elsewhere. */
export const isUnsettled = ({ parent }: Said): boolean => parent?.endsWith(orNone("")) === true;

/** GitHub's own word for a status is only open or closed; the hub tells why it was closed. */
const plainStatus = (tracker: Tracker, word: string): string =>
  tracker === "github" ? (word.toLowerCase().startsWith("closed") ? "closed" : "open") : word;

const tail = (id: string): string => id.slice(id.indexOf("_") + 1);
const ours = (tracker: Tracker, noun: string, id: string): string =>
  tail(entityId(`con_${tracker}`, { kind: "workItem", noun, id }));
const time = (at: string): string => new Date(at).toISOString();
const sorted = (list: readonly string[]): string[] => list.toSorted();

const spansOf = (list: readonly Interval[], what: (one: Interval) => string): Span[] =>
  joined(list.map((one) => ({ what: what(one), from: time(one.from), to: one.to === undefined ? "" : time(one.to) })));

/** Spans that touch and say the same are one; what lasted for no time, or less by a clock that was set back, was not. */
const joined = (list: readonly { what: string; from: string; to: string }[]): Span[] => {
  const found: { what: string; from: string; to: string }[] = [];
  for (const one of list.filter(({ from, to }) => to === "" || from < to)) {
    const before = found.find(({ what, to }) => what === one.what && to === one.from);
    if (before === undefined) found.push({ ...one });
    else before.to = one.to;
  }
  return sorted(found.map(({ what, from, to }) => `${what} ${from}..${to}`));
};

/** By id: what is true of one tracker's items, as far as the hub's selection of it reaches. */
export const truly = (all: readonly Truth[], vendor: Tracker): Map<string, Said> => {
  const truth = all.filter(({ tracker }) => tracker === vendor);
  const deleted = new Set(truth.filter(({ presence }) => presence === "deleted").map(({ id }) => id));
  const deletedElsewhere = new Set(
    truth
      .filter(({ id, key }) => vendor === "linear" && deleted.has(id) && !key.startsWith("INS-"))
      .map(({ id }) => id),
  );
  const formerOfDeleted = new Set(truth.flatMap((one) => (one.presence === "deleted" ? one.previous_keys : [])));
  const parentOf = ({ tracker, parent }: Truth): string | null => {
    if (parent === null) return null;
    if (deletedElsewhere.has(parent)) return orNone(ours(tracker, "issue", parent));
    return deleted.has(parent) ? null : ours(tracker, "issue", parent);
  };
  return new Map(
    truth
      .filter(({ key }) => !key.startsWith("acme/storefront"))
      .map((one): [string, Said] => {
        const { tracker, key, presence, intervals } = one;
        const id = ours(tracker, "issue", tracker === "github" ? key.toLowerCase() : one.id);
        const elsewhere = tracker === "linear" && !key.startsWith("INS-");
        if (GONE.has(presence) || elsewhere) {
          // What left the selection is not asked about any more: that it was deleted there later may stay unknown.
          if (formerOfDeleted.has(key) || (elsewhere && presence === "deleted"))
            return [id, { key: "", presence: EITHER }];
          return [id, gone(elsewhere ? "moved" : presence)];
        }
        const said: Said = { key, presence, title: one.title, updated: time(one.updated), labels: sorted(one.labels) };
        if (one.type === "initiative") return [id, { ...said, labels: [] }];
        const status = plainStatus(tracker, one.status);
        if (PLANS.has(one.type) || key.startsWith("IDEA-")) return [id, { ...said, status }];
        return [
          id,
          {
            ...said,
            status,
            formerKeys: sorted(one.previous_keys.filter((former) => former !== key)),
            assignees:
              one.assignee === null ? [] : [person(tracker, one.assignee, intervals.assignee.at(-1)?.name ?? "")],
            statusSpans: spansOf(intervals.status, ({ name }) => plainStatus(tracker, name)),
            assigneeSpans: spansOf(intervals.assignee, (span) => person(tracker, span.id, span.name)),
            ...(tracker !== "github" && {
              estimate: one.estimate,
              // Nothing is below what is deleted, whatever the item once said.
              parent: parentOf(one),
              cycles: sorted(one.cycles.map((cycle) => ours(tracker, nounOfCycle(tracker), cycle))),
              cycleSpans: spansOf(intervals.cycle, (span) => ours(tracker, nounOfCycle(tracker), span.id)),
            }),
          },
        ];
      }),
  );
};

const nounOfCycle = (tracker: Tracker): string => (tracker === "jira" ? "sprint" : "cycle");

/** GitHub's people are known by their node ids, the company's truth by their numbers: their handles are alike. */
const person = (tracker: Tracker, id: string, name: string): string =>
  tracker === "github" ? name : ours(tracker, "user", id);

/** By id: what the hub holds. */
export const held = async (hub: HubUnderTest): Promise<Map<string, Said>> => {
  const entities = hub.entities();
  const words = vocabulary(hub.hub);
  const found = new Map<string, Said>();
  for (const entity of entities.values()) {
    if (!isItem(entity)) continue;
    const tracker = entity.source.tool as Tracker;
    const key = entity.source.key ?? entity.source.externalId;
    const id = tracker === "github" ? ours(tracker, "issue", key.toLowerCase()) : tail(entity.id);
    const presence = entity.presence.state;
    // A record that has become another kind of thing lives on under the other kind.
    if (presence === "moved" && found.has(id)) continue;
    if (GONE.has(presence)) {
      found.set(id, gone(presence));
      continue;
    }
    const { title, labels = [], status } = entity.fields as StoredEntity<"workItem">["fields"];
    const said: Said = { key, presence, title, updated: entity.sourceUpdatedAt, labels: sorted(labels) };
    if (entity.kind === "initiative") found.set(id, said);
    else if (!isKind(entity, "workItem")) found.set(id, { ...said, status: status.detail });
    else found.set(id, { ...said, ...(await pastOf(hub, entity, entities, words, tracker)) });
  }
  return found;
};

const isItem = ({ kind, source }: StoredEntity): boolean =>
  kind === "workItem" || (source.tool === "jira" && (kind === "feature" || kind === "initiative"));

const pastOf = async (
  hub: HubUnderTest,
  item: StoredEntity<"workItem">,
  entities: ReadonlyMap<string, StoredEntity>,
  words: ReturnType<typeof vocabulary>,
  tracker: Tracker,
): Promise<Partial<Said>> => {
  const { fields, source } = item;
  const history = await historyOf(hub.hub.ports.table, item.id);
  const past = itemHistory(item, history, await words(source.connectionId), (id) => entities.get(id));
  const who = (id: string): string => {
    const account = entities.get(id);
    return tracker === "github" && isKind(account, "account") ? (account.fields.handle ?? "") : tail(id);
  };
  type Told = {
    readonly value: { readonly id?: string | undefined } | null;
    readonly from: string;
    readonly to?: string | undefined;
  };
  const spans = (list: readonly Told[], what: (id: string) => string): Span[] =>
    joined(
      list.flatMap(({ value, from, to = "" }) => (value?.id === undefined ? [] : [{ what: what(value.id), from, to }])),
    );
  return {
    status: plainStatus(tracker, fields.status.detail),
    formerKeys: sorted(source.keyHistory.map(({ key }) => key)),
    assignees: (fields.assigneeIds ?? []).map(who),
    statusSpans: joined(
      past.status.intervals.map(({ value, from, to = "" }) => ({ what: plainStatus(tracker, value.detail), from, to })),
    ),
    assigneeSpans: spans(past.assignees.intervals, who),
    ...(tracker !== "github" && {
      estimate: fields.estimate?.value ?? null,
      // Below no issue, an issue of Linear is told to be below its project.
      parent:
        fields.parentId === undefined || (tracker === "linear" && kindOf(fields.parentId) === "feature")
          ? null
          : tail(fields.parentId),
      cycles: sorted((fields.cycleIds ?? []).map(tail)),
      cycleSpans: spans(past.cycles.intervals, tail),
    }),
  };
};
