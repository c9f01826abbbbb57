import type { Reference } from "./link.ts";
import { referencesIn } from "./reference.ts";

/** What somebody writes to declare the feature that a record is about: `feature:ACME-12`. */
const MARKER = /(?<![\w-])feature:\s?(\S{1,200})/gi;

/** References that people made on purpose, by a `feature:KEY` marker in a text. */
export const declaredIn = (text: string | null | undefined): Reference[] =>
  [...(text ?? "").matchAll(MARKER)].flatMap(([, marked]) => referencesIn(marked, "declared"));

/** What the links of a campaign are told apart by, as an alias: `utm:saved-carts-launch`. */
const utmAlias = (campaign: string): string => `utm:${campaign.trim().toLowerCase()}`;

/**
 * What a campaign of any tool points to: the feature that its links name (`utm_campaign`, as a whole and for each key in
 * it) or that a marker names, then keys in its names.
 */
export const campaignReferences = (told: {
  readonly names: readonly (string | null | undefined)[];
  readonly notes?: string | null | undefined;
  readonly utm?: string | null | undefined;
}): Reference[] => {
  const { names, notes, utm } = told;
  const all = [
    ...(utm?.trim() ? [{ alias: utmAlias(utm), place: "declared" } as const] : []),
    ...referencesIn(utm, "declared"),
    ...[...names, notes].flatMap(declaredIn),
    ...names.flatMap((name) => referencesIn(name, "title")),
    ...referencesIn(notes, "body"),
  ];
  return [...new Map(all.map((one) => [`${one.place} ${one.alias}`, one])).values()];
};
