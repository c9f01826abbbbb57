import { hash, pick } from "./random.ts";
import type { ItemKind } from "./work-item.ts";

const verbs = [
  "Add",
  "Show",
  "Validate",
  "Cache",
  "Log",
  "Rework",
  "Translate",
  "Measure",
  "Remember",
  "Hide",
  "Move",
  "Split",
];
const things = [
  "the summary panel",
  "the empty state",
  "the confirmation e-mail",
  "the error message",
  "the settings page",
  "the audit entry",
  "the search box",
  "the date picker",
  "the retry button",
  "keyboard navigation",
  "the loading skeleton",
  "the permission check",
  "the import job",
  "the price column",
  "the mobile layout",
  "the API response",
  "the onboarding hint",
  "the feature flag",
];
const places = [
  "on small screens",
  "for returning users",
  "in dark mode",
  "for guests",
  "behind the proxy",
  "in the admin area",
  "for large accounts",
  "after a timeout",
  "when offline",
  "in the first session",
];
const faults = [
  "Crash when {thing} is opened twice",
  "{Thing} shows the wrong total",
  "Timeout while saving {thing}",
  "{Thing} is cut off at 200 % zoom",
  "Double entry after a reload of {thing}",
  "Wrong time zone in {thing}",
  "Umlauts are lost in {thing} (ä, ö, ü)",
  "500 from {thing} with an empty list",
  "{Thing} flickers — since the last release",
];
const chores = [
  "Upgrade the build image",
  "Remove dead code around {thing}",
  "Write tests for {thing}",
  "Document {thing}",
  "Rotate the staging credentials",
  "Tidy the fixtures of {thing}",
  "Reduce the bundle of {thing}",
];

/** A title that a person could have written, from the kind of work and the feature it is for. */
export const titleOf = (
  seed: number,
  product: number,
  n: number,
  kind: ItemKind,
  feature: string | undefined,
): string => {
  const h = hash(seed, 21, product, n);
  const thing = pick(things, h >>> 4);
  const fill = (pattern: string): string =>
    pattern.replace("{thing}", thing).replace("{Thing}", thing.charAt(0).toUpperCase() + thing.slice(1));
  const about = feature === undefined ? "" : `${feature}: `;
  if (kind === "bug") return fill(pick(faults, h));
  if (kind === "design") return feature === undefined ? `Design ${thing}` : `Design ${feature.toLowerCase()}: ${thing}`;
  if (kind === "task") return fill(pick(chores, h));
  return `${about}${pick(verbs, h).toLowerCase()} ${thing} ${pick(places, h >>> 9)}`.replace(/^./u, (c) =>
    c.toUpperCase(),
  );
};

/** A description of one or two paragraphs. */
export const descriptionOf = (seed: number, product: number, n: number, title: string): readonly string[] => {
  const h = hash(seed, 22, product, n);
  const first = `${title}. ${pick(["Asked for by support", "Found in the last review", "Agreed in planning", "Seen by three customers"], h)}.`;
  return h % 3 === 0
    ? [first]
    : [
        first,
        `${pick(["Out of scope", "Note", "Acceptance"], h >>> 6)}: ${pick(things, h >>> 9)} ${pick(places, h >>> 13)}.`,
      ];
};
