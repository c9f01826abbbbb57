import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { eventBridgeBus } from "../../shared/adapters/aws/bus.ts";
import { fileArchive } from "../../shared/adapters/sqlite/archive.ts";
import { EVENT_AT_MOST } from "../../shared/domain/claim-check.ts";
import type { HubEvent } from "../../shared/domain/event.ts";
import { testBus } from "../contract/bus.ts";
import { atDouble, failing, fault, quick } from "../doubles/aws-client.ts";
import { entryBytes, startEventBridge } from "../doubles/event-bridge.ts";

const HUB = { url: "http://localhost:4100", typePrefix: "dev.throughline" };
const BELOW_BYTES = 256 * 1024;

let aws: Awaited<ReturnType<typeof startEventBridge>>;
beforeAll(async () => {
  aws = await startEventBridge();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.taken.length = 0;
  aws.calls.length = 0;
  aws.control.refuse = undefined;
});

const client = () => quick(new EventBridgeClient({ ...atDouble(aws.endpoint), maxAttempts: 4 }));
const received = () => aws.taken.map(({ Detail }) => JSON.parse(Detail));
const ids = () => received().map(({ id }) => id);
const event = (sequence: number, because = "it was merged"): HubEvent<"feature.stage.changed"> => ({
  id: `evt_${sequence}`,
  name: "feature.stage.changed",
  subject: "ftr_1",
  sequence,
  time: "2026-03-01T10:00:00.000Z",
  recordedAt: "2026-03-01T10:00:01.000Z",
  data: {
    feature: { id: "ftr_1", key: "ACME-1", name: "Checkout", url: "http://localhost:4100/features/ACME-1" },
    productIds: ["prd_a"],
    cause: "sync",
    from: null,
    to: null,
    stages: {},
    rule: null,
    because: [because],
    evidence: [],
    disposition: "open",
    ruleSet: "1",
  },
});
const EVENTS = Array.from({ length: 10 }, (_, at) => event(at));

testBus("EventBridge bus", async () => {
  const bus = eventBridgeBus({ bus: "hub", ...HUB }, await client());
  return { bus, received: async () => received(), close: async () => {} };
});

describe("the EventBridge bus", () => {
  it("names its source, its type and our own moment, for rules to match", async () => {
    await eventBridgeBus({ bus: "hub", ...HUB }, await client()).publish([event(1)]);
    expect(aws.taken).toEqual([
      expect.objectContaining({
        EventBusName: "hub",
        Source: "throughline",
        DetailType: "feature.stage.changed",
        Time: Date.parse("2026-03-01T10:00:01.000Z") / 1000,
      }),
    ]);
  });

  it("sends no call over ten entries or 256 KB, and all that fits in one", async () => {
    const bus = eventBridgeBus({ bus: "hub", ...HUB }, await client());
    const events = Array.from({ length: 33 }, (_, at) => event(at, "€".repeat(6000 - (at % 4))));
    expect(await bus.publish(events)).toEqual([]);
    expect(new Set(ids()).size).toBe(33);
    expect(aws.calls.map((entries) => entries.length)).toEqual([10, 10, 10, 3]);
    const bytes = aws.calls.map((entries) => entries.reduce((sum, entry) => sum + entryBytes(entry), 0));
    expect(Math.max(...bytes)).toBeLessThan(BELOW_BYTES);
    expect(Math.max(...bytes)).toBeGreaterThan(BELOW_BYTES / 2);
  });

  it("sends an event whole up to the last byte, and above it a claim whose whole lies in archive and change log (F07)", async () => {
    const archive = fileArchive(await mkdtemp(join(tmpdir(), "throughline-test-")));
    const bus = eventBridgeBus({ bus: "hub", ...HUB, archive }, await client());
    await bus.publish([event(1, "")]);
    const room = EVENT_AT_MOST - Buffer.byteLength(JSON.stringify(received()[0].data));
    expect(await bus.publish([event(2, "x".repeat(room)), event(3, "x".repeat(room + 1))])).toEqual([]);
    const [, whole, claimed] = received();
    expect(whole.data.because[0]).toHaveLength(room);
    expect(claimed).toEqual({
      ...whole,
      id: "evt_3",
      sequence: "00000000000000003",
      dataref: "http://localhost:4100/v1/changes?since=2026-03-01T10%3A00%3A01.000Z&type=feature.stage.changed",
      data: {
        claim_check: expect.stringMatching(/^_events\/2026-03-01\/2026-03-01T100001\.000Z-[0-9a-f]{64}$/),
        feature: { id: "ftr_1" },
      },
    });
    const kept = JSON.parse(Buffer.from((await archive.get(claimed.data.claim_check)).bytes).toString());
    expect(kept).toMatchObject({ id: "evt_3", data: { because: ["x".repeat(room + 1)], product_ids: ["prd_a"] } });
  });
});

describe("the EventBridge bus, when AWS fails", () => {
  beforeEach(() => {
    // No waits between the rounds.
    vi.spyOn(Math, "random").mockReturnValue(0);
  });
  afterEach(() => vi.restoreAllMocks());

  it("sends the k-th entry again, alone, when it alone was refused, for all k (F20)", async () => {
    const bus = eventBridgeBus({ bus: "hub", ...HUB }, await client());
    for (const { id } of EVENTS) {
      aws.taken.length = 0;
      aws.calls.length = 0;
      aws.control.refuse = ({ Detail }, call) =>
        call === 1 && JSON.parse(Detail).id === id ? "ThrottlingException" : undefined;
      expect(await bus.publish(EVENTS)).toEqual([]);
      expect(aws.calls.map((entries) => entries.length)).toEqual([10, 1]);
      expect(ids().sort()).toEqual(EVENTS.map((one) => one.id).sort());
      expect(ids().at(-1)).toBe(id);
    }
  });

  it("gives back, after a few rounds, exactly what the bus did not take", async () => {
    const bus = eventBridgeBus({ bus: "hub", ...HUB }, await client());
    aws.control.refuse = ({ Detail }) => (/"evt_[37]"/.test(Detail) ? "InternalException" : undefined);
    expect(await bus.publish(EVENTS)).toEqual([EVENTS[3], EVENTS[7]]);
    expect(aws.calls).toHaveLength(5);
    expect(ids()).toHaveLength(8);
  });

  it("tries a call again that failed as a whole, and then says so", async () => {
    const failingClient = await client();
    const bus = eventBridgeBus({ bus: "hub", ...HUB }, failingClient);
    let left = 2;
    const seen = failing(failingClient, () => (left-- > 0 ? fault("ThrottlingException") : undefined));
    expect(await bus.publish(EVENTS)).toEqual([]);
    left = Number.POSITIVE_INFINITY;
    await expect(bus.publish(EVENTS)).rejects.toThrow("ThrottlingException");
    expect(seen.tries).toBe(3 + 4);
  });
});
