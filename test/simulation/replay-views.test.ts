import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { projectAll } from "../../shared/pipeline/project.ts";
import { partition } from "../../shared/store/keys.ts";
import { type Company, openCompany } from "./company.ts";
import type { HubUnderTest } from "./hub-under-test.ts";
import { shown } from "./knowledge.ts";

let company: Company;
beforeAll(async () => {
  company = await openCompany("jira");
});
afterAll(() => company.close());

const change = fc.record({
  nth: fc.nat(20),
  does: fc.constantFrom("rename" as const, "close" as const, "reopen" as const, "delete" as const),
});

/** What is shown once everything was looked at again at the present moment. */
const shownNow = async (hub: HubUnderTest): Promise<Map<string, unknown>> => {
  await projectAll(hub.hub);
  return shown(hub);
};

it("what a hub shows that lived through changes, a few records at a time, is what its archive makes of an empty one", async () => {
  const changes = fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 3 });
  const [days = []] = fc.sample(changes, { numRuns: 1 });
  const grown = await company.begin();
  for (const day of days) {
    for (const { nth, does } of day) {
      const items = company.sandbox
        .truth()
        .filter(({ tracker, presence }) => tracker === "jira" && presence === "present");
      const key = items[nth % items.length]?.key ?? "";
      await company.sandbox
        .control({ do: does, key, ...(does === "rename" && { title: `Renamed ${nth}` }) } as never)
        .catch((error: Error) => {
          // What is closed already cannot be closed.
          if (!error.message.includes(key)) throw error;
        });
    }
    company.time.now += 3_600_000;
    await grown.ask({ connection: "jira" });
    await grown.drain();
    await grown.ask({ connection: "jira", census: "now" });
    await grown.drain();
    while ((await grown.step("project", 3)) || (await grown.step("publish")));
  }
  const made = await company.open();
  await made.ask({ connection: "jira", replay: {} });
  await made.drain(true);
  expect(made.requests).toBe(0);
  // How far the tool was read lies in no payload.
  const runs = grown.hub.ports.table.query({ pk: partition.ofConnection("jira"), limit: 500 });
  for (const row of await runs) await made.hub.ports.table.put({ ...row, version: 1 });
  const [before, after] = [await shownNow(grown), await shownNow(made)];
  expect(before.size).toBeGreaterThan(2);
  expect({ days, views: after }).toEqual({ days, views: before });
  grown.close();
  made.close();
});
