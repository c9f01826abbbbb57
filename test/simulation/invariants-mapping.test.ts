import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox } from "../../infra/sandbox/index.ts";
import { isKind } from "../../shared/domain/entity.ts";
import { itemHistory } from "../../shared/domain/item-history.ts";
import { vocabulary } from "../../shared/pipeline/vocabulary.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { historyOf } from "../../shared/store/entities.ts";
import { companyConfig, secretsOf, WIDE } from "../e2e/company-config.ts";
import { Checkout, knowledge } from "../e2e/local-hub.ts";
import { type Company, openCompany, type Vendor } from "./company.ts";
import type { HubUnderTest } from "./hub-under-test.ts";
import { known, shown } from "./knowledge.ts";

/** Words of each tool that get another meaning, one of them by far the most common. */
const MEANINGS = {
  jira: { Done: "in_review", "In Progress": "todo" },
  linear: { Done: "in_review", "In Progress": "todo" },
  github: { "closed:completed": "in_review" },
} as const satisfies Readonly<Record<Vendor, object>>;

/** The last of what an item's past says is what it is now. */
const agree = async (hub: HubUnderTest): Promise<void> => {
  const entities = hub.entities();
  const words = vocabulary(hub.hub);
  let compared = 0;
  for (const entity of entities.values()) {
    if (!isKind(entity, "workItem")) continue;
    const history = await historyOf(hub.hub.ports.table, entity.id);
    const past = itemHistory(entity, history, await words(entity.source.connectionId), (id) => entities.get(id));
    const last = past.status.intervals.at(-1);
    expect([entity.id, last?.value.category]).toEqual([entity.id, entity.fields.status.category]);
    compared += 1;
  }
  expect(compared).toBeGreaterThan(5);
};

describe.each<Vendor>(["jira", "linear", "github"])("with %s", (vendor) => {
  let company: Company;
  let changed: HubConfig;
  beforeAll(async () => {
    company = await openCompany(vendor);
    changed = company.config({ statuses: { [vendor]: MEANINGS[vendor] } });
  });
  afterAll(() => company.close());

  const categories = (hub: HubUnderTest) =>
    [...known(hub).values()].flatMap(({ fields }) => ("status" in fields ? [fields.status?.category] : []));

  it("F37 after a mapping change history and present agree, and the replay equals a fresh sync, without a vendor call", async () => {
    const old = await company.begin();
    const before = categories(old);
    old.close();
    company.time.now += 60_000;
    const hub = await company.open(company.file("before.db"), changed);
    // Whatever is asked of the tool from now on would fail the run, and is counted.
    await hub.ask({ connection: vendor, replay: {} });
    await hub.drain(true);
    expect(hub.requests).toBe(0);
    const fresh = await company.open(undefined, changed);
    await fresh.ask({ connection: vendor });
    await fresh.drain(true);
    expect(categories(hub)).not.toEqual(before);
    expect(known(hub)).toEqual(known(fresh));
    await agree(hub);
    expect(shown(hub).size).toBeGreaterThan(5);
    expect(shown(hub)).toEqual(shown(fresh));
    hub.close();
    fresh.close();
  });
});

it("8: `throughline rules test` tells exactly the features and work items that then move, and changes nothing", async () => {
  const sandbox = await startSandbox({ size: 20, seed: 11, until: new Date("2026-03-01T00:00:00.000Z"), limits: WIDE });
  const { connections, ...rest } = companyConfig(sandbox);
  const config = { ...rest, connections: { jira: connections.jira }, products: {} };
  const checkout = await Checkout.make(config, secretsOf(sandbox));
  const folder = join(checkout.data, "hub");
  try {
    expect(await checkout.run(["sync", "--wait"])).toMatchObject({ code: 0 });
    const before = await knowledge(folder);
    await writeFile(
      join(checkout.root, "throughline.config.json"),
      JSON.stringify({ ...config, statuses: { jira: MEANINGS.jira } }),
    );
    const told = await checkout.run(["rules", "test", "--json"]);
    expect(told.code, told.err).toBe(0);
    expect(await knowledge(folder)).toEqual(before);
    expect(await checkout.run(["sync", "--wait"])).toMatchObject({ code: 0 });
    const after = await knowledge(folder);
    const { features, work_items: items } = JSON.parse(told.out) as {
      features: { id: string }[];
      work_items: { from: string; to: string; count: number }[];
    };
    const face = (view: unknown) => {
      const { headline, health } = view as { headline: string | null; health: { value: string } };
      return `${headline} ${health.value}`;
    };
    const moved = [...after.views].flatMap(([id, view]) => (face(view) === face(before.views.get(id)) ? [] : [id]));
    expect(features.map(({ id }) => id).toSorted()).toEqual(moved.toSorted());
    const category = (of: unknown) => (of as { fields: { status?: { category: string } } }).fields.status?.category;
    const turned = [...after.entities]
      .filter(([id]) => id.startsWith("wrk_"))
      .map(([id, entity]) => [category(before.entities.get(id)), category(entity)])
      .filter(([from, to]) => from !== to)
      .map(([from, to]) => `${from} > ${to}`);
    expect(turned.length).toBeGreaterThan(3);
    expect(items.flatMap(({ from, to, count }) => Array(count).fill(`${from} > ${to}`)).toSorted()).toEqual(
      turned.toSorted(),
    );
  } finally {
    await sandbox.stop();
    await checkout.remove();
  }
});
