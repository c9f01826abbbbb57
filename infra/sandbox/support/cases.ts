import { type Exposure, exposures, timeOf } from "../company/exposure.ts";
import { at, between, hash, pick, unit } from "../company/random.ts";
import type { World } from "../company/world.ts";

/** A customer of Acme: an organisation, never a person. */
export interface Customer {
  readonly index: number;
  readonly name: string;
  readonly domain: string;
  readonly plan: "Enterprise" | "Growth" | "Starter";
  readonly monthly: number;
  readonly people: number;
}

const NAMES = ["Northwind", "Blåbær", "Harbour & Sons", "Pixelfarm", "Kestrel Labs", "Omnibus", "Verdant", "Tilde"];

export const customers: readonly Customer[] = NAMES.map((name, index) => ({
  index,
  name,
  domain: `${name
    .normalize("NFD")
    .replace(/[^A-Za-z]/g, "")
    .toLowerCase()}.example`,
  plan: index < 2 ? "Enterprise" : index < 5 ? "Growth" : "Starter",
  monthly: 4000 - index * 450,
  people: 900 - index * 100,
}));

/** Someone writes to support. Times are milliseconds since the epoch, in whole seconds. */
export interface Case {
  /** Position in its tool, from 0. */
  readonly n: number;
  readonly exposure: Exposure;
  readonly nature: "problem" | "question" | "wish";
  readonly subject: string;
  readonly words: string;
  readonly customer: number;
  readonly agent: number;
  /** 1 (urgent) to 4 (low). */
  readonly priority: number;
  readonly stage: "new" | "open" | "pending" | "hold" | "solved" | "closed";
  readonly created: number;
  readonly updated: number;
  readonly replied?: number;
  readonly solved?: number;
  readonly reopens: number;
  /** 1 to 5. */
  readonly rating?: number;
  readonly remark?: string;
  readonly rated?: number;
  /** How whoever answered it said what it is about; `none` where nobody did. */
  readonly named: "tag" | "field" | "link" | "text" | "none";
  /** Words that somebody put on it since. */
  readonly tags?: readonly string[];
  readonly deleted?: boolean;
}

/** Which tool a product's customers write to. */
const DESKS = {
  zendesk: ["Storefront", "Devkit"],
  intercom: ["Insights", "Storefront"],
  jira: ["Storefront"],
} as const;
export type Desk = keyof typeof DESKS;

/** The agents of support. */
export const AGENTS: readonly number[] = [7, 8, 10];
/** What support calls a feature that the planners call otherwise. */
const OTHER_NAMES: Readonly<Record<string, string>> = { "Address autocomplete": "Type-ahead addresses" };

const PROBLEMS = ["does not load", "shows an old total", "fails on Safari", "is slow since yesterday", "asks twice"];
const QUESTIONS = ["How do I switch on", "Who may use", "Is there an export of", "Where do I find"];
const REMARKS = ["Quick and friendly", "Solved, but it took days", "Still the same", "Danke schön 🎉"];
/** Cases of a tool at most, so that a large company does not make it slow. */
const MOST = 600;
const HOUR = 3_600_000;

/** Every case of a tool, oldest first. Drawn once for a world. */
export const casesOf = (world: World, desk: Desk): readonly Case[] => {
  const held = drawn.get(world) ?? {};
  const cases = held[desk] ?? draw(world, desk);
  drawn.set(world, { ...held, [desk]: cases });
  return cases;
};
const drawn = new WeakMap<World, Partial<Record<Desk, readonly Case[]>>>();

const draw = (world: World, desk: Desk): readonly Case[] => {
  const places: readonly string[] = DESKS[desk];
  const all = exposures(world)
    .filter(({ product }) => places.includes(product.name))
    .flatMap((exposure) => casesAbout(world, desk, exposure));
  return all
    .toSorted((a, b) => a.created - b.created)
    .slice(-MOST)
    .map((one, n) => ({ ...one, n }));
};

/** Wishes before a feature is there, questions and problems after it; a flood of them after the first one's release. */
const casesAbout = (world: World, desk: Desk, exposure: Exposure): readonly Case[] => {
  const { seed } = world.company;
  const { product, feature, days } = exposure;
  const salt = { zendesk: 401, intercom: 421, jira: 441 }[desk] + product.index;
  const draws = (k: number): number => hash(seed, salt, feature.index, k);
  const shipped = days.shipped;
  const isFlood = desk === "zendesk" && product.index === 0 && feature.index === 0 && shipped !== undefined;
  const before = Array.from({ length: 1 + (draws(1) % 2) }, (_, k) => {
    const end = shipped ?? 126;
    return about(
      world,
      desk,
      exposure,
      "wish",
      between(days.proposed, end, unit(seed, salt, feature.index, 10 + k)),
      10 + k,
    );
  });
  if (shipped === undefined) return before;
  const after = Array.from({ length: isFlood ? 12 : 1 + (draws(2) % 3) }, (_, k) => {
    const u = unit(seed, salt, feature.index, 40 + k);
    const day = isFlood ? shipped + 0.3 + u * 4 : between(shipped + 0.5, 129, u);
    return about(world, desk, exposure, isFlood || draws(40 + k) % 3 !== 0 ? "problem" : "question", day, 40 + k);
  });
  return [...before, ...after];
};

