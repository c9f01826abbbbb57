/** Of objectives, key results and rows of the roadmap. */
export const STATUSES = ["Not started", "In progress", "Done", "Cancelled"] as const;
export type StatusName = (typeof STATUSES)[number];

/** How an objective is measured, and how far it is. */
export interface Measured {
  /** Name of its key result. */
  readonly name: string;
  readonly unit: string;
  readonly baseline: number;
  readonly target: number;
  readonly current: number;
  /** Of the objective and of its key result. */
  readonly status: StatusName;
}

const percent = { unit: "%", status: "In progress" } as const;

/** By the objective's title. Each status fits its numbers but one: trust in the numbers is called done far from its target. */
export const MEASURED: Readonly<Record<string, Measured>> = {
  "Fewer abandoned carts": { ...percent, name: "Checkouts that are finished", baseline: 40, target: 60, current: 44 },
  "Sell everywhere": {
    ...percent,
    name: "Orders from abroad",
    baseline: 10,
    target: 25,
    current: 25,
    status: "Done",
  },
  "Customers who come back": {
    ...percent,
    name: "Customers with a second order",
    baseline: 22,
    target: 30,
    current: 22,
    status: "Not started",
  },
  "Answers without analysts": {
    ...percent,
    name: "Questions answered without an analyst",
    baseline: 40,
    target: 60,
    current: 52,
  },
  "Trust in the numbers": {
    ...percent,
    name: "Dashboards with a verified source",
    baseline: 50,
    target: 90,
    current: 66,
    status: "Done",
  },
  "Insights where people work": {
    ...percent,
    name: "Insights opened outside the web app",
    baseline: 15,
    target: 35,
    current: 15,
    status: "Not started",
  },
  "First call in five minutes": {
    ...percent,
    name: "New developers with a call in five minutes",
    baseline: 35,
    target: 60,
    current: 45,
  },
  "Reliable by default": {
    ...percent,
    name: "Requests answered without an error",
    baseline: 99,
    target: 99.9,
    current: 99.9,
    status: "Done",
  },
  "Open ecosystem": {
    name: "Integrations built by partners",
    unit: "integrations",
    baseline: 4,
    target: 20,
    current: 4,
    status: "Not started",
  },
};
