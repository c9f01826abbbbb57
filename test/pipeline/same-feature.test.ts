import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Draft } from "../../shared/domain/entity.ts";
import { projectedOf } from "../../shared/pipeline/relink.ts";
import { rulesOf } from "../../shared/platform/rules.ts";
import { lists } from "../../shared/store/keys.ts";
import type { Suggestion } from "../../shared/store/suggestions.ts";
import { arriving, draftOf, idIn, refTo, word } from "./arriving.ts";

const TOOLS = { jira: "planning", linear: "planning", github: "code", notion: "data" } as const;
type Named = readonly [tool: keyof typeof TOOLS, draft: Draft];

const epic = (id: string, more: Partial<Draft<"feature">> = {}): Named => [
  "jira",
  draftOf("feature", id, { fields: { title: "Checkout", type: "Epic", declaredStatus: word("active") }, ...more }),
];
const idea = (more: Partial<Draft<"feature">> = {}): Named => [
  "jira",
  draftOf("feature", "IDEA-1", {
    fields: { title: "Pay faster", type: "Idea", declaredStatus: word("proposed"), targetDate: "2026-06-30" },
    ...more,
  }),
];
const row = (more: Partial<Draft<"feature">> = {}): Named => [
  "notion",
  draftOf("feature", "row", {
    fields: { title: "Fewer steps", type: "Roadmap item", declaredStatus: word("planned") },
    relations: [{ type: "contributes_to", to: refTo("objective", "more-orders") }],
    ...more,
  }),
];
const objective: Named = [
  "notion",
  draftOf("objective", "more-orders", {
    fields: { title: "More first orders", status: word("active") },
    // Older than the feature, of which it says nothing before that exists.
    createdAt: "2026-01-15T10:00:00.000Z",
  }),
];
const story: Named = [
  "jira",
  draftOf("workItem", "ACME-2", {
    fields: {
      title: "Build",
      type: word("story"),
      status: word("in_progress"),
      parentId: refTo("feature", "ACME-1"),
      startedAt: "2026-03-01T10:00:00.000Z",
    },
  }),
];
const wish: Named = [
  "linear",
  draftOf("feedback", "wish", {
    fields: { title: "Please", at: "2026-03-01T10:00:00.000Z" },
    references: [{ alias: "IDEA-1", place: "tag" }],
  }),
];
const delivers = { relations: [{ type: "relates_to", to: refTo("feature", "IDEA-1"), reverse: false } as const] };
const names = (alias: string, place: "native" | "declared" | "title" | "body") => ({ references: [{ alias, place }] });

const EPIC = idIn("jira", "feature", "ACME-1");
const IDEA = idIn("jira", "feature", "IDEA-1");
const ROW = idIn("notion", "feature", "row");

/** Who stands for whom, and what the epic then says. */
const told = async (hub: ReturnType<typeof arriving>) => {
  const shown = await hub.view(EPIC);
  return {
    home: Object.fromEntries(
      await Promise.all([EPIC, IDEA, ROW].map(async (id) => [id, (await hub.view(id))?.sameAs] as const)),
    ),
    names: shown?.names?.map(({ tool, name }) => `${tool} ${name}`),
    headline: shown?.explanation.headline,
    vision: shown?.explanation.because.find(({ stage }) => stage === "vision")?.text,
    strategy: shown?.explanation.because.find(({ stage }) => stage === "strategy")?.text,
  };
};

const ALL: readonly Named[] = [
  epic("ACME-1", delivers),
  idea(),
  row(names("ACME-2", "native")),
  objective,
  story,
  wish,
];
const JOINED = {
  home: { [EPIC]: undefined, [IDEA]: EPIC, [ROW]: EPIC },
  names: ["jira Pay faster", "notion Fewer steps"],
  headline: "development",
  vision: expect.stringContaining("contributes to Notion More first orders since 1 Mar"),
  strategy: expect.stringContaining("target date set 1 Mar in Jira IDEA-1"),
};

