import type { Calendar } from "./calendar.ts";
import { engineers, managers } from "./people.ts";
import { at, hash, pick } from "./random.ts";

/** The tool a product is planned in. */
export type Tracker = "jira" | "linear" | "github";

/** How far a feature is, in truth. The tools may say otherwise. */
type Phase = "idea" | "planned" | "design" | "development" | "testing" | "production" | "released" | "cancelled";

/** A feature of a product: an epic, a project or a milestone, depending on the tool. Positions are working days. */
export interface Feature {
  readonly index: number;
  readonly title: string;
  readonly slug: string;
  readonly phase: Phase;
  /** Index of the initiative above it. */
  readonly initiative: number;
  readonly lead: number;
  readonly proposedDay: number;
  /** When its work items are written. */
  readonly window: readonly [number, number];
  /** The production deployment that carried it. */
  readonly shipDay?: number;
  readonly targetDay?: number;
  readonly targetResolution?: "month" | "quarter";
  readonly cancelledDay?: number;
  /** Its pull requests go to a branch of its own until it is complete. */
  readonly branch?: string;
  /** Its owner says it is done, though no production deployment has it. */
  readonly overclaimed: boolean;
  /** One of its done items was opened again. */
  readonly reopened: boolean;
  readonly blocked: boolean;
}

/** A product of Acme, where it is planned and where its code is. */
export interface Product {
  readonly index: number;
  readonly name: string;
  readonly tracker: Tracker;
  /** The prefix of its issue keys. */
  readonly key: string;
  readonly owner: "acme";
  readonly repo: string;
  readonly language: string;
  readonly initiatives: readonly string[];
  readonly features: readonly Feature[];
}

interface Plan {
  readonly phase: Phase;
  readonly window: readonly [number, number];
  readonly shipDay?: number;
  readonly targetDay?: number;
  readonly cancelledDay?: number;
  readonly ownBranch?: boolean;
  readonly overclaimed?: boolean;
  readonly reopened?: boolean;
  readonly blocked?: boolean;
}

/** The same twenty fates for every product, so that each has features in every stage and in every kind of trouble. */
const plans: readonly Plan[] = [
  { phase: "released", window: [2, 34], shipDay: 45, targetDay: 44 },
  { phase: "released", window: [38, 70], shipDay: 80, targetDay: 85 },
  { phase: "production", window: [58, 90], shipDay: 100, targetDay: 98 },
  { phase: "production", window: [66, 99], shipDay: 110, targetDay: 112, reopened: true },
  { phase: "production", window: [74, 108], shipDay: 120, targetDay: 105 },
  { phase: "production", window: [84, 113], shipDay: 125, targetDay: 128 },
  { phase: "testing", window: [88, 116], targetDay: 134 },
  { phase: "testing", window: [92, 118], targetDay: 129, overclaimed: true },
  { phase: "development", window: [94, 126], targetDay: 140, ownBranch: true },
  { phase: "development", window: [90, 124], targetDay: 117, ownBranch: true },
  { phase: "development", window: [98, 127], targetDay: 145, ownBranch: true, blocked: true },
  { phase: "development", window: [100, 128], targetDay: 150, ownBranch: true },
  { phase: "development", window: [86, 126], targetDay: 135 },
  { phase: "design", window: [104, 126], targetDay: 160 },
  { phase: "design", window: [110, 128], targetDay: 170 },
  { phase: "planned", window: [108, 127], targetDay: 175 },
  { phase: "planned", window: [114, 128], targetDay: 190 },
  { phase: "cancelled", window: [46, 78], targetDay: 95, cancelledDay: 84 },
  { phase: "idea", window: [0, 0] },
  { phase: "idea", window: [0, 0] },
];

const storefront = [
  "Saved carts",
  "Guest checkout",
  "One-page checkout",
  "Gift cards",
  "Café pick-up ☕",
  "Address autocomplete",
  "Split payments",
  "Loyalty points at checkout",
  "Product recommendations",
  "Stock alerts",
  "Multi-currency prices",
  "Express wallets",
  "Order tracking page",
  "Store locator",
  "Wish lists to share",
  "Subscriptions",
  "Bulk ordering for teams",
  "Kiosk mode",
  "Try before you buy",
  "Voice search",
] as const;
const insights = [
  "Funnel builder",
  "Scheduled exports",
  "Retention grid",
  "Anomaly alerts",
  "Größe der Körbe report",
  "Saved segments",
  "Dashboard sharing",
  "Cohort comparison",
  "Natural-language questions",
  "Custom metrics",
  "Live event stream",
  "Warehouse sync",
  "Row-level permissions",
  "Goal tracking",
  "Embedded charts",
  "Forecasting",
  "Session replay links",
  "Spreadsheet add-on",
  "Benchmarks against peers",
  "Audio summaries",
] as const;
const devkit = [
  "Typed client",
  "Webhook replay",
  "Local emulator",
  "CLI login with device code",
  "日本語 documentation",
  "Request signing",
  "Pagination helpers",
  "Idempotent retries",
  "Plugin system",
  "Code generator",
  "Bulk endpoints",
  "Sandbox accounts",
  "OpenAPI 3.1 export",
  "Rust client",
  "Terraform provider",
  "GraphQL gateway",
  "Editor extension",
  "SOAP bridge",
  "Playground in the browser",
  "Offline mode",
] as const;

