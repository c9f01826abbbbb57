import type { Reference } from "./link.ts";
import { markersIn, referencesIn } from "./reference.ts";

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
    ...[...names, notes].flatMap((text) => markersIn(text)),
    ...names.flatMap((name) => referencesIn(name, "title")),
    ...referencesIn(notes, "body"),
  ];
  return [...new Map(all.map((one) => [`${one.place} ${one.alias}`, one])).values()];
};
