import { type Exposure, exposures, referenceOf, timeOf } from "../company/exposure.ts";
import { hash } from "../company/random.ts";
import type { World } from "../company/world.ts";

/** A campaign of Mailchimp, times in milliseconds since the epoch. */
export interface Campaign {
  readonly id: string;
  readonly webId: number;
  readonly audience: number;
  readonly title: string;
  readonly subject: string;
  readonly status: "save" | "schedule" | "sent" | "canceled";
  /** Of the links in it; empty where nobody set it. */
  readonly slug: string;
  readonly created: number;
  readonly sendTime: number | undefined;
  readonly sent: number;
}

export interface Automation {
  readonly id: string;
  readonly audience: number;
  readonly title: string;
  readonly status: "save" | "paused" | "sending";
  readonly started: number;
  readonly sent: number;
}

/** A list of people; one for each product. */
export interface Audience {
  readonly id: string;
  readonly webId: number;
  readonly name: string;
  readonly created: number;
  readonly members: number;
  /** Subscribed at the end of each month, oldest first. */
  readonly months: readonly { readonly month: string; readonly subscribed: number; readonly unsubscribed: number }[];
}

const MONTHS = 7;

const hex = (value: number): string => value.toString(16).padStart(8, "0");
const idOf = (seed: number, kind: number, a: number, b: number): string =>
  `${hex(hash(seed, kind, a, b))}${hex(hash(seed, kind + 1, a, b)).slice(0, 2)}`;

export const audiencesOf = (world: World): readonly Audience[] =>
  world.company.products.map(({ index, name }) => {
    const { seed, calendar } = world.company;
    const begin = 1200 + (hash(seed, 111, index) % 2500);
    const end = new Date(calendar.until);
    const months = Array.from({ length: MONTHS }, (_, place) => {
      const at = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - (MONTHS - 1 - place), 1));
      const grown = Math.round(begin * (1 + 0.06 * place + (hash(seed, 112, index, place) % 30) / 1000));
      return { month: at.toISOString().slice(0, 7), subscribed: grown, unsubscribed: 12 + place * 9 };
    });
    return {
      id: idOf(seed, 113, index, 0),
      webId: 680_000 + index,
      name: `${name} customers`,
      created: timeOf(world, 0),
      members: months.at(-1)?.subscribed ?? begin,
      months,
    };
  });

/** One announcement for each feature that is out or nearly, and letters about nothing in particular. */
export const campaignsOf = (world: World): readonly Campaign[] => [
  ...exposures(world)
    .filter(({ feature, days }) => days.shipped !== undefined || feature.phase === "testing" || feature.index === 4)
    .map((exposure) => announcement(world, exposure)),
  ...letters(world),
];

/** Working day of the announcement; feature 4 is announced before it is there. */
const announcedDay = ({ feature, days }: Exposure): number | undefined => {
  if (feature.index === 4) return days.shipped === undefined ? 126.4 : days.shipped - 5.5;
  return days.shipped === undefined ? undefined : days.shipped + 2.25;
};

const announcement = (world: World, exposure: Exposure): Campaign => {
  const { seed, calendar } = world.company;
  const { product, feature, care } = exposure;
  const h = hash(seed, 115, product.index, feature.index);
  const day = announcedDay(exposure);
  const key = referenceOf(world, exposure)?.key;
  const isScheduled = day === undefined && h % 2 === 0;
  return {
    id: idOf(seed, 116, product.index, feature.index),
    webId: 4_700_000 + product.index * 1000 + feature.index,
    audience: product.index,
    title: key === undefined ? feature.title : `${feature.title} (${key})`,
    subject: `${feature.title} is here`,
    status: day === undefined ? (isScheduled ? "schedule" : "save") : "sent",
    slug: care === "missing" ? "" : exposure.utmCampaign,
    created: timeOf(world, (day ?? 125) - 4),
    sendTime: day === undefined ? (isScheduled ? calendar.midnight(136) + 36_000_000 : undefined) : timeOf(world, day),
    sent: day === undefined ? 0 : 1000 + (h % 2200),
  };
};

const letters = (world: World): Campaign[] =>
  Array.from({ length: 9 }, (_, index): Campaign => {
    const { seed } = world.company;
    const at = timeOf(world, 8 + index * 13.5);
    return {
      id: idOf(seed, 118, index, 0),
      webId: 4_790_000 + index,
      audience: index % 3,
      title: `Letter ${index + 1}`,
      subject: "News from Acme",
      status: index === 4 ? "canceled" : "sent",
      slug: "",
      created: at - 86_400_000,
      sendTime: index === 4 ? undefined : at,
      sent: index === 4 ? 0 : 1500 + index * 70,
    };
  });

export const automationsOf = (world: World): readonly Automation[] =>
  world.company.products.slice(0, 2).map(({ index, name }) => ({
    id: idOf(world.company.seed, 120, index, 0),
    audience: index,
    title: `Welcome to ${name}`,
    status: index === 0 ? "sending" : "paused",
    started: timeOf(world, 2 + index),
    sent: 800 + index * 90,
  }));
