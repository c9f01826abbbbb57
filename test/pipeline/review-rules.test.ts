import { describe, expect, it } from "vitest";
import { reviewRules } from "../../shared/pipeline/review-rules.ts";
import { rulesOf } from "../../shared/platform/rules.ts";
import { arriving, draftOf, idIn, refTo, word } from "./arriving.ts";

const feature = (id: string) => draftOf("feature", id, { fields: { title: id, declaredStatus: word("active") } });
const item = (id: string, parent: string, more: { readonly labels?: string[]; readonly status?: string } = {}) =>
  draftOf("workItem", id, {
    fields: {
      title: id,
      type: word("task"),
      status: word("todo", more.status ?? "To Do"),
      parentId: refTo("feature", parent),
      ...(more.labels && { labels: more.labels }),
    },
  });
const IDS = ["ACME-1", "ACME-2", "ACME-3", "ACME-4", "ACME-5"];

const filled = async () => {
  const hub = arriving({ jira: "planning" });
  await hub.arriveTogether(
    ...IDS.map((id) => ["jira", feature(id)] as const),
    ["jira", item("ACME-11", "ACME-1", { labels: ["Ready-for-dev"] })],
    ["jira", item("ACME-12", "ACME-2", { status: "In QA" })],
  );
  await reviewRules(hub.hubWith());
  return hub;
};
const headlines = async (hub: Awaited<ReturnType<typeof filled>>) =>
  Promise.all(IDS.map(async (id) => (await hub.view(idIn("jira", "feature", id)))?.explanation.headline));

const CHANGED = rulesOf({
  rules: { signals: [{ stage: "design", id: "handoff", label: "ready-for-dev" }] },
  statuses: { jira: { "In QA": "testing" } },
});

describe("rules that changed", () => {
  it("move features by what is stored, a few at a time, and go on where they were", async () => {
    using hub = await filled();
    expect(await headlines(hub)).toEqual(["vision", "vision", "vision", "vision", "vision"]);
    const steps: number[] = [];
    // Another process each time, as after a crash.
    for (let step = 0; step < 4; step += 1) steps.push(await reviewRules(hub.hubWith(CHANGED), 2));
    expect(steps).toEqual([2, 2, 1, 0]);
    expect(await headlines(hub)).toEqual(["design", "testing", "vision", "vision", "vision"]);
    const view = await hub.view(idIn("jira", "feature", "ACME-1"));
    expect(view).toMatchObject({ cause: "rule_change", explanation: { ruleSet: CHANGED.ofProducts([]).version } });
    expect(view?.explanation.because.find(({ stage }) => stage === "design")?.text).toBe(
      "Jira ACME-11 fits the rule handoff since 1 Mar",
    );
  });

  it("move them back when they are taken back, and tell the log once", async () => {
    using hub = await filled();
    await reviewRules(hub.hubWith(CHANGED));
    await reviewRules(hub.hubWith());
    expect(await headlines(hub)).toEqual(["vision", "vision", "vision", "vision", "vision"]);
    expect(hub.logged.map(({ verb }) => verb).filter((verb) => verb.startsWith("rules"))).toHaveLength(2);
  });

  it("hold for what comes in meanwhile", async () => {
    using hub = arriving({ jira: "planning" }, CHANGED);
    await hub.arriveTogether(["jira", feature("ACME-1")], ["jira", item("ACME-12", "ACME-1", { status: "In QA" })]);
    expect((await hub.view(idIn("jira", "feature", "ACME-1")))?.explanation.headline).toBe("testing");
  });

  it("write nothing where nothing changed", async () => {
    using hub = await filled();
    const before = await hub.view(idIn("jira", "feature", "ACME-1"));
    expect(await reviewRules(hub.hubWith())).toBe(0);
    expect(await hub.view(idIn("jira", "feature", "ACME-1"))).toEqual(before);
  });
});
