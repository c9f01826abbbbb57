import type { HubEvent } from "../../domain/event.ts";
import type { FeatureView, Views } from "../../store/views.ts";

/** Records of one feature that are looked at, so that a text about it names none that is hidden. */
const LOOK_AT_MOST = 1000;
const PAGE = 200;

/** Names, keys and addresses of records that somebody may not see. */
export interface HiddenWords {
  /** Whether a text names one of them. */
  isIn(text: string): boolean;
}

/**
 * What may not be said to somebody about a feature that they see: records of other products speak about it too.
 *
 * @param visibleOf which of the records they may see
 */
export const hiddenWords = async (
  views: Pick<Views, "evidence">,
  featureId: string,
  visibleOf: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<HiddenWords> => {
  const words = new Set<string>();
  let after: string | undefined;
  for (let looked = 0; looked < LOOK_AT_MOST; looked += PAGE) {
    const { items, next } = await views.evidence(featureId, after, PAGE);
    const visible = await visibleOf(items.map(({ id }) => id));
    for (const { id, key, name, url } of items)
      if (!visible.has(id)) for (const word of [key, name, url]) if (word) words.add(word);
    after = next;
    if (after === undefined) break;
  }
  return { isIn: (text) => [...words].some((word) => text.includes(word)) };
};

/** Whether every record that ever spoke about a feature may be seen; no where there are too many to look at. */
export const onlyVisibleSpoke = async (
  views: Views,
  featureId: string,
  visibleOf: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<boolean> => {
  let after: string | undefined;
  for (let looked = 0; looked < LOOK_AT_MOST; looked += PAGE) {
    const { items, next } = await views.evidence(featureId, after, PAGE, true);
    const records = items.filter(({ kind }) => kind !== "assertion").map(({ id }) => id);
    const visible = await visibleOf(records);
    if (records.some((id) => !visible.has(id))) return false;
    after = next;
    if (after === undefined) return true;
  }
  return false;
};

/** A feature's stage, health and figures, without any text about its records. */
export const withoutTexts = (feature: FeatureView): FeatureView =>
  redactedFeature({ ...feature, names: [] }, { isIn: () => true });

/** A feature without the lines that name a hidden record. What they led to, its stage and health, stays. */
export const redactedFeature = (feature: FeatureView, hidden: HiddenWords): FeatureView => {
  const { explanation, health } = feature;
  const isOpen = (text: string) => !hidden.isIn(text);
  return {
    ...feature,
    explanation: {
      ...explanation,
      because: explanation.because.filter(({ text, evidence }) => isOpen(text) && evidence.every(isOpen)),
      notYet: explanation.notYet.map(({ stage, missing }) => ({ stage, missing: missing.filter(isOpen) })),
      conflicts: explanation.conflicts.filter(
        ({ claim, against, evidence }) => isOpen(claim) && isOpen(against) && evidence.every(isOpen),
      ),
      unknown: explanation.unknown.filter(isOpen),
    },
    health: {
      ...health,
      derived: { ...health.derived, reasons: health.derived.reasons.filter(isOpen) },
      ...(health.dimensions && {
        dimensions: health.dimensions
          .filter(({ text }) => isOpen(text))
          .map(({ waiting, ...dimension }) => ({
            ...dimension,
            evidence: dimension.evidence.filter(isOpen),
            ...(waiting && { waiting: waiting.filter(({ name }) => isOpen(name)) }),
          })),
      }),
    },
  };
};

/** An event about a feature alike: texts and addresses in lists that name a hidden record are left out, single ones emptied. */
export const redactedEvent = (event: HubEvent, hidden: HiddenWords): HubEvent => {
  const { feature, ...data } = event.data as { readonly feature?: unknown };
  const redacted = (value: unknown): unknown => {
    if (typeof value === "string") return hidden.isIn(value) ? "" : value;
    if (Array.isArray(value))
      return value.filter((part) => !hidden.isIn(JSON.stringify(part))).map((part) => redacted(part));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, redacted(part)]));
  };
  return { ...event, data: { feature, ...(redacted(data) as object) } } as HubEvent;
};
