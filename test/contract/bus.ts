import { afterEach, describe, expect, it } from "vitest";
import type { cloudEvent, HubEvent } from "../../shared/domain/event.ts";
import type { Bus } from "../../shared/ports/bus.ts";

export interface OpenBus {
  readonly bus: Bus;
  /** What subscribers got so far, in the order in which they got it. */
  readonly received: () => Promise<readonly ReturnType<typeof cloudEvent>[]>;
  readonly close: () => Promise<void>;
}

const event = (sequence: number): HubEvent => ({
  id: `evt_${sequence}`,
  name: "feature.created",
  subject: "ftr_1",
  sequence,
  time: "2026-03-01T10:00:00.000Z",
  recordedAt: "2026-03-01T10:00:01.000Z",
  data: {
    feature: { id: "ftr_1", key: "ACME-1", name: "Ünïcode \u{1F600}", url: "http://localhost/features/ACME-1" },
    productIds: ["prd_a"],
    cause: "sync",
  },
});

/** What every bus must do: what it took reaches subscribers at least once, as CloudEvents. */
export const testBus = (name: string, open: () => Promise<OpenBus>): void => {
  describe(name, () => {
    let opened: OpenBus | undefined;
    const fresh = async () => {
      opened = await open();
      return opened;
    };
    afterEach(async () => {
      await opened?.close();
      opened = undefined;
    });

    it("gives subscribers a CloudEvents 1.0 object with a comparable sequence", async () => {
      const { bus, received } = await fresh();
      expect(await bus.publish([event(42)])).toEqual([]);
      expect((await received())[0]).toEqual({
        specversion: "1.0",
        id: "evt_42",
        source: "http://localhost:4100",
        type: "dev.throughline.feature.created",
        subject: "ftr_1",
        time: "2026-03-01T10:00:00.000Z",
        recordedtime: "2026-03-01T10:00:01.000Z",
        datacontenttype: "application/json",
        dataschema: "http://localhost:4100/v1/schemas/feature.created/1.json",
        sequence: "00000000000000042",
        partitionkey: "ftr_1",
        data: {
          feature: { id: "ftr_1", key: "ACME-1", name: "Ünïcode \u{1F600}", url: "http://localhost/features/ACME-1" },
          product_ids: ["prd_a"],
          cause: "sync",
        },
      });
    });

    it("takes more events at once than any vendor's batch", async () => {
      const { bus, received } = await fresh();
      const events = Array.from({ length: 37 }, (_, at) => event(at));
      expect(await bus.publish(events)).toEqual([]);
      expect(new Set((await received()).map(({ id }) => id)).size).toBe(37);
    });

    it("takes no events without complaint", async () => {
      const { bus, received } = await fresh();
      expect(await bus.publish([])).toEqual([]);
      expect(await received()).toEqual([]);
    });
  });
};
