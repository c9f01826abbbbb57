import { WORK_DAYS } from "./calendar.ts";
import type { Company } from "./company.ts";
import type { Placed } from "./order.ts";
import { engineers } from "./people.ts";
import { at, hash, pick } from "./random.ts";

/** A published version. */
export interface Release {
  readonly index: number;
  readonly tag: string;
  readonly name: string;
  readonly body: string;
  readonly sha: string;
  readonly author: number;
  readonly created: number;
}

/** When a product was deployed: to staging all the time, to production once a week, both more often in a larger company. */
export interface Shipping {
  /** How many deployments to staging. */
  readonly staging: number;
  /** How many deployments to production. */
  readonly production: number;
  time(index: number, production: boolean): number;
  /** All of them, coded with twice their index, plus one for production. */
  all(): Iterable<Placed>;
}

export const shippingOf = (company: Company, product: number): Shipping => {
  const { calendar, counts, small } = company;
  const staging = small ? 14 : Math.max(WORK_DAYS - 2, Math.ceil(at(counts, product) / 8));
  // A small company ships every fourth week, on the days that its features were shipped.
  const perWeek = small ? 0.25 : Math.max(1, Math.round(staging / WORK_DAYS / 2));
  const production = 24 * perWeek + 1;
  const time = (index: number, toProduction: boolean): number =>
    toProduction ? calendar.at(5 + (5 * index) / perWeek) : calendar.at(3 + (index * 126.4) / (staging - 1));
  return {
    staging,
    production,
    time,
    *all() {
      for (let index = 0; index < staging; index += 1) yield { code: index * 2, time: time(index, false) };
      for (let index = 0; index < production; index += 1) yield { code: index * 2 + 1, time: time(index, true) };
    },
  };
};

/** The twelve releases of a product. Features are named in the notes of the release that announced them. */
export const generatedReleases = (company: Company, index: number, shaAt: (time: number) => string): Release[] => {
  const { calendar, products, seed } = company;
  const product = at(products, index);
  return Array.from({ length: 12 }, (_, number): Release => {
    const day = (number + 1) * 10;
    const shipped = product.features.filter(
      ({ phase, shipDay = 0 }) => phase === "released" && shipDay > day - 10 && shipDay <= day,
    );
    const titles = shipped.map(({ title }) => title);
    const notes = titles.map((title) => `### ${title}\n\n${title} is here for everyone.\n`).join("\n");
    return {
      index: number,
      tag: `v1.${number}.0`,
      name: `${product.name} 1.${number}${titles.length === 0 ? "" : `: ${titles.join(", ")}`}`,
      body: `## What is new\n\n${notes}${notes === "" ? "Fixes" : "\nPlus fixes"} and small improvements.\n`,
      // Looked up when asked for, since it needs all merges in order.
      get sha() {
        return shaAt(calendar.at(day));
      },
      author: pick(engineers, hash(seed, 93, index, number)),
      created: calendar.at(day + 0.2),
    };
  });
};
