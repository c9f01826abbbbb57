import { timeOf } from "../company/exposure.ts";
import { type FlagPlan, flagPlans } from "../company/flags.ts";
import { hash, unit } from "../company/random.ts";
import type { World } from "../company/world.ts";

export const PROJECTS: Readonly<Record<string, { readonly repo: string; readonly name: string }>> = {
  prj_storefront: { repo: "storefront", name: "Storefront" },
  prj_insights: { repo: "insights", name: "Insights" },
};
/** Storefront's flags are in another tool; its experiments are here, called as those flags. */
const WITH_FLAGS = "prj_insights";

/** A change that somebody made since the history's end. */
interface Edit {
  readonly time: number;
  readonly percent?: number;
  readonly result?: string;
  readonly released?: number;
  readonly deleted?: boolean;
}

export interface Feature extends FlagPlan {
  readonly project: string;
  readonly percent: number;
  readonly updated: number;
}

export interface Experiment {
  readonly plan: FlagPlan;
  readonly project: string;
  readonly id: string;
  readonly trackingKey: string;
  readonly status: "draft" | "running" | "stopped";
  readonly started: number | undefined;
  readonly stopped: number | undefined;
  readonly updated: number;
  /** Index of the variation. */
  readonly result: string | undefined;
  readonly released: number | undefined;
  /** Of the tried variation, relative to the control. */
  readonly lift: number;
  readonly users: number;
}

/** A losing variation that everybody got all the same. */
const LOST_AND_SHIPPED = "gift-cards";
const TRIED_DAYS = 12;

/** The organisation's features and experiments with what people changed since. */
export class Organization {
  readonly #world: World;
  #edits = new Map<string, readonly Edit[]>();

  constructor(world: World) {
    this.#world = world;
  }

  features(): readonly Feature[] {
    return flagPlans(this.#world, "insights").flatMap((plan): Feature[] => {
      const edits = this.#edits.get(plan.key) ?? [];
      if (edits.some(({ deleted }) => deleted === true)) return [];
      const percent = edits.findLast((edit) => edit.percent !== undefined)?.percent ?? plan.steps.at(-1)?.percent ?? 0;
      const updated = Math.max(plan.created, plan.steps.at(-1)?.at ?? 0, plan.archived ?? 0, edits.at(-1)?.time ?? 0);
      return [{ ...plan, project: WITH_FLAGS, percent, updated }];
    });
  }

  experiments(): readonly Experiment[] {
    return Object.entries(PROJECTS).flatMap(([project, { repo }]) =>
      flagPlans(this.#world, repo).flatMap((plan): Experiment[] => {
        const { feature } = plan.exposure;
        const isTried = feature.slug === LOST_AND_SHIPPED || feature.slug === "saved-carts" || feature.index % 3 === 1;
        const edits = this.#edits.get(`exp ${plan.key}`) ?? [];
        if (!isTried || plan.archived !== undefined || edits.some(({ deleted }) => deleted === true)) return [];
        return [this.#experiment(project, plan, edits)];
      }),
    );
  }

  #experiment(project: string, plan: FlagPlan, edits: readonly Edit[]): Experiment {
    const { exposure } = plan;
    const { seed } = this.#world.company;
    const { product, feature, days } = exposure;
    const day = (position: number): number => timeOf(this.#world, position);
    const hasLost = feature.slug === LOST_AND_SHIPPED;
    const isClear = hash(seed, 91, product.index, feature.index) % 5 !== 0 || feature.slug === "saved-carts";
    const isOver = days.shipped !== undefined;
    const started = isOver ? day(days.shipped - TRIED_DAYS) : feature.phase === "testing" ? day(118) : undefined;
    const stopped = isOver ? day(days.shipped - 1) : undefined;
    const edit = edits.findLast(({ result }) => result !== undefined);
    const chance = unit(seed, 92, product.index, feature.index);
    return {
      plan,
      project,
      id: `exp_${hash(seed, 93, product.index, feature.index).toString(36).padStart(7, "0")}`,
      trackingKey: plan.key,
      status: edit !== undefined || isOver ? "stopped" : started === undefined ? "draft" : "running",
      started,
      stopped: edit?.time ?? stopped,
      updated: Math.max(edit?.time ?? 0, stopped ?? started ?? plan.created),
      result: edit?.result ?? (isOver ? (hasLost ? "lost" : isClear ? "won" : "inconclusive") : undefined),
      released: edit?.released ?? (isOver ? 1 : undefined),
      lift: isClear ? (hasLost ? -1 : 1) * (0.035 + chance * 0.06) : chance * 0.01,
      users: 2000 + Math.floor(chance * 30_000),
    };
  }

  /** @returns whether there is a feature of that key */
  editFeature(key: string, edit: Edit): Feature | undefined {
    const held = this.features().find((feature) => feature.key === key);
    if (held === undefined) return undefined;
    this.#edits.set(key, [...(this.#edits.get(key) ?? []), edit]);
    return this.features().find((feature) => feature.key === key) ?? held;
  }

  editExperiment(key: string, edit: Edit): Experiment | undefined {
    const held = this.experiments().find(({ trackingKey }) => trackingKey === key);
    if (held === undefined) return undefined;
    this.#edits.set(`exp ${key}`, [...(this.#edits.get(`exp ${key}`) ?? []), edit]);
    return this.experiments().find(({ trackingKey }) => trackingKey === key) ?? held;
  }

  reset(): void {
    this.#edits.clear();
  }
}
