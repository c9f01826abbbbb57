import { TRUST_LIMITS, type TrustLimits } from "../../domain/experiment-trust.ts";

/** The thresholds of health, per product. Shares are 0 to 1. */
export interface HealthRules {
  /** `2026.1`, with a digest of what the config changes: stored with every result. */
  readonly version: string;
  /** What a person declared is out of date after so long. */
  readonly declaredDays: number;
  readonly schedule: {
    /** Without a forecast: a target so near needs {@link HealthRules.schedule.doneEnough}. */
    readonly dueSoonDays: number;
    readonly doneEnough: number;
    readonly movedTimes: number;
    /** Of the time from the start to the first target. */
    readonly movedShare: number;
  };
  /** A feature that was taken on with fewer items had no scope yet that could grow. */
  readonly scope: { readonly atRiskAbove: number; readonly offTrackAbove: number; readonly fewestItems: number };
  readonly flow: {
    readonly quietDays: number;
    readonly blockedAtRiskDays: number;
    readonly blockedOffTrackDays: number;
  };
  readonly quality: {
    /** Chances that so many bugs come by accident. */
    readonly atRiskBelow: number;
    readonly offTrackBelow: number;
    readonly fewestBugs: number;
    readonly reopenedAbove: number;
    readonly fewestClosed: number;
    readonly urgentHours: number;
  };
  readonly experiment: TrustLimits & {
    readonly reviewDays: number;
    /** After so long each variation must have so many users. */
    readonly powerDays: number;
    readonly fewestUsers: number;
  };
  readonly support: {
    readonly atRiskBelow: number;
    readonly offTrackBelow: number;
    readonly fewestTickets: number;
    /** Points of the share of good ratings, 0 to 100. */
    readonly ratingAtRiskPoints: number;
    readonly ratingOffTrackPoints: number;
    readonly fewestRatings: number;
    /** Name or key of the metric that counts active users. */
    readonly activeUsers?: string | undefined;
  };
  readonly adoption: {
    readonly offTrackBelow: number;
    /** Without an agreed day: so long after exposure. */
    readonly afterDays: number;
    /** By name or key of a metric; a key result's own target where it has none here. */
    readonly targets: Readonly<Record<string, { readonly target: number; readonly by?: string | undefined }>>;
  };
}

export const HEALTH_RULES: HealthRules = {
  version: "2026.1",
  declaredDays: 14,
  schedule: { dueSoonDays: 7, doneEnough: 0.7, movedTimes: 2, movedShare: 0.2 },
  scope: { atRiskAbove: 0.1, offTrackAbove: 0.3, fewestItems: 4 },
  flow: { quietDays: 7, blockedAtRiskDays: 3, blockedOffTrackDays: 10 },
  quality: {
    atRiskBelow: 0.05,
    offTrackBelow: 0.01,
    fewestBugs: 3,
    reopenedAbove: 0.15,
    fewestClosed: 10,
    urgentHours: 48,
  },
  experiment: {
    ...TRUST_LIMITS,
    reviewDays: 7,
    powerDays: 14,
    fewestUsers: 100,
  },
  support: {
    atRiskBelow: 0.05,
    offTrackBelow: 0.01,
    fewestTickets: 3,
    ratingAtRiskPoints: 5,
    ratingOffTrackPoints: 10,
    fewestRatings: 20,
  },
  adoption: { offTrackBelow: 0.7, afterDays: 28, targets: {} },
};

/** What a config may say of them: any part, the rest stays. */
export type HealthSettings = {
  readonly [Part in Exclude<keyof HealthRules, "version">]?:
    | (HealthRules[Part] extends number ? HealthRules[Part] : Partial<HealthRules[Part]>)
    | undefined;
};

/**
 * The defaults with what a config changes: the product's own word before the hub's.
 *
 * @param digest of what was changed, for the version
 */
export const healthRules = (
  settings: readonly (HealthSettings | undefined)[],
  digest: (changed: unknown) => string,
): HealthRules => {
  const given = settings.filter((one) => one !== undefined);
  if (given.length === 0) return HEALTH_RULES;
  const part = <Part extends "schedule" | "scope" | "flow" | "quality" | "experiment" | "support" | "adoption">(
    name: Part,
  ): HealthRules[Part] => Object.assign({}, HEALTH_RULES[name], ...given.map((one) => one[name]));
  return {
    version: `${HEALTH_RULES.version}+${digest(given).slice(0, 8)}`,
    declaredDays: given.reduce((days, one) => one.declaredDays ?? days, HEALTH_RULES.declaredDays),
    schedule: part("schedule"),
    scope: part("scope"),
    flow: part("flow"),
    quality: part("quality"),
    experiment: part("experiment"),
    support: part("support"),
    adoption: part("adoption"),
  };
};
