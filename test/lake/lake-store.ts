import * as z from "zod";
import { type Connector, defineConnector, stream } from "../../shared/connector/contract.ts";
import { entityId, type Kind } from "../../shared/domain/kind.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { project } from "../../shared/pipeline/project.ts";
import { bareTool, openPipeline } from "../pipeline/open-pipeline.ts";

const T = "2026-02-01T10:00:00.000Z";
const word = <const C extends string>(category: C, detail: string = category) => ({
  category,
  detail,
  mappedBy: "tool" as const,
});
const external = (noun: string, id: string) => ({ noun, id, key: id, url: `https://tool.example/${noun}/${id}` });
const featureRef = (id: string) => ({ kind: "feature" as const, noun: "feature", id });

const FeatureRecord = z.looseObject({
  id: z.string(),
  title: z.string(),
  target: z.string().optional(),
  at: z.string(),
});
const ItemRecord = z.looseObject({ id: z.string(), feature: z.string(), points: z.number(), done: z.boolean() });
const TicketRecord = z.looseObject({ id: z.string(), feature: z.string(), minutes: z.number() });
const CampaignRecord = z.looseObject({ id: z.string(), feature: z.string(), cost: z.number() });

/** A tool that has features, their work, tickets about them and campaigns for them. */
const tool = defineConnector<unknown>({
  ...bareTool,
  streams: {
    features: stream({
      record: FeatureRecord,
      kinds: ["feature"],
      normalise: ({ id, title, target, at }) => [
        {
          kind: "feature",
          external: external("feature", id),
          scopes: ["ACME"],
          createdAt: T,
          updatedAt: at,
          fields: {
            title,
            declaredStatus: word("active", "In flight"),
            labels: ["a", "b"],
            ...(target !== undefined && { targetDate: target }),
          },
        },
      ],
    }),
    items: stream({
      record: ItemRecord,
      kinds: ["workItem"],
      normalise: ({ id, feature, points, done }) => [
        {
          kind: "workItem",
          external: external("item", id),
          scopes: ["ACME"],
          createdAt: T,
          updatedAt: T,
          fields: {
            title: id,
            type: word("story"),
            status: done ? word("done", "Shipped") : word("in_progress", "Doing"),
            parentId: featureRef(feature),
            estimate: { value: points, unit: "points" },
          },
        },
      ],
    }),
    tickets: stream({
      record: TicketRecord,
      kinds: ["supportTicket"],
      normalise: ({ id, feature, minutes }) => [
        {
          kind: "supportTicket",
          external: external("ticket", id),
          scopes: ["ACME"],
          createdAt: T,
          updatedAt: T,
          fields: { subject: `Ticket ${id}`, status: word("open"), solveMinutes: minutes, isSlaBreached: minutes > 60 },
          relations: [{ type: "reports_problem_in", to: featureRef(feature) }],
        },
      ],
    }),
    campaigns: stream({
      record: CampaignRecord,
      kinds: ["campaign"],
      normalise: ({ id, feature, cost }) => [
        {
          kind: "campaign",
          external: external("campaign", id),
          scopes: ["ACME"],
          createdAt: T,
          updatedAt: T,
          fields: {
            name: `Campaign ${id}`,
            channel: word("email"),
            status: word("sent"),
            sent: 1000,
            cost: { amount: cost, currency: "EUR" },
          },
          relations: [{ type: "promotes", to: featureRef(feature) }],
        },
      ],
    }),
  },
});

/** A store filled by real ingests and projections, at 2 March 2026 10:00 at first. */
export const openLakeStore = () => {
  const open = openPipeline({ connector: tool as Connector });
  const hub = open.hub("one");
  let place = 0;
  return {
    ...open,
    store: hub.ports.table,
    idOf: (kind: Kind, noun: string, id: string) => entityId("con_acme", { kind, noun, id }),
    /** Reads records in, and derives what follows from them. */
    async read(streamName: string, records: readonly object[]): Promise<void> {
      const receivedAt = hub.ports.clock.now().toISOString();
      const note = { connectionId: "acme", receivedAt, what: "page" as const, stream: streamName };
      const bytes = new TextEncoder().encode(JSON.stringify({ records: { [streamName]: records } }));
      await ingest(hub, { connection: "acme", rawRef: await hub.ports.archive.put(note, bytes) });
      for (;;) {
        const found = open.feed.read(place, 1000);
        if (found.length === 0) break;
        await project(
          hub,
          found.map(({ record }) => record),
        );
        place = found.at(-1)?.seq ?? place;
      }
    },
  };
};

/** Features with their work, tickets and campaigns; the second has a target and most of the trouble. */
export const fill = async ({ read }: Pick<ReturnType<typeof openLakeStore>, "read">): Promise<void> => {
  await read("features", [
    { id: "F1", title: 'Sign in, with "quotes" and \u202eright-to-left', at: T },
    { id: "F2", title: "Checkout", target: "2026-06-30", at: T },
    { id: "F3", title: "Nobody's", at: T },
  ]);
  await read(
    "items",
    Array.from({ length: 12 }, (_, n) => ({
      id: `I${n}`,
      feature: n % 3 === 0 ? "F1" : "F2",
      points: n + 0.5,
      done: n < 6,
    })),
  );
  await read(
    "tickets",
    Array.from({ length: 9 }, (_, n) => ({ id: `T${n}`, feature: n < 2 ? "F1" : "F2", minutes: 20 * n })),
  );
  await read("campaigns", [
    { id: "C1", feature: "F2", cost: 120.5 },
    { id: "C2", feature: "F2", cost: 79.5 },
  ]);
};
