import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codec } from "../../../infra/sandbox/company/codec.ts";
import { company } from "../../../infra/sandbox/company/company.ts";
import { Order } from "../../../infra/sandbox/company/order.ts";
import { World } from "../../../infra/sandbox/company/world.ts";

const until = new Date("2026-11-22T00:00:00Z");

describe.each([7, 1, 42, 20_261])("the made-up company of seed %i", (seed) => {
  const acme = company(seed, 1200, until);
  const world = new World(acme);
  const items = acme.counts.flatMap((count, product) => Array.from({ length: count }, (_, n) => acme.item(product, n)));

  it("has exactly as many work items as it was asked for", () => {
    expect(items).toHaveLength(1200);
    expect(company(1, 100_003, until).counts.reduce((a, b) => a + b)).toBe(100_003);
  });

  it("is the same for the same seed, and another for another", () => {
    const again = company(seed, 1200, until);
    for (const item of items.slice(0, 300)) expect(again.item(item.product, item.n)).toEqual(item);
    expect(company(seed + 1, 1200, until).item(0, 100)).not.toEqual(acme.item(0, 100));
  });

  it("tells no time from the future, and every history in order", () => {
    for (const item of items) {
      const times = [item.created, ...item.history.map((change) => change.time)];
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(item.updated).toBe(Math.max(...times));
      expect(item.updated).toBeLessThan(until.getTime());
    }
  });

  it("ends every history at the present stage, and chains it", () => {
    for (const item of items) {
      const moves = item.history.filter((change) => change.field === "stage");
      for (const [index, move] of moves.slice(1).entries()) expect(move.from).toBe(moves[index]?.to);
      if (moves.length > 0) expect(moves.at(-1)?.to).toBe(item.stage);
    }
  });

  it("merges the pull request of what is done, and of nothing that is not", () => {
    for (const item of items) {
      if (item.pull === undefined) continue;
      const wasDone = item.history.some((change) => change.field === "stage" && change.to === "done");
      expect(item.pull.merged !== undefined).toBe(wasDone);
      const done = item.history.find((change) => change.field === "stage" && change.to === "done");
      if (item.pull.merged !== undefined) expect(item.pull.merged).toBeLessThanOrEqual(done?.time ?? 0);
      expect(item.pull.opened).toBeGreaterThanOrEqual(item.created);
    }
  });

  it("has features in every phase of every product", () => {
    for (const product of acme.products) {
      expect(product.features).toHaveLength(20);
      expect(new Set(product.features.map(({ phase }) => phase)).size).toBe(8);
    }
  });

  it("keeps what is being tested out of production, and what is in production in it", () => {
    for (const product of acme.products) {
      const repository = world.repository(product.index);
      const inProduction = (environment: string): number => {
        for (let position = repository.deployments.length - 1; position >= 0; position -= 1) {
          const deployment = repository.deployment(repository.deployments.at(position).code);
          const found = repository.resolve(deployment.sha);
          const succeeded = deployment.statuses.some(({ state }) => state === "success");
          if (deployment.environment === environment && succeeded && found !== undefined && "main" in found)
            return found.main;
        }
        return -1;
      };
      const [staged, live] = [inProduction("staging"), inProduction("production")];
      for (const feature of product.features) {
        const merged = [...acme.children(product.index, feature.index)]
          .map((n) => acme.item(product.index, n).pull)
          .filter((pull) => pull?.merged !== undefined && pull.base === "main")
          .map((pull) => repository.merges.position(pull?.merged ?? 0) + 1);
        if (feature.phase === "testing") {
          expect(merged.length, feature.title).toBeGreaterThan(0);
          expect(Math.min(...merged)).toBeGreaterThan(live);
          expect(Math.max(...merged)).toBeLessThanOrEqual(staged);
        }
        if (feature.phase === "production" || feature.phase === "released") {
          expect(merged.length, feature.title).toBeGreaterThan(0);
          expect(Math.max(...merged)).toBeLessThanOrEqual(live);
        }
        if (feature.branch !== undefined) expect(merged).toEqual([]);
      }
    }
  });

  it("has a feature that its owner calls done though production has none of it, a reopened item and blocked ones", () => {
    for (const product of acme.products) {
      expect(product.features.filter(({ overclaimed }) => overclaimed)).toHaveLength(1);
      expect(items.some((item) => item.product === product.index && item.blocked)).toBe(true);
    }
    expect(items.some(({ history }) => history.some(({ from, to }) => from === "done" && to === "in_progress"))).toBe(
      true,
    );
  });
});

describe("ids", () => {
  it("can be read back, and are not taken from elsewhere", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(63), fc.nat(2 ** 31 - 1), (seed, kind, index) => {
        const ids = codec(seed);
        expect(ids.readSha(ids.sha(kind, index))).toEqual({ kind, index });
        expect(ids.readUuid(ids.uuid(kind, index))).toEqual({ kind, index });
        expect(ids.uuid(kind, index)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      }),
    );
    expect(codec(7).readSha("a".repeat(40))).toBeUndefined();
  });
});

describe("an order", () => {
  const step = fc.record({ code: fc.nat(30), remove: fc.boolean() });
  it("is what sorting everything again would give, after any moves", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(40), { maxLength: 20 }), fc.array(step, { maxLength: 30 }), (codes, steps) => {
        const model = new Map(codes.map((code) => [code, (code % 7) * 1000]));
        const order = new Order(() => [...model].map(([code, time]) => ({ code, time })).slice(0, codes.length));
        expect(order.length).toBe(codes.length);
        let now = 100_000;
        for (const { code, remove } of steps) {
          const from = model.get(code);
          if (from === undefined && remove) continue;
          now += 7;
          order.move(code, from, remove ? undefined : now);
          if (remove) model.delete(code);
          else model.set(code, now);
        }
        const sorted = [...model]
          .map(([code, time]) => ({ code, time }))
          .sort((a, b) => a.time - b.time || a.code - b.code);
        expect(Array.from({ length: order.length }, (_, position) => order.at(position))).toEqual(sorted);
        for (const [position, placed] of sorted.entries()) expect(order.find(placed.time, placed.code)).toBe(position);
        expect(order.position(3000)).toBe(sorted.filter(({ time }) => time < 3000).length);
      }),
    );
  });
});
