import { exposures } from "../company/exposure.ts";
import type { World } from "../company/world.ts";
import { Files } from "../figma/files.ts";
import { marketingOf } from "../hubspot/marketing.ts";
import { Account, PROJECTS } from "../launchdarkly/account.ts";
import { rowOf } from "../notion/pages.ts";

/** A record of a tool beside the trackers, and the feature that it is about in truth, whatever it refers to. */
export interface Join {
  readonly tool: "notion" | "figma" | "launchdarkly" | "hubspot";
  /** As the tool knows it. */
  readonly id: string;
  readonly product: string;
  /** The feature's title in the tracker. */
  readonly feature: string;
  /** How its people refer to the feature: see {@link Exposure.care}. */
  readonly care: "right" | "wrong" | "missing" | "late";
}

/** Roadmap rows, designs, flags and campaigns with the features that they are truly about. */
export const joins = (world: World): readonly Join[] => {
  const files = new Files(world).all();
  const flags = Object.keys(PROJECTS).flatMap((project) => new Account(world).flags(project));
  const { campaigns } = marketingOf(world);
  return exposures(world).flatMap(({ product, feature, key, care, utmCampaign }) => {
    const of = (tool: Join["tool"], id: string | undefined): Join[] =>
      id === undefined ? [] : [{ tool, id, product: product.name, feature: feature.title, care }];
    const isIt = (one: { readonly exposure?: { readonly key: string } | undefined }) => one.exposure?.key === key;
    return [
      ...of("notion", rowOf(product.index, feature.index)),
      ...of("figma", files.find(isIt)?.key),
      ...of("launchdarkly", flags.find(isIt)?.key),
      ...of("hubspot", campaigns.find(({ utm }) => utm === utmCampaign)?.id),
    ];
  });
};
