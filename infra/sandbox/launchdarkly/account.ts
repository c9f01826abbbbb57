import { timeOf } from "../company/exposure.ts";
import { type FlagPlan, flagPlans } from "../company/flags.ts";
import { hash } from "../company/random.ts";
import type { World } from "../company/world.ts";

export const PROJECTS: Readonly<Record<string, string>> = { storefront: "Storefront", devkit: "Devkit" };
export const ENVIRONMENTS: Readonly<Record<string, string>> = {
  production: "Production",
  staging: "Staging",
  test: "Test",
  "eu-canary": "EU canary",
};

/** A change that somebody made since the history's end. */
export interface Edit {
  readonly time: number;
  readonly by: number;
  readonly environment?: string;
  readonly on?: boolean;
  readonly percent?: number;
  readonly archived?: boolean;
  readonly deleted?: boolean;
}

/** A flag in one environment, at present. */
export interface Setting {
  readonly on: boolean;
  readonly percent: number;
  readonly forTesters: boolean;
  readonly modified: number;
  readonly version: number;
}

export interface Flag extends FlagPlan {
  readonly project: string;
  readonly edits: readonly Edit[];
  readonly settings: Readonly<Record<string, Setting>>;
  readonly archivedAt: number | undefined;
  readonly isDeleted: boolean;
}

/** One line of the audit log. */
export interface Entry {
  readonly id: string;
  readonly date: number;
  readonly by: number;
  readonly project: string;
  readonly environment: string;
  readonly key: string;
  readonly name: string;
  readonly action: string;
  readonly verb: string;
}

/** 24 hex digits that stand for the parts. */
export const hexId = (...parts: readonly number[]): string =>
  [1, 2, 3]
    .map((n) =>
      hash(n, ...([...parts, 0, 0, 0].slice(0, 3) as [number, number, number]))
        .toString(16)
        .padStart(8, "0"),
    )
    .join("");

/** People call one feature by three names in three tools. */
const OTHER_NAMES: Readonly<Record<string, string>> = { "address-autocomplete": "Addr lookup v2" };
export const nameOf = ({ exposure }: FlagPlan): string => OTHER_NAMES[exposure.feature.slug] ?? exposure.feature.title;

/** The account's flags with what people changed since. */
export class Account {
  readonly #world: World;
  #edits = new Map<string, readonly Edit[]>();

  constructor(world: World) {
    this.#world = world;
  }

  flags(project: string): readonly Flag[] {
    return flagPlans(this.#world, project)
      .map((plan) => flagAt(project, plan, this.#edits.get(`${project}/${plan.key}`) ?? []))
      .filter(({ isDeleted }) => !isDeleted)
      .toSorted((a, b) => a.created - b.created || (a.key < b.key ? -1 : 1));
  }

  flag(project: string, key: string): Flag | undefined {
    return this.flags(project).find((flag) => flag.key === key);
  }

  /** @returns the flag after it; absent if there is none of that key */
  edit(key: string, edit: Edit): { readonly flag: Flag; readonly entry: Entry } | undefined {
    for (const project of Object.keys(PROJECTS)) {
      const held = this.flag(project, key);
      if (held === undefined) continue;
      const id = `${project}/${key}`;
      this.#edits.set(id, [...(this.#edits.get(id) ?? []), edit]);
      const flag = flagAt(project, held, this.#edits.get(id) ?? []);
      return { flag, entry: entryOf(flag, edit, historyOf(flag).length - 1) };
    }
    return undefined;
  }

  /** Newest first. */
  log(): readonly Entry[] {
    const entries = Object.keys(PROJECTS).flatMap((project) =>
      flagPlans(this.#world, project).flatMap((plan) => {
        const flag = flagAt(project, plan, this.#edits.get(`${project}/${plan.key}`) ?? []);
        return historyOf(flag).map((edit, place) => entryOf(flag, edit, place));
      }),
    );
    return entries.toSorted((a, b) => b.date - a.date || (a.id < b.id ? -1 : 1));
  }

  now(): number {
    return timeOf(this.#world, 129.9);
  }

  reset(): void {
    this.#edits.clear();
  }
}

const historyOf = (flag: Flag): readonly Edit[] => {
  const by = flag.exposure.feature.lead;
  return [
    { time: flag.created, by },
    ...flag.steps.map(({ at, percent }) => ({ time: at, by, environment: "production", percent })),
    ...(flag.archived === undefined ? [] : [{ time: flag.archived, by, archived: true }]),
    ...flag.edits,
  ];
};

const flagAt = (project: string, plan: FlagPlan, edits: readonly Edit[]): Flag => {
  const last = plan.steps.at(-1);
  const settings = Object.fromEntries(
    Object.keys(ENVIRONMENTS).map((environment): [string, Setting] => {
      const own = edits.filter((edit) => edit.environment === environment);
      const isLive = environment === "production";
      const start = isLive
        ? { on: plan.forTesters || last !== undefined, percent: last?.percent ?? 0, modified: last?.at ?? plan.created }
        : { on: environment !== "eu-canary", percent: environment === "eu-canary" ? 0 : 100, modified: plan.created };
      const percent = own.findLast((edit) => edit.percent !== undefined)?.percent ?? start.percent;
      const on = own.findLast((edit) => edit.on !== undefined)?.on ?? start.on;
      const version = 1 + (isLive ? plan.steps.length : 0) + own.length;
      return [
        environment,
        { on, percent, forTesters: isLive && plan.forTesters, modified: own.at(-1)?.time ?? start.modified, version },
      ];
    }),
  );
  const archiving = edits.findLast(({ archived }) => archived !== undefined);
  return {
    ...plan,
    project,
    edits,
    settings,
    archivedAt: archiving === undefined ? plan.archived : archiving.archived ? archiving.time : undefined,
    isDeleted: edits.some(({ deleted }) => deleted === true),
  };
};

const entryOf = (flag: Flag, edit: Edit, place: number): Entry => ({
  id: hexId(edit.time / 1000, place + 100, flag.exposure.feature.index + 100 * flag.exposure.product.index),
  date: edit.time,
  by: edit.by,
  project: flag.project,
  environment: edit.environment ?? "*",
  key: flag.key,
  name: nameOf(flag),
  ...wordsOf(edit),
});

const wordsOf = ({ deleted, archived, on, percent }: Edit): { readonly action: string; readonly verb: string } => {
  if (deleted === true) return { action: "deleteFlag", verb: "deleted the flag" };
  if (archived !== undefined)
    return { action: "updateGlobalArchived", verb: `${archived ? "archived" : "restored"} the flag` };
  if (percent !== undefined) return { action: "updateFallthrough", verb: "changed the default rule of the flag" };
  if (on !== undefined) return { action: "updateOn", verb: `turned ${on ? "on" : "off"} the flag` };
  return { action: "createFlag", verb: "created the flag" };
};
