import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectors } from "../../connectors/index.ts";
import { FIELDS, type FieldedKind } from "../../shared/domain/entity.ts";
import { everyOf } from "../../shared/store/entities.ts";
import { Checkout, openStoreAt, type RunningHub, until } from "./local-hub.ts";

interface Connections {
  readonly data: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly streams: readonly {
      readonly stream: string;
      readonly records: number;
      readonly lag_seconds: number | null;
    }[];
  }[];
}

describe("the demo workspace", { timeout: 180_000 }, () => {
  let checkout: Checkout;
  let hub: RunningHub;
  const control = () => /http:\/\/127\.0\.0\.1:\d+\/control/.exec(hub.out())?.[0] ?? "";

  beforeAll(async () => {
    checkout = await Checkout.make(undefined);
    hub = await checkout.start("--size", "120");
  });
  afterAll(async () => {
    await hub.stop();
    await checkout.remove();
  });

  it("syncs every tool that can be asked, and says what each brought", async () => {
    const { data } = await until(
      () => hub.json<Connections>("/v1/connections?limit=200"),
      ({ data }) => data.every(({ name, state }) => state === "healthy" || name === "segment"),
      120_000,
    );
    expect(data.map(({ name }) => name).toSorted()).toEqual(Object.keys(connectors).toSorted());
    const store = openStoreAt(join(checkout.data, "demo-7-120"));
    const brought = new Set<string>();
    for (const kind of Object.keys(FIELDS) as FieldedKind[])
      for await (const { source } of everyOf(store.ports.table, kind)) brought.add(source.connectionId);
    store.close();
    // Segment sends by itself and is never asked.
    expect(data.filter(({ id }) => !brought.has(id)).map(({ name }) => name)).toEqual(["segment"]);
    expect(data.filter(({ streams }) => streams.some(({ lag_seconds: lag }) => lag === null))).toEqual([]);
  });

  it("is found in good health by the doctor, who names the right that is taken away and what is lost with it", async () => {
    const well = await checkout.run(["doctor"]);
    expect([well.code, well.out.split("\n").filter((line) => /^[!✗]/.test(line))]).toEqual([0, []]);
    const forbid = { do: "misbehave", vendor: "zendesk", how: "forbidden", path: "organizations" };
    await fetch(control(), { method: "POST", body: JSON.stringify(forbid) });
    const ill = await checkout.run(["doctor"]);
    expect(ill.code).toBe(4);
    expect(ill.out).toMatch(/✗ reads {3}zendesk: cannot read organizations: .* 403; without it no new customers\n/);
    expect(ill.out).toContain('Fix: give the credential the right "scope read, as an administrator');
    expect(ill.out).toContain("✓ reads   zendesk: can read groups, users, tickets, ratings");
  });
});