describe("a feature that several tools know", () => {
  it("stands where its work is done, with what all of them say", async () => {
    using hub = arriving(TOOLS);
    await hub.arriveTogether(...ALL);
    const said = await told(hub);
    expect({
      ...said,
      names: said.names?.toSorted(),
      strategy: said.strategy?.toLowerCase(),
      vision: said.vision,
    }).toEqual({
      ...JOINED,
      strategy: expect.stringContaining("target date set 1 mar in jira idea-1"),
    });
  });

  it("is the same whatever order its records come in", async () => {
    using whole = arriving(TOOLS);
    await whole.arriveTogether(...ALL);
    const expected = await told(whole);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...ALL], { minLength: ALL.length }), async (order) => {
        using hub = arriving(TOOLS);
        await hub.arrive(...order);
        expect(await told(hub)).toEqual(expected);
      }),
      {
        numRuns: 8,
        examples: [[[wish, story, idea(), objective, row(names("ACME-2", "native")), epic("ACME-1", delivers)]]],
      },
    );
  });

  it("parts again when the link is removed, and what was said of it goes along", async () => {
    using hub = arriving(TOOLS);
    await hub.arriveTogether(...ALL);
    await hub.arrive(epic("ACME-1", { updatedAt: "2026-03-02T09:00:00.000Z", relations: [] }));
    const said = await told(hub);
    expect(said.home).toEqual({ [EPIC]: undefined, [IDEA]: undefined, [ROW]: EPIC });
    expect(said.strategy).toBeUndefined();
    expect((await hub.view(IDEA))?.explanation.stages.strategy.state).toBe("active");
    const rows = await hub.table.query<{ gone: boolean; line: { kind: string } }>({
      pk: `E#${IDEA}`,
      prefix: "F#fbk_",
    });
    expect(rows.map(({ data }) => data.gone)).toEqual([false]);
  });

  it("does not join epics of one tool that are only related, and does not take a mention for a name", async () => {
    using hub = arriving(TOOLS);
    await hub.arriveTogether(
      epic("ACME-1", { relations: [{ type: "relates_to", to: refTo("feature", "ACME-9") }] }),
      epic("ACME-9"),
      row(names("ACME-1", "body")),
    );
    expect((await told(hub)).home).toEqual({ [EPIC]: undefined, [IDEA]: undefined, [ROW]: undefined });
    expect((await hub.view(idIn("jira", "feature", "ACME-9")))?.sameAs).toBeUndefined();
  });

  it("leaves an idea that two epics deliver where it is", async () => {
    using hub = arriving(TOOLS);
    await hub.arriveTogether(epic("ACME-1", delivers), epic("ACME-9", delivers), idea());
    expect((await hub.view(IDEA))?.sameAs).toBeUndefined();
  });

  it("joins a duplicate to what it duplicates, and two that duplicate each other to the first by id", async () => {
    using hub = arriving(TOOLS);
    const duplicates = (id: string) => ({ relations: [{ type: "duplicates", to: refTo("feature", id) } as const] });
    const nine = idIn("jira", "feature", "ACME-9");
    await hub.arriveTogether(epic("ACME-1"), epic("ACME-9", duplicates("ACME-1")));
    expect((await hub.view(nine))?.sameAs).toBe(EPIC);
    await hub.arrive(epic("ACME-1", { ...duplicates("ACME-9"), updatedAt: "2026-03-02T09:00:00.000Z" }));
    const [first, second] = [EPIC, nine].toSorted();
    expect([(await hub.view(first ?? ""))?.sameAs, (await hub.view(second ?? ""))?.sameAs]).toEqual([undefined, first]);
  });

  it("follows what the config declares rather than links", async () => {
    using hub = arriving(TOOLS, rulesOf({ features: { "ACME-9": ["row"] } }));
    await hub.arriveTogether(epic("ACME-1"), epic("ACME-9"), row(names("ACME-1", "native")));
    expect((await hub.view(ROW))?.sameAs).toBe(idIn("jira", "feature", "ACME-9"));
  });

  describe("that a record of another name refers to", () => {
    const cards = epic("ACME-5", { fields: { title: "Gift cards", type: "Epic", declaredStatus: word("active") } });
    const pages = epic("ACME-6", { fields: { title: "Saved carts", type: "Epic", declaredStatus: word("active") } });
    const called = (title: string, more: Partial<Draft<"feature">> = names("ACME-5", "native")) =>
      row({ fields: { title, type: "Roadmap item", declaredStatus: word("planned") }, ...more });
    const design: Named = [
      "notion",
      draftOf("design", "d1", { fields: { name: "Saved carts (ACME-5)", file: "f" }, ...names("ACME-5", "native") }),
    ];
    const CARDS = idIn("jira", "feature", "ACME-5");
    const DESIGN = idIn("notion", "design", "d1");
    const said = async (hub: ReturnType<typeof arriving>) => ({
      row: (await hub.view(ROW))?.sameAs,
      design: (await projectedOf(hub.table, DESIGN)).features.map(({ featureId, confidence }) => [
        featureId,
        confidence,
      ]),
      asked: (await hub.table.query<Suggestion>({ pk: lists.suggestions, by: "list", limit: 9 }))
        .map(({ data: { from, type, to } }) => `${from} ${type} ${to}`)
        .sort(),
    });
    const PAGES = idIn("jira", "feature", "ACME-6");
    const DOUBTED = {
      row: undefined,
      design: [[CARDS, 0.5]],
      asked: [`${DESIGN} designs ${PAGES}`, `${DESIGN} designs ${ROW}`, `${PAGES} supersedes ${ROW}`].sort(),
    };

    it("does not take its name while another feature has it, whatever order they come in", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray([cards, pages, called("Saved carts"), design], { minLength: 4 }),
          async (order) => {
            using hub = arriving(TOOLS);
            await hub.arrive(...order);
            expect(await said(hub)).toEqual(DOUBTED);
          },
        ),
        { numRuns: 1, examples: [[[design, called("Saved carts"), cards, pages]]] },
      );
    });

    it("takes it once the other feature is called differently, or somebody vouches for it", async () => {
      using hub = arriving(TOOLS);
      await hub.arriveTogether(cards, pages, called("Saved carts"), design);
      await hub.arrive(
        epic("ACME-6", {
          fields: { title: "Wish lists", type: "Epic", declaredStatus: word("active") },
          updatedAt: "2026-03-02T09:00:00.000Z",
        }),
      );
      expect(await said(hub)).toEqual({ row: CARDS, design: [[CARDS, 1]], asked: [] });
      await hub.arrive(pages, called("Saved carts", names("ACME-5", "declared")));
      expect((await said(hub)).row).toBe(CARDS);
    });

    it("takes a name that no other feature has, and one that is partly its own", async () => {
      for (const [mine, other] of [["Presents", "Saved carts"] as const, ["Gift vouchers", "Gift vouchers"] as const]) {
        using hub = arriving(TOOLS);
        const second = epic("ACME-6", { fields: { title: other, type: "Epic", declaredStatus: word("active") } });
        await hub.arriveTogether(cards, second, called(mine));
        expect((await said(hub)).row).toBe(CARDS);
      }
    });
  });
});