const initiatives = {
  jira: ["Fewer abandoned carts", "Sell everywhere", "Customers who come back"],
  linear: ["Answers without analysts", "Trust in the numbers", "Insights where people work"],
  github: ["First call in five minutes", "Reliable by default", "Open ecosystem"],
} as const;

/** A company of fewer work items than this is a small one: one feature in each phase, and few deployments. */
const SMALL = 100;
export const isSmall = (size: number): boolean => size < SMALL;

/** The plans that a small company follows: one for each phase, some of them in trouble. */
const FEW: readonly number[] = [0, 3, 7, 8, 13, 15, 17, 18];

/**
 * The three products, with sixty features in all, or twenty-four in a small company. Titles and fates are fixed; only
 * days and leads depend on the seed.
 */
export const products = (seed: number, size: number): readonly Product[] => [
  {
    index: 0,
    name: "Storefront",
    tracker: "jira",
    key: "ACME",
    owner: "acme",
    repo: "storefront",
    language: "TypeScript",
    initiatives: initiatives.jira,
    features: features(seed, size, 0, storefront),
  },
  {
    index: 1,
    name: "Insights",
    tracker: "linear",
    key: "INS",
    owner: "acme",
    repo: "insights",
    language: "Python",
    initiatives: initiatives.linear,
    features: features(seed, size, 1, insights),
  },
  {
    index: 2,
    name: "Devkit",
    tracker: "github",
    key: "devkit",
    owner: "acme",
    repo: "devkit",
    language: "Go",
    initiatives: initiatives.github,
    features: features(seed, size, 2, devkit),
  },
];

const features = (seed: number, size: number, product: number, titles: readonly string[]): readonly Feature[] =>
  (isSmall(size) ? FEW : plans.map((_, place) => place)).map((place, index): Feature => {
    const plan = at(plans, place);
    const h = hash(seed, 11, product, index);
    const title = at(titles, place);
    const slug = slugOf(title);
    const proposed = plan.phase === "idea" ? 20 + (h % 100) : Math.max(0, plan.window[0] - 4 - (h % 12));
    return {
      index,
      title,
      slug,
      phase: plan.phase,
      initiative: index % 3,
      lead: pick(plan.phase === "idea" ? managers : [...managers, ...engineers], h >>> 8),
      proposedDay: proposed,
      window: plan.window,
      ...(plan.shipDay === undefined ? {} : { shipDay: plan.shipDay }),
      ...(plan.targetDay === undefined ? {} : { targetDay: plan.targetDay }),
      ...(plan.targetDay !== undefined && plan.targetDay > 155
        ? { targetResolution: h % 2 === 0 ? ("quarter" as const) : ("month" as const) }
        : {}),
      ...(plan.cancelledDay === undefined ? {} : { cancelledDay: plan.cancelledDay }),
      ...(plan.ownBranch === true ? { branch: `feature/${slug}` } : {}),
      overclaimed: plan.overclaimed === true,
      reopened: plan.reopened === true,
      blocked: plan.blocked === true,
    };
  });

/** Lower case with dashes, as tools make it for branches and URLs. */
export const slugOf = (title: string): string =>
  title
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 48);

/** When a feature last changed by its owner's hand, as a position in the calendar. */
export const featureUpdatedDay = (feature: Feature): number => {
  switch (feature.phase) {
    case "released":
    case "production":
      return (feature.shipDay ?? 0) + 0.6;
    case "cancelled":
      return feature.cancelledDay ?? 0;
    case "testing":
      return feature.overclaimed ? 129.2 : 126;
    case "development":
      return feature.window[0] + 6.4;
    case "idea":
      return feature.proposedDay + 0.2;
    default:
      return Math.max(feature.window[0], feature.proposedDay) + 2.3;
  }
};

/** Days at which a feature was planned, started and finished by its owner's word; absent where it has not been. */
export const featureDays = (feature: Feature): { planned?: number; started?: number; finished?: number } => {
  if (feature.phase === "idea") return {};
  const planned = feature.proposedDay + 1;
  if (feature.phase === "planned" || feature.phase === "design") return { planned };
  const started = feature.window[0] + 1;
  if (feature.phase === "cancelled") return { planned, started, finished: feature.cancelledDay ?? started };
  const finished = feature.overclaimed ? 129.2 : feature.shipDay === undefined ? undefined : feature.shipDay + 0.6;
  return finished === undefined ? { planned, started } : { planned, started, finished };
};

/** Milliseconds since the epoch at which a feature last changed. */
export const featureUpdated = (calendar: Calendar, feature: Feature): number => calendar.at(featureUpdatedDay(feature));
