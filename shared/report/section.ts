import type { Entity, FieldedKind } from "../domain/entity.ts";
import type { TrustLimits } from "../domain/experiment-trust.ts";
import type { Instant } from "../domain/instant.ts";
import type { Because } from "../domain/stage.ts";
import type { TargetMove } from "../domain/target-moves.ts";
import type { FeatureBrief, SaidBrief, SaidKind } from "../store/counted-reads.ts";
import type { KeyResultView } from "../store/shown-plan.ts";
import type { FeatureView } from "../store/views.ts";
import type { Block, Cell } from "./document.ts";
import { plain } from "./notice.ts";
import type { Period } from "./period.ts";

/** When a figure is worth a word. A team sets its own in the configuration. */
export interface Thresholds {
  /** A target that moved by at least so many days slipped. */
  readonly slipDays: number;
  /** A share by which a figure must change… */
  readonly change: number;
  /** …and of how many it must be at least. */
  readonly least: number;
  /** Robust deviations beyond which a day is unlike its weekday. */
  readonly deviations: number;
  /** How far ahead "next" looks, in days. */
  readonly aheadDays: number;
  /** For how many days after it shipped a feature's use is told. */
  readonly adoptionDays: number;
}

export const THRESHOLDS: Thresholds = {
  slipDays: 3,
  change: 0.2,
  least: 100,
  deviations: 3,
  aheadDays: 14,
  adoptionDays: 56,
};

/** What sections know of the report that they stand in. */
export interface About {
  readonly period: Period;
  readonly previous: Period;
  /** The period and the seven before it, newest first. */
  readonly periods: readonly Period[];
  readonly madeAt: Instant;
  readonly thresholds: Thresholds;
  /** Where people reach the hub, without a slash at the end. */
  readonly hubUrl: string;
  /** The page of this run, for what has no page of its own. */
  readonly runUrl: string;
}

/** What a section says. */
export interface Told {
  readonly blocks: readonly Block[];
  /** Its part of the report's one sentence, most important first: `3 features shipped`. */
  readonly lead?: readonly string[] | undefined;
  /** False where nothing happened. */
  readonly isNews?: boolean | undefined;
}

/** What is looked up at the end, for the few things that a section tells of. */
export interface Lookups {
  /** Features by id; those unknown are left out. */
  features(ids: readonly string[]): Promise<ReadonlyMap<string, FeatureView>>;
  /** Why features stood where they did at the end of the period. */
  becauseAt(ids: readonly string[]): Promise<ReadonlyMap<string, readonly Because[]>>;
  /** Entities of any kind by id. */
  entities(ids: readonly string[]): Promise<ReadonlyMap<string, Entity>>;
  /** When the target of a feature or an initiative was moved, oldest first. */
  targetMoves(id: string): Promise<readonly TargetMove[]>;
  /** When experiments of features of these products are not to be trusted, as for their health. */
  trustLimits(productIds: readonly string[]): TrustLimits;
  /** A key result with what its metric says now. */
  keyResult(entity: Entity<"keyResult">): Promise<KeyResultView>;
}

/** Takes what is streamed past it and keeps figures and the few rows that it will show, never all of it. */
export interface Collector {
  readonly feature?: (brief: FeatureBrief) => void;
  readonly entity?: {
    readonly [K in Exclude<FieldedKind, SaidKind>]?: (entity: Entity<K>, features: readonly string[]) => void;
  };
  readonly said?: { readonly [K in SaidKind]?: (brief: SaidBrief<K>) => void };
  readonly end: (lookups: Lookups) => Told | Promise<Told>;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly open: (about: About) => Collector;
}

/** Each of a few with all that is shown of its feature; one that went meanwhile is left out. */
export const withViews = async <Item extends { readonly brief: FeatureBrief }>(
  lookups: Lookups,
  items: readonly Item[],
): Promise<(Item & { readonly view: FeatureView })[]> => {
  const views = await lookups.features(items.map(({ brief }) => brief.id));
  return items.flatMap((item) => {
    const view = views.get(item.brief.id);
    return view === undefined ? [] : [{ ...item, view }];
  });
};

/** As `withViews`, each with the reasons of its stages at the end of the period. */
export const withViewsThen = async <Item extends { readonly brief: FeatureBrief }>(
  lookups: Lookups,
  items: readonly Item[],
): Promise<(Item & { readonly view: FeatureView })[]> => {
  const [all, reasons] = await Promise.all([
    withViews(lookups, items),
    lookups.becauseAt(items.map(({ brief }) => brief.id)),
  ]);
  return all.map((item) => {
    const because = reasons.get(item.brief.id) ?? [];
    return { ...item, view: { ...item.view, explanation: { ...item.view.explanation, because } } };
  });
};

/** The first of an order, and how many there were. */
export interface Top<Item> {
  add(item: Item): void;
  /** In order. */
  items(): readonly Item[];
  count(): number;
  /** How many of them `items` leaves out. */
  more(): number;
}

/** Keeps so many of any number of things. */
export const top = <Item>(most: number, order: (a: Item, b: Item) => number): Top<Item> => {
  let held: Item[] = [];
  let count = 0;
  const sorted = () => held.sort(order).slice(0, most);
  return {
    add(item) {
      count += 1;
      held.push(item);
      if (held.length >= most * 2 + 16) held = sorted();
    },
    items: sorted,
    count: () => count,
    more: () => Math.max(0, count - most),
  };
};

const TEXT = 200;
const URL_AT_MOST = 2000;

/** A text of a tool as a report holds it: one plain line. */
export const line = (text: string, most = TEXT): string => plain(text, most) || "(no name)";

/** An address of a tool that may become a link: http or https, without a password in it. */
export const safeUrl = (address: string | undefined): string | undefined => {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const { protocol, username, password, href } = new URL(address);
  if ((protocol !== "https:" && protocol !== "http:") || username !== "" || password !== "") return undefined;
  return href.length > URL_AT_MOST ? undefined : href;
};

/** A text with where it is proven, or the text alone where that cannot be trusted. */
export const linked = (text: string, address: string | undefined): Cell => {
  const url = safeUrl(address);
  return url === undefined ? line(text) : { text: line(text), url };
};

/** A proof by the name of its host. */
export const proof = (address: string): Cell => {
  const url = safeUrl(address);
  return url === undefined ? line(address, 60) : { text: new URL(url).hostname, url };
};

/** A feature as people call it, with its page. */
export const featureCell = (hubUrl: string, { id, key, name }: Pick<FeatureView, "id" | "key" | "name">) => ({
  text: line(key === undefined ? name : `${key} ${name}`),
  url: `${hubUrl}/features/${encodeURIComponent(id)}`,
});

/** Whether a moment lies within a period. */
export const isIn = ({ start, end }: Pick<Period, "start" | "end">, at: Instant | undefined): boolean =>
  at !== undefined && at >= start && at < end;

/** Text order that is the same on every machine. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
