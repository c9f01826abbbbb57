import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Draft } from "../../shared/domain/entity.ts";
import { arriving, draftOf, idIn, refTo, word } from "./arriving.ts";

type Told = readonly [tool: "jira" | "linear", draft: Draft];
const OLD = "2026-01-01T10:00:00.000Z";
const epic: Told = [
  "jira",
  draftOf("feature", "ACME-1", { fields: { title: "Checkout", type: "Epic", declaredStatus: word("active") } }),
];
const item = (id: string, more: object = {}, fields: object = {}): Told => [
  "jira",
  draftOf("workItem", id, {
    updatedAt: OLD,
    createdAt: OLD,
    fields: { title: id, type: word("story"), status: word("in_progress"), startedAt: OLD, ...fields },
    ...more,
  }),
];
const blocked = item("ACME-2", {}, { parentId: refTo("feature", "ACME-1"), isBlocked: true });
const reason = async (hub: ReturnType<typeof arriving>) =>
  (await hub.view(idIn("jira", "feature", "ACME-1")))?.health.dimensions
    ?.find(({ name }) => name === "flow")
    ?.text.match(/ACME-2 is blocked[^;]*/)?.[0];

describe("the health of a feature with blocked work", () => {
  it("names what blocks it, whichever of the two says so, and whichever comes first", async () => {
    const blocker = item("ACME-3", {
      relations: [{ type: "blocks", to: refTo("workItem", "ACME-2"), reverse: false }],
    });
    const knows = item(
      "ACME-2",
      { relations: [{ type: "blocks", to: refTo("workItem", "ACME-3"), reverse: true }] },
      { parentId: refTo("feature", "ACME-1"), isBlocked: true },
    );
    for (const all of [
      [epic, blocked, blocker],
      [epic, knows, item("ACME-3")],
    ])
      await fc.assert(
        fc.asyncProperty(fc.shuffledSubarray(all, { minLength: 3 }), async (order) => {
          using hub = arriving({ jira: "planning" });
          await hub.arrive(...order);
          expect(await reason(hub)).toMatch(/^ACME-2 is blocked by ACME-3, without change since 1 Jan/);
        }),
        { numRuns: 1, examples: [[all], [[...all].reverse()]] },
      );
  });

  it("names it no more once it says that it blocks nothing", async () => {
    using hub = arriving({ jira: "planning" });
    const relations = [{ type: "blocks" as const, to: refTo("workItem", "ACME-2"), reverse: false }];
    await hub.arriveTogether(epic, blocked, item("ACME-3", { relations }));
    await hub.arrive(item("ACME-3", { updatedAt: "2026-03-02T09:00:00.000Z", relations: [] }));
    expect(await reason(hub)).toMatch(/^ACME-2 is blocked, without change since 1 Jan/);
  });
});
