import * as z from "zod";
import { EVENT_NAMES, EVENTS } from "../../domain/event.ts";
import { instant } from "../../domain/instant.ts";
import { CHANGES, type ChangeKind, changesBetween } from "../../report/changes-between.ts";
import { eventSentence } from "../../report/event-sentence.ts";
import { demandKept } from "../../store/known-then.ts";
import { windowOf } from "../api/change-routes.ts";
import { Moment, productId } from "../api/filters.ts";
import { featurePath } from "../feature-address.ts";
import { defineTool, PAGE, quoted, type Tool, VendorText, vendorText } from "./tool.ts";
import { Cursor, placeIn, sealedIn } from "./tool-cursor.ts";

const PUBLIC = EVENT_NAMES.filter((name) => EVENTS[name].public);

const listChanges = defineTool({
  name: "list_changes",
  title: "List changes",
  description: `What happened since a day or a moment, oldest first, ${PAGE} at a time.`,
  scope: "events:read",
  input: {
    since: Moment.describe("A day such as 2026-11-15, or a time."),
    types: z.array(z.enum(EVENT_NAMES)).min(1).max(50).optional().describe("Only these; without it, all public ones."),
    cursor: Cursor,
  },
  output: {
    changes: z.array(
      z.object({ id: z.string(), type: z.string(), at: z.string(), subject: z.string(), says: VendorText }),
    ),
    next_cursor: z.string().nullable(),
  },
  find: async (asked) => {
    const { deps, input } = asked;
    const after = placeIn(asked, "list_changes");
    const { items, next } = await deps.views.changes(instant(input.since), after, PAGE, input.types ?? PUBLIC);
    const told = items.map((event) => {
      const { name, happened } = eventSentence(event);
      return { event, says: `${name} ${happened}` };
    });
    return {
      data: {
        changes: told.map(({ event: { id, name, time, subject }, says }) => ({
          id,
          type: name,
          at: time,
          subject,
          says: vendorText(says),
        })),
        next_cursor: sealedIn(asked, "list_changes", next),
      },
      evidence: told.map(({ event }) => sourceOf(event.data)),
      links: ["/activity"],
      lines: told.length === 0 ? ["Nothing happened."] : told.map(({ event, says }) => `${event.time} ${quoted(says)}`),
    };
  },
});

/** The first address that an event's data names. */
const sourceOf = (data: object): string | undefined => {
  for (const part of Object.values(data)) {
    if (typeof part === "object" && part !== null && "url" in part && typeof part.url === "string") return part.url;
  }
  return undefined;
};

const KINDS = Object.keys(CHANGES) as ChangeKind[];

const summariseChanges = defineTool({
  name: "summarise_changes",
  title: "What became of features",
  description: `What became of features between two moments, the ${PAGE} most important changes first; what went away and came back is no change. For news use this, for every single event list_changes.`,
  scope: "features:read",
  input: {
    since: Moment.describe("A day such as 2026-11-15, of which the end is meant, or a time."),
    until: Moment.optional().describe("Up to when; now without it."),
    product: z.string().min(1).max(200).optional().describe("Id or slug of a product."),
  },
  output: {
    features: z.int().describe("How many features changed in something that counts."),
    counts: z.record(z.enum(KINDS), z.int()).describe("Of all changes, also of those left out."),
    left: z.int().describe("Changes left out: the least important ones."),
    changes: z.array(
      z.object({
        feature: z.object({ id: z.string(), key: z.string().nullable(), name: VendorText, url: z.string() }),
        kind: z.enum(KINDS),
        from: VendorText.nullable(),
        to: VendorText.nullable(),
        why: z.array(VendorText),
        at: z.string().describe("When the hub first showed it."),
      }),
    ),
  },
  find: async ({ deps, input }) => {
    const { since, until } = windowOf(deps, input);
    await demandKept(deps.views, since);
    const product = await productId(deps.views, input.product);
    const { items, features, counts, left } = await changesBetween(deps.views, {
      since,
      until,
      limit: PAGE,
      ...(product !== undefined && { products: [product] }),
    });
    const worded = (text: string | null) => (text === null ? null : vendorText(text));
    return {
      ...(input.until !== undefined && { at: until }),
      data: {
        features,
        counts,
        left,
        changes: items.map(({ feature, kind, from, to, why, at }) => ({
          feature: {
            id: feature.id,
            key: feature.key ?? null,
            name: vendorText(feature.name),
            url: `${deps.url()}${featurePath(feature)}`,
          },
          kind,
          from: worded(from),
          to: worded(to),
          why: why.map(vendorText),
          at,
        })),
      },
      evidence: items.flatMap(({ feature, evidence }) => [feature.url, ...evidence]),
      links: [`/?compare=${since}`, ...items.map(({ feature }) => featurePath(feature))],
      lines: [
        `${features} features changed between ${since} and ${until}.`,
        ...items.map(
          ({ feature, kind, from, to }) =>
            `${kind.replaceAll("_", " ")}: ${quoted(`${feature.key ?? ""} ${feature.name}`)}${from === null && to === null ? "" : ` ${quoted(`${from ?? "none"} → ${to ?? "none"}`)}`}`,
        ),
      ],
    };
  },
});

export const CHANGE_TOOLS: readonly Tool[] = [listChanges, summariseChanges];
