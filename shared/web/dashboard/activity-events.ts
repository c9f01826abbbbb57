import type { EventName } from "../../domain/event.ts";
import { EVENT_NAMES } from "../../domain/event.ts";

/** What a product manager follows; the rest is noise to them and one click away. */
export const FEATURE_EVENTS: readonly EventName[] = EVENT_NAMES.filter(
  (name) => name.startsWith("feature.") || name === "release.deployed" || name === "initiative.created",
);

/** What the activity can be narrowed to, each with the events that belong to it. */
export const SHOWS = {
  features: { word: "Features", events: FEATURE_EVENTS },
  stage: { word: "Stage", events: ["feature.created", "feature.stage.changed", "release.deployed"] },
  health: { word: "Health", events: ["feature.health.changed"] },
  date: { word: "Dates", events: ["feature.target.changed"] },
  decision: { word: "Decisions", events: ["feature.conflict.detected", "initiative.created"] },
  all: {
    word: "Everything",
    events: EVENT_NAMES.filter(
      (name) => !name.startsWith("record.upserted") && name !== "records.written" && !name.startsWith("link."),
    ),
  },
} as const satisfies Readonly<Record<string, { readonly word: string; readonly events: readonly EventName[] }>>;

export type Show = keyof typeof SHOWS;
