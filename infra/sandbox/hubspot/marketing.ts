import { type Exposure, exposures, referenceOf, timeOf } from "../company/exposure.ts";
import { hash, pick } from "../company/random.ts";
import type { World } from "../company/world.ts";

/** A campaign of HubSpot, times in milliseconds since the epoch. */
export interface Campaign {
  readonly id: string;
  readonly product: number;
  readonly name: string;
  readonly utm: string;
  readonly status: "planned" | "in_progress" | "active" | "paused" | "completed";
  readonly notes: string;
  readonly start: string;
  readonly budget: number;
  readonly spent: number;
  readonly created: number;
  readonly updated: number;
}

/** A marketing e-mail. */
export interface Email {
  readonly id: string;
  readonly product: number;
  readonly name: string;
  readonly subject: string;
  readonly state: "DRAFT" | "SCHEDULED" | "PUBLISHED" | "AUTOMATED";
  readonly campaign?: string;
  readonly campaignName?: string;
  /** When it was or is to be sent; a draft has the time of its last change. */
  readonly publish: number;
  readonly sent: number;
  readonly created: number;
  readonly updated: number;
  readonly archived: boolean;
}

export interface Company {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly people: number;
  readonly created: number;
  readonly updated: number;
  readonly archived: boolean;
}

/** What the company had in HubSpot at the end of its history. */
export interface Marketing {
  readonly campaigns: readonly Campaign[];
  readonly emails: readonly Email[];
  readonly companies: readonly Company[];
}

const DAY_MS = 86_400_000;
/** Working day before which a campaign of the past is over. */
const OVER = 128;
const COMPANIES = 24;

export const marketingOf = (world: World): Marketing => {
  const shown = exposures(world).filter(
    ({ product, feature, days }) =>
      product.index < 2 && (days.shipped !== undefined || feature.phase === "testing" || feature.index === 4),
  );
  const campaigns = shown.map((exposure) => campaignOf(world, exposure));
  return {
    campaigns,
    emails: [
      ...shown.flatMap((exposure, index) => emailsOf(world, exposure, campaigns[index] as Campaign)),
      ...newsletters(world),
    ],
    companies: Array.from({ length: COMPANIES }, (_, index) => companyOf(world, index)),
  };
};

const hex = (value: number): string => value.toString(16).padStart(8, "0");

/** Working day of the launch mail. Feature 4 is announced before it is there. */
const launchDay = ({ feature, days }: Exposure): number | undefined => {
  if (feature.index === 4) return days.shipped === undefined ? 126 : days.shipped - 6;
  return days.shipped === undefined ? undefined : days.shipped + 1;
};

/** Marketing has a name of its own for some features. */
const MARKETING_NAMES: Readonly<Record<number, string>> = { 5: "Addresses that type themselves" };
const nameOf = ({ product, feature }: Exposure): string =>
  (product.index === 0 ? MARKETING_NAMES[feature.index] : undefined) ?? feature.title;

const campaignOf = (world: World, exposure: Exposure): Campaign => {
  const { seed, calendar } = world.company;
  const { product, feature } = exposure;
  const day = launchDay(exposure);
  const h = hash(seed, 101, product.index, feature.index);
  const key = referenceOf(world, exposure)?.key;
  const begun = timeOf(world, (day ?? 124) - 12);
  const isOver = day !== undefined && day + 8 < OVER;
  return {
    id: `${hex(h)}-${hex(hash(seed, 102, h)).slice(0, 4)}-4${hex(h >>> 3).slice(0, 3)}-8${hex(h >>> 5).slice(0, 3)}-${hex(hash(seed, 103, h))}${hex(h).slice(0, 4)}`,
    product: product.index,
    name: `Launch: ${nameOf(exposure)}`,
    utm: exposure.utmCampaign,
    status: day === undefined ? "planned" : isOver ? "completed" : "active",
    notes: key === undefined ? "" : `For feature:${key}`,
    start: calendar.date(day ?? 134),
    budget: 500 + (h % 20) * 100,
    spent: day === undefined ? 0 : 400 + (h % 15) * 100,
    created: begun,
    updated: timeOf(world, day === undefined ? 125 : Math.min(129, day + 9)),
  };
};

const emailsOf = (world: World, exposure: Exposure, campaign: Campaign): Email[] => {
  const { seed } = world.company;
  const { product, feature } = exposure;
  const day = launchDay(exposure);
  const h = hash(seed, 104, product.index, feature.index);
  const common = { product: product.index, campaign: campaign.id, campaignName: campaign.name, archived: false };
  const id = 41_000_000_000 + product.index * 1_000_000 + feature.index * 1000;
  const launch: Email = {
    ...common,
    id: String(id + 1),
    name: `${nameOf(exposure)}: launch mail`,
    subject: `New: ${nameOf(exposure)}`,
    state: day === undefined ? "SCHEDULED" : "PUBLISHED",
    publish: day === undefined ? world.company.calendar.midnight(134) + 9 * 3_600_000 : timeOf(world, day),
    sent: day === undefined ? 0 : 2000 + (h % 6000),
    created: campaign.created,
    updated: day === undefined ? campaign.updated : timeOf(world, day),
  };
  const reminder: Email = {
    ...common,
    id: String(id + 2),
    name: `${nameOf(exposure)}: reminder`,
    subject: `Have you tried ${nameOf(exposure)}?`,
    state: "DRAFT",
    publish: campaign.updated,
    sent: 0,
    created: campaign.created,
    updated: campaign.updated,
  };
  return h % 2 === 0 ? [launch, reminder] : [launch];
};

/** One in two weeks to everybody, about nothing in particular, and a welcome that sends itself. */
const newsletters = (world: World): Email[] => {
  const letters = Array.from({ length: 12 }, (_, index): Email => {
    const at = timeOf(world, 5 + index * 10.5);
    return {
      id: String(42_000_000_001 + index),
      product: index % 2,
      name: `Newsletter ${index + 1}`,
      subject: pick(
        ["What is new", "Three things to know", "This month at Acme"],
        hash(world.company.seed, 105, index),
      ),
      state: "PUBLISHED",
      publish: at,
      sent: 5000 + index * 130,
      created: at - 2 * DAY_MS,
      updated: at,
      archived: index === 0,
    };
  });
  const at = timeOf(world, 3);
  const welcome: Email = {
    id: "42000000100",
    product: 0,
    name: "Welcome",
    subject: "Welcome to Acme",
    state: "AUTOMATED",
    publish: at,
    sent: 3100,
    created: at,
    updated: at,
    archived: false,
  };
  return [...letters, welcome];
};

const FIRST = ["North", "Blue", "Green", "Old", "Bright", "Silver"] as const;
const SECOND = ["Harbour", "Mill", "Orchard", "Bridge"] as const;
const companyOf = (world: World, index: number): Company => {
  const h = hash(world.company.seed, 106, index);
  const name = `${FIRST[index % FIRST.length]} ${SECOND[Math.floor(index / FIRST.length) % SECOND.length]}`;
  return {
    id: String(9_100_000_001 + index),
    name,
    domain: `${name.toLowerCase().replace(" ", "-")}.example`,
    people: 10 + (h % 900),
    created: timeOf(world, 1 + (h % 60)),
    updated: timeOf(world, 70 + (h % 55)),
    archived: index === COMPANIES - 1,
  };
};
