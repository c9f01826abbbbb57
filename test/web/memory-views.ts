import type { Assertion, Update } from "../../shared/domain/assertion.ts";
import { cycleParts, scopeItem, scopeOf } from "../../shared/domain/cycle-scope.ts";
import { type Entity, isKind, nameOf } from "../../shared/domain/entity.ts";
import type { HubEvent } from "../../shared/domain/event.ts";
import type { HistoryEntry } from "../../shared/domain/history.ts";
import { PERSON_STATES } from "../../shared/domain/identity.ts";
import { itemHistory, type StatusOf } from "../../shared/domain/item-history.ts";
import { STAGES, type Stage } from "../../shared/domain/stage.ts";
import type { TargetMove } from "../../shared/domain/target-moves.ts";
import type { FlowRecord } from "../../shared/flow/record.ts";
import type { ConnectionDetail, MappedWord } from "../../shared/store/connection-detail.ts";
import { letterName } from "../../shared/store/dead-letters.ts";
import { entityFits } from "../../shared/store/entity-views.ts";
import { featureFits } from "../../shared/store/feature-fits.ts";
import { flowView } from "../../shared/store/flow-views.ts";
import type { Dependency, ReleasePart } from "../../shared/store/plan-past.ts";
import type { Say } from "../../shared/store/said.ts";
import type { LinkView, SuggestionView } from "../../shared/store/shown-links.ts";
import type { InitiativeView, ObjectiveView } from "../../shared/store/shown-plan.ts";
import type {
  ConnectionView,
  EvidenceLine,
  FeatureFilter,
  FeatureView,
  HealthValue,
  PersonView,
  ProductView,
  Quarantined,
  Slice,
  TimelineLine,
  UnmappedWord,
  Views,
} from "../../shared/store/views.ts";

/** All that a hub shows, held in arrays. */
export interface Shown {
  readonly products: readonly ProductView[];
  readonly features: readonly FeatureView[];
  readonly workItems: readonly Entity<"workItem">[];
  /** Of every work item shown, by its id. */
  readonly itemHistories: Readonly<Record<string, readonly HistoryEntry[]>>;
  readonly cycles: readonly Entity<"cycle">[];
  readonly evidence: readonly EvidenceLine[];
  readonly timeline: readonly TimelineLine[];
  readonly changes: readonly HubEvent[];
  readonly connections: readonly ConnectionView[];
  readonly quarantine: readonly Quarantined[];
  readonly people: readonly PersonView[];
  /** What was shown at any moment of the past. */
  readonly before?: Shown | undefined;
  readonly assertions: readonly Assertion[];
  readonly updates: readonly Update[];
  readonly links: readonly LinkView[];
  readonly suggestions: readonly SuggestionView[];
  readonly objectives: readonly ObjectiveView[];
  readonly initiatives: readonly InitiativeView[];
  /** What figures are made of, the same for every feature and product. */
  readonly flow?: { readonly records: readonly FlowRecord[]; readonly now: Date };
  /** Of features and initiatives, by id. */
  readonly targetMoves?: Readonly<Record<string, readonly TargetMove[]>>;
  readonly dependencies?: readonly Dependency[];
  readonly releaseParts?: readonly ReleasePart[];
  /** Of all other kinds. */
  readonly entities: readonly Entity[];
  readonly unmapped: readonly UnmappedWord[];
  readonly words: readonly MappedWord[];
  readonly detail?: ConnectionDetail | undefined;
}

export const NOTHING: Shown = {
  products: [],
  features: [],
  workItems: [],
  itemHistories: {},
  cycles: [],
  evidence: [],
  timeline: [],
  changes: [],
  connections: [],
  quarantine: [],
  people: [],
  entities: [],
  unmapped: [],
  words: [],
  assertions: [],
  updates: [],
  links: [],
  suggestions: [],
  objectives: [],
  initiatives: [],
};

/** For what only shows: nobody says anything there. */
export const silent: Say = {
  assert: async () => false,
  post: async () => {
    throw new Error("nobody says anything here");
  },
  decide: async () => undefined,
};

const page = <Item>(items: readonly Item[], after: string | undefined, limit: number): Slice<Item> => {
  const start = after === undefined ? 0 : Number(after);
  const end = start + limit;
  return { items: items.slice(start, end), next: end < items.length ? String(end) : undefined };
};

const byId = <Item extends { readonly id: string }>(items: readonly Item[]): Item[] =>
  [...items].sort((a, b) => (a.id < b.id ? -1 : 1));

const stageOf = (feature: FeatureView): Stage | "none" => feature.explanation.headline ?? "none";

