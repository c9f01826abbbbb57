import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { type Company, openCompany, type Vendor } from "./company.ts";
import type { HubUnderTest } from "./hub-under-test.ts";
import { known, shown } from "./knowledge.ts";

/** Words of each tool that get another meaning, one of them by far the most common. */
const MEANINGS = {
  jira: { Done: "in_review", "In Progress": "todo" },
  linear: { Done: "in_review", "In Progress": "todo" },
  github: { closed: "in_review" },
} as const satisfies Readonly<Record<Vendor, object>>;

describe.each<Vendor>(["jira", "linear", "github"])("with %s", (vendor) => {
  let company: Company;
  let changed: HubConfig;
  beforeAll(async () => {
    company = await openCompany(vendor);
    changed = company.config({ statuses: { [vendor]: MEANINGS[vendor] } });
  });
  afterAll(() => company.close());

  /** Work items in a category, and of the past the words alone, since they are mapped when they are read. */
  const categories = (hub: HubUnderTest) =>
    [...known(hub).values()].flatMap(({ fields }) => ("status" in fields ? [fields.status.category] : []));

  it("8: after a mapping change history and present agree, and the replay equals a fresh sync, without a vendor call", async () => {
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
    expect(shown(hub).size).toBeGreaterThan(5);
    expect(shown(hub)).toEqual(shown(fresh));
    hub.close();
    fresh.close();
  });
});
