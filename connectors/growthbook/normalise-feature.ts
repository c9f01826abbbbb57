import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { environmentOf } from "../../shared/domain/environment.ts";
import { labelsOf, ownerOf, pageOf, pointersIn, pointersInFields, timesOf } from "./envelope.ts";
import { rolloutOf } from "./rollout.ts";
import type { Feature } from "./schema.ts";

/** The same category for a name, whichever flag it is of. */
const categoryOf = (name: string, context: NormaliseContext) => {
  const { category } = environmentOf(name, context.environments);
  return category === "unknown" ? "other" : category;
};

/** A feature of GrowthBook is a flag: its id is the key that code asks for. */
export const normaliseFeature = (feature: Feature, context: NormaliseContext): readonly Draft[] => {
  const owner = ownerOf(feature, context);
  const draft: Draft<"featureFlag"> = {
    kind: "featureFlag",
    external: {
      noun: "feature",
      id: feature.id,
      key: feature.id,
      url: pageOf(feature.appUrl, `features/${encodeURIComponent(feature.id)}`),
    },
    scopes: feature.project ? [feature.project] : [],
    ...timesOf(feature),
    fields: {
      key: feature.id,
      name: feature.id,
      text: feature.description || undefined,
      environments: Object.keys(feature.environments ?? {}).map((name) => {
        const { segments, ...rollout } = rolloutOf(feature, name);
        return {
          name,
          category: categoryOf(name, context),
          ...rollout,
          ...(segments !== undefined && { segments: [...segments] }),
        };
      }),
      archivedAt: timesOf(feature).archivedAt,
      ownerId: owner.ref,
      labels: labelsOf(feature.tags),
    },
    aliases: [`flag:${feature.id.toLowerCase()}`],
    references: [
      ...pointersIn([feature.id], feature.tags, [feature.description]),
      ...pointersInFields(feature.customFields),
    ],
  };
  return [draft, ...owner.drafts];
};