const fits = (filter: FeatureFilter) => (feature: FeatureView) => featureFits(feature, filter);

const WORST_FIRST: readonly HealthValue[] = ["off_track", "at_risk", "on_track", "unknown"];

/** `Views` over arrays, for tests of what consumes them. */
export const memoryViews = (shown: Shown): Views => {
  const of = (product: string | undefined) => shown.features.filter(fits({ product }));
  const itemsIn = (cycle: Entity<"cycle">) =>
    shown.workItems.flatMap((item) => {
      const part = cycleParts(item, shown.itemHistories[item.id] ?? []).get(cycle.id);
      return part === undefined ? [] : [scopeItem(cycle.fields, part, () => item.fields.status)];
    });
  const tally = <Word extends string>(words: readonly Word[], told: readonly Word[]) =>
    Object.fromEntries(words.map((word) => [word, told.filter((one) => one === word).length])) as Record<Word, number>;
  const flow = (weeks: number, part: "feature" | "product", place?: string) =>
    flowView(shown.flow?.records ?? [], shown.flow?.now ?? new Date(0), weeks, part, place);
  return {
    featureFlow: async (_, weeks) => flow(weeks, "feature"),
    productFlow: async (_, weeks, place) => flow(weeks, "product", place),
    products: async () => shown.products,
    productsOf: async (ids) =>
      new Map(
        [...shown.features, ...shown.workItems, ...shown.cycles]
          .filter(({ id }) => ids.includes(id))
          .map(({ id, productIds }) => [id, productIds]),
      ),
    feature: async (named) =>
      shown.features.find(({ id, key }) => id === named || key?.toLowerCase() === named.toLowerCase()),
    features: async (filter, after, limit) =>
      page(
        filter.order === undefined
          ? byId(shown.features).filter(fits(filter))
          : shown.features.filter(fits(filter)).toSorted((a, b) => (a.updatedAt > b.updatedAt ? -1 : 1)),
        after,
        limit,
      ),
    column: async (stage, product, after, limit, filter = {}) => {
      const rank = ({ health }: FeatureView) => WORST_FIRST.indexOf(health.value);
      const cards = of(product)
        .filter(fits(filter))
        .filter((feature) => stageOf(feature) === stage);
      return page(
        cards.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)),
        after,
        limit,
      );
    },
    counts: async (product, health) => tally([...STAGES, "none"], of(product).filter(fits({ health })).map(stageOf)),
    healthCounts: async (product) =>
      tally(
        WORST_FIRST,
        of(product).map(({ health }) => health.value),
      ),
    asOf: () => memoryViews(shown.before ?? NOTHING),
    keptSince: async () => "2020-01-01T00:00:00.000Z",
    changed: async (_since, _until, after, limit) => {
      const before = new Map(shown.before?.features.map((feature) => [feature.id, feature]));
      const now = new Map(shown.features.map((feature) => [feature.id, feature]));
      const ids = [...new Set([...before.keys(), ...now.keys()])].sort();
      const changes = ids.map((id) => ({ id, before: before.get(id), now: now.get(id) }));
      return page(changes, after, limit);
    },
    evidence: async (_feature, after, limit) => page(shown.evidence, after, limit),
    timeline: async (_feature, after, limit) => page(shown.timeline, after, limit),
    workItems: async ({ status, tool }, after, limit) =>
      page(
        byId(shown.workItems).filter(
          ({ fields, source }) =>
            (status === undefined || status.includes(fields.status.category)) &&
            (tool === undefined || tool === source.tool),
        ),
        after,
        limit,
      ),
    workItem: async (named) => shown.workItems.find(({ id, source }) => id === named || source.key === named),
    itemHistory: async (item) => {
      const statusOf: StatusOf = ({ id, name = id ?? "" }) => ({
        category: "unknown",
        detail: name,
        mappedBy: "default",
      });
      return {
        ...itemHistory(item, shown.itemHistories[item.id] ?? [], statusOf, () => undefined),
        people: new Map(),
      };
    },
    entities: async (kind, filter, after, limit) =>
      page(
        byId(shown.entities.filter((entity) => isKind(entity, kind))).filter((entity) => entityFits(entity, filter)),
        after,
        limit,
      ),
    entity: async (kind, named) =>
      shown.entities
        .filter((entity) => isKind(entity, kind))
        .find(({ id, source }) => id === named || source.key === named),
    search: async (text, limit) => {
      const found = [...shown.features, ...shown.workItems, ...shown.entities].flatMap((one) => {
        const [kind, key, name, tool, url] =
          "source" in one
            ? [one.kind, one.source.key, nameOf(one), one.source.tool, one.source.url]
            : (["feature" as const, one.key, one.name, one.tool, one.url] as const);
        const match = key?.toLowerCase() === text.toLowerCase() ? ("key" as const) : ("name" as const);
        const fits = match === "key" || name.toLowerCase().includes(text.toLowerCase());
        return fits ? [{ id: one.id, kind, key, name, tool, url, productIds: one.productIds, match }] : [];
      });
      return [...Map.groupBy(found, ({ kind }) => kind).values()].flatMap((some) => some.slice(0, limit));
    },
    cycles: async (_, after, limit) => page(byId(shown.cycles), after, limit),
    cycle: async (named) => shown.cycles.find(({ id }) => id === named),
    cycleScope: async (cycle) => scopeOf(itemsIn(cycle)),
    cycleItems: async (cycle, role, after, limit) => ({
      ...page(
        itemsIn(cycle).filter(({ roles }) => role === undefined || roles.includes(role)),
        after,
        limit,
      ),
      people: new Map(),
    }),
    people: async (states, after, limit) =>
      page(
        PERSON_STATES.flatMap((state) =>
          shown.people.filter((one) => one.state === state && (states === undefined || states.includes(state))),
        ),
        after,
        limit,
      ),
    person: async (id) => shown.people.find((one) => one.id === id),
    peopleCounts: async () =>
      tally(
        PERSON_STATES,
        shown.people.map(({ state }) => state),
      ),
    accounts: async (ids) =>
      new Map(
        shown.people.flatMap(({ id, name, accounts }) =>
          accounts
            .filter((one) => ids.includes(one.id))
            .map((one) => [one.id, { ...one, person: { id, name } }] as const),
        ),
      ),
    said: async () => shown.assertions,
    updates: async (_about, after, limit) => page(shown.updates, after, limit),
    links: async (_id, after, limit) => page(shown.links, after, limit),
    link: async (named) => {
      const found = [...shown.links, ...shown.suggestions].find(({ id }) => id === named);
      return found && { ...found, isKnown: true };
    },
    suggestions: async (_product, after, limit) => page(shown.suggestions, after, limit),
    objectives: async (_filter, after, limit) => page(byId(shown.objectives), after, limit),
    objective: async (named) => shown.objectives.find(({ id }) => id === named),
    initiatives: async (_filter, after, limit) => page(byId(shown.initiatives), after, limit),
    initiative: async (named) => shown.initiatives.find(({ id }) => id === named),
    objectiveFeatures: async () => shown.features.slice(0, 3).map(({ id }) => id),
    initiativeFeatures: async () => shown.features.slice(0, 3),
    targetMoves: async (id) => shown.targetMoves?.[id] ?? [],
    dependencies: async () => shown.dependencies ?? [],
    releaseParts: async () => shown.releaseParts ?? [],
    releaseFeatures: async () => (shown.releaseParts ?? []).flatMap(({ features }) => features),
    releases: async (filter, after, limit) =>
      page(
        byId(shown.entities.filter((entity) => isKind(entity, "release"))).filter((entity) =>
          entityFits(entity, filter),
        ),
        after,
        limit,
      ),
    changes: async (since, after, limit, names) =>
      page(
        shown.changes.filter(
          ({ recordedAt, name }) => recordedAt >= since && (names === undefined || names.includes(name)),
        ),
        after,
        limit,
      ),
    changesBack: async (since, after, limit, names) =>
      page(
        shown.changes
          .filter(({ recordedAt, name }) => recordedAt >= since && (names === undefined || names.includes(name)))
          .toReversed(),
        after,
        limit,
      ),
    lastChanges: async (name, limit) =>
      shown.changes
        .filter((event) => event.name === name)
        .slice(-limit)
        .toReversed(),
    connections: async () => shown.connections,
    connection: async (named) => shown.connections.find(({ id, name }) => id === named || name === named),
    quarantine: async (connectionId, after, limit) =>
      page(
        shown.quarantine.filter((letter) => letter.connectionId === connectionId),
        after,
        limit,
      ),
    words: async (_, after, limit) => page(shown.words, after, limit),
    connectionDetail: async () => shown.detail,
    deadLetter: async (connectionId, name) =>
      shown.quarantine.find((letter) => letter.connectionId === connectionId && letterName(letter) === name),
    unmapped: async (_, after, limit) => page(shown.unmapped, after, limit),
    changedSince: async (since, product) =>
      shown.features
        .filter(fits(typeof product === "object" ? { products: product } : { product }))
        .filter(({ updatedAt }) => updatedAt >= since).length,
  };
};