const about = (world: World, desk: Desk, exposure: Exposure, nature: Case["nature"], day: number, k: number): Case => {
  const { feature, product, care } = exposure;
  const h = hash(
    world.company.seed,
    460 + product.index,
    feature.index,
    k + { zendesk: 0, intercom: 100, jira: 200 }[desk],
  );
  const name = OTHER_NAMES[feature.title] ?? feature.title;
  const created = timeOf(world, day);
  const { until } = world.company.calendar;
  const replied = created + Math.round(between(0.2, 9, (h % 97) / 97) * 60) * 60_000;
  const solved = replied + Math.round(between(1, 60, (h % 89) / 89)) * HOUR;
  const isReplied = replied < until && h % 11 !== 0;
  const isSolved = isReplied && solved < until && h % 7 !== 0;
  const isClosed = isSolved && solved + 96 * HOUR < until && h % 3 !== 0;
  const late = care === "late" ? created + 21 * 24 * HOUR : created;
  const updated = Math.min(
    until - 1000,
    Math.max(
      created,
      isReplied ? replied : 0,
      isSolved ? solved : 0,
      isClosed ? solved + 96 * HOUR : 0,
      late < until ? late : 0,
    ),
  );
  const rating = isSolved && h % 5 < 2 ? 1 + ((h >>> 9) % 5) : undefined;
  return {
    n: 0,
    exposure,
    nature,
    subject:
      nature === "wish"
        ? `We would like ${name}`
        : nature === "question"
          ? `${pick(QUESTIONS, h >>> 3)} ${name}?`
          : `${name} ${pick(PROBLEMS, h >>> 3)}`,
    words:
      nature === "wish"
        ? `Our team asks for ${name.toLowerCase()} every week. When will it come?`
        : `Since the last update ${name.toLowerCase()} is not what we expect. Order 10${h % 900} shows it.`,
    customer: (h >>> 5) % customers.length,
    agent: pick(AGENTS, h >>> 7),
    priority: 1 + ((h >>> 11) % 4),
    stage: isClosed
      ? "closed"
      : isSolved
        ? "solved"
        : !isReplied
          ? "new"
          : pick(["open", "pending", "hold"] as const, h >>> 13),
    created,
    updated,
    ...(isReplied && { replied }),
    ...(isSolved && { solved }),
    reopens: isSolved && h % 6 === 0 ? 1 + ((h >>> 4) % 2) : 0,
    ...(rating !== undefined && { rating, rated: solved }),
    ...(rating !== undefined && h % 4 < 3 && { remark: pick(REMARKS, h >>> 15) }),
    named:
      care === "missing" || (care === "late" && late >= until)
        ? "none"
        : at(["tag", "field", "link", "text"] as const, (h >>> 17) % 4),
  };
};

/** The cases of a tool with what was changed since, in the order that its lists have: by last change, then by number. */
export class Desktop {
  readonly #world: World;
  readonly #desk: Desk;
  readonly #edits = new Map<number, Case>();

  constructor(world: World, desk: Desk) {
    this.#world = world;
    this.#desk = desk;
  }

  get all(): readonly Case[] {
    const generated = casesOf(this.#world, this.#desk);
    const added = [...this.#edits.values()].filter(({ n }) => n >= generated.length);
    return [...generated.map((one) => this.#edits.get(one.n) ?? one), ...added];
  }

  byUpdate(): readonly Case[] {
    return this.all.toSorted((a, b) => a.updated - b.updated || a.n - b.n);
  }

  find(n: number): Case | undefined {
    return this.#edits.get(n) ?? casesOf(this.#world, this.#desk)[n];
  }

  /** Keeps a change; its time is the moment's, in whole seconds and after the case's last one. */
  change(n: number, to: Partial<Case>, time: number): Case | undefined {
    const before = this.find(n);
    if (before === undefined) return undefined;
    const changed = { ...before, updated: Math.max(Math.floor(time / 1000) * 1000, before.updated + 1000), ...to };
    this.#edits.set(n, changed);
    return changed;
  }

  /** A new case about a feature, by its title. */
  open(title: unknown, time: number): Case | undefined {
    const { all } = this;
    const like = all.find(({ exposure }) => exposure.feature.title === title || title === undefined);
    if (like === undefined) return undefined;
    const { replied: _, solved: _s, rating: _r, rated: _a, remark: _m, ...rest } = like;
    const created = Math.floor(time / 1000) * 1000;
    const made: Case = {
      ...rest,
      n: all.length,
      nature: "problem",
      stage: "new",
      created,
      updated: created,
      reopens: 0,
      named: "tag",
    };
    this.#edits.set(made.n, made);
    return made;
  }

  reset(): void {
    this.#edits.clear();
  }
}
