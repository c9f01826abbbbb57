import * as z from "zod";
import type { ConfigProblem } from "./config.ts";
import type { HubConfig } from "./define-hub.ts";
import { RulesShape } from "./rules-shape.ts";

/** Rules of the whole hub: those of stages, and which environments are production for R6. */
export const HubRulesShape = RulesShape.extend({
  production: z
    .strictObject({
      environments: z
        .array(z.string().min(1))
        .min(1)
        .describe("Names of environments that are production, beside those that the tools' own words tell."),
    })
    .optional()
    .describe("R6: what production is. The same as naming them under `environments`."),
});

/**
 * `rules.production.environments` as entries of `environments`, where all that reads deployments looks them up.
 *
 * @returns the config without that rule, and every name that the two places contradict each other about
 */
export const withEnvironments = (
  config: HubConfig,
): { readonly config: HubConfig; readonly problems: readonly ConfigProblem[] } => {
  const { production, ...rules } = config.rules ?? {};
  if (production === undefined) return { config, problems: [] };
  const named = production.environments;
  const problems = named.flatMap((name, index): ConfigProblem[] => {
    const other = config.environments?.[name];
    if (other === undefined || other === "production") return [];
    const message = `"${name}" is production here and ${other} under environments: take it out of one of them`;
    return [{ path: ["rules", "production", "environments", index], message }];
  });
  const environments = {
    ...config.environments,
    ...Object.fromEntries(named.map((name) => [name, "production" as const])),
  };
  const { rules: _, ...rest } = config;
  return { config: { ...rest, environments, ...(Object.keys(rules).length > 0 && { rules }) }, problems };
};
