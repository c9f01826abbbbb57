import { afterEach, describe, expect, it } from "vitest";
import type { Draft } from "../../shared/domain/entity.ts";
import { TRUST_LIMITS } from "../../shared/domain/experiment-trust.ts";
import { listReleases } from "../../shared/pipeline/list-releases.ts";
import { project } from "../../shared/pipeline/project.ts";
import type { StoredEntity } from "../../shared/store/entities.ts";
import { entityKey, lists } from "../../shared/store/keys.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import { scopedViews } from "../../shared/web/access/scoped-views.ts";
import { webApp } from "../../shared/web/app.ts";
import { silent } from "../web/memory-views.ts";
import { arriving, draftOf, idIn, refTo, word } from "./arriving.ts";

const NOW = new Date("2026-03-02T10:00:00.000Z");
const open: { [Symbol.dispose](): void }[] = [];
afterEach(() => {
  for (const hub of open.splice(0)) hub[Symbol.dispose]();
});

const opened = () => {
  const hub = arriving({ jira: "planning" });
  open.push(hub);
  const views = tableViews(hub.table, {
    products: [{ id: "prd_web", slug: "web", name: "Web" }],
    connections: async () => [],
    now: () => NOW,
    statusOf: () => Promise.reject(new Error("no words are read")),
  });
  const cursorKey = new Uint8Array(32).fill(7);
  const url = () => "http://localhost:4100";
  const app = webApp({
    views,
    table: hub.table,
    say: silent,
    now: () => NOW,
    cursorKey,
    version: "0.1.0",
    url,
    trustLimits: () => TRUST_LIMITS,
  });
  const read = async (path: string) => (await app.request(path)).text();
  const arrive = (...drafts: Draft[]) => hub.arriveTogether(...drafts.map((draft) => ["jira", draft] as const));
  const names = async (limit: number) => {
    const found: string[][] = [];
    for (let after: string | undefined; ; ) {
      const page: Awaited<ReturnType<typeof views.releases>> = await views.releases({}, after, limit);
      found.push(page.items.map(({ fields }) => fields.name));
      after = page.next;
      if (after === undefined) return found;
    }
  };
  return { ...hub, views, read, arrive, names };
};

const release = (
  name: string,
  fields: Partial<Draft<"release">["fields"]> = {},
  rest: Partial<Draft<"release">> = {},
) => draftOf("release", name, { ...rest, fields: { name, version: name, status: word("completed"), ...fields } });
const feature = (id: string) =>
  draftOf("feature", id, { fields: { title: `Feature ${id}`, declaredStatus: word("active") } });
const fixed = (id: string, parent: string, version: string) =>
  draftOf("workItem", id, {
    fields: {
      title: `Item ${id}`,
      type: word("task"),
      status: word("done"),
      labels: [],
      isBlocked: false,
      parentId: refTo("feature", parent),
      fixVersionIds: [refTo("release", version)],
    } as unknown as Draft<"workItem">["fields"],
  });

const FOUR = [
  release("1.0", { publishedAt: "2026-01-10T09:00:00.000Z" }),
  release("1.1", { releaseDate: "2026-02-01" }),
  release("2.0", { releaseDate: "2026-05-01", status: word("planned") }),
  release("someday", { status: word("planned") }),
];

describe("the list of releases", () => {
  it("goes from the newest to the oldest, page by page, with those of no day last, in whichever order they came", async () => {
    for (const drafts of [FOUR, FOUR.toReversed()]) {
      const hub = opened();
      for (const draft of drafts) await hub.arrive(draft);
      expect(await hub.names(3)).toEqual([["2.0", "1.1", "1.0"], ["someday"]]);
      expect(await hub.names(10)).toEqual([["2.0", "1.1", "1.0", "someday"]]);
    }
  });

  it("is the same in the API, by cursor, where it is asked for", async () => {
    const hub = opened();
    await hub.arrive(...FOUR);
    type Page = { readonly data: readonly { readonly name: string }[]; readonly next_cursor: string | null };
    const page = async (query: string) => JSON.parse(await hub.read(`/v1/releases?${query}`)) as Page;
    const first = await page("sort=-release_date&limit=3");
    const rest = await page(`sort=-release_date&limit=3&cursor=${first.next_cursor}`);
    expect([...first.data, ...rest.data].map(({ name }) => name)).toEqual(["2.0", "1.1", "1.0", "someday"]);
    const wanted = await page("sort=-release_date&status=planned");
    expect(wanted.data.map(({ name }) => name)).toEqual(["2.0", "someday"]);
    expect(await hub.read("/v1/releases?sort=-release_date&feature=ACME-1")).toContain(
      "'sort' does not go with 'feature'",
    );
  });

  it("follows a release whose day moves, and leaves out one that is deleted", async () => {
    const hub = opened();
    await hub.arrive(...FOUR);
    await hub.arrive(release("1.0", { publishedAt: "2026-02-20T09:00:00.000Z" }));
    expect(await hub.names(10)).toEqual([["2.0", "1.0", "1.1", "someday"]]);
    const { pk, sk } = entityKey(idIn("jira", "release", "2.0"));
    const before = await hub.table.get<StoredEntity>(pk, sk);
    if (before === undefined) throw new Error("there is no release 2.0");
    const data = { ...before.data, version: 9, presence: { ...before.data.presence, state: "deleted" as const } };
    const after = { ...before, version: before.version + 1, data };
    await hub.table.put(after);
    await project(hub.hubWith(), [{ pk, sk, before, after }]);
    expect(await hub.table.query({ pk: lists.releases, by: "list", limit: 10 })).toHaveLength(3);
    expect(await hub.names(10)).toEqual([["1.0", "1.1", "someday"]]);
  });

  it("gets those that an older version stored, a bounded number at a time, and puts none back to an older day", async () => {
    const [first, hub] = [opened(), opened()];
    await first.arrive(...FOUR);
    await hub.arrive(release("2.0", { publishedAt: "2026-01-20T09:00:00.000Z" }));
    for (const { external } of FOUR) {
      const { pk, sk } = entityKey(idIn("jira", "release", external.id));
      const [stored, held] = [await first.table.get(pk, sk), await hub.table.get(pk, sk)];
      if (stored !== undefined) await hub.table.put({ ...stored, version: (held?.version ?? 0) + 1 });
    }
    expect(await hub.names(10)).toEqual([["2.0"]]);
    const fill = () => listReleases(hub.hubWith(), 3);
    expect([await fill(), await fill(), await fill()]).toEqual([3, 1, 0]);
    expect(await hub.names(10)).toEqual([["1.1", "2.0", "1.0", "someday"]]);
    hub.pass(24 * 60 * 60);
    expect([await fill(), await fill(), await fill()]).toEqual([3, 1, 0]);
  });

  it("counts the features that each brought, once each, and tells both its days", async () => {
    const hub = opened();
    await hub.arrive(...FOUR, feature("A"), feature("B"), fixed("A-1", "A", "1.1"), fixed("A-2", "A", "1.1"));
    await hub.arrive(fixed("B-1", "B", "1.1"), fixed("B-2", "B", "2.0"));
    const text = await hub.read("/releases");
    const rows = [...text.matchAll(/<tr><th scope="row">.*?<\/tr>/g)].map(([row]) =>
      row.replaceAll(/<[^>]+>/g, "|").replaceAll(/\|+/g, "|"),
    );
    expect(rows).toEqual([
      "|2.0|Web|planned|1 May 2026|1|Jira|",
      "|1.1|Web|completed|1 Feb 2026|2|Jira|",
      "|1.0|Web|completed|10 Jan 2026|0|Jira|",
      "|someday|Web|planned|0|Jira|",
    ]);
    expect(text).toContain(`href="/releases/${idIn("jira", "release", "1.1")}"`);
    expect(await hub.read(`/releases/${idIn("jira", "release", "1.1")}`)).toContain('<a href="/releases">Releases</a>');
  });

  it("shows those that the filters leave, and says so where they leave none", async () => {
    const hub = opened();
    await hub.arrive(...FOUR);
    const planned = await hub.read("/releases?status=planned&product=web");
    expect([...planned.matchAll(/<th scope="row"><a [^>]*>([^<]+)/g)].map(([, name]) => name)).toEqual([
      "2.0",
      "someday",
    ]);
    expect(planned).toContain(
      'href="/v1/releases.csv?product=web&amp;status=planned&amp;sort=-release_date&amp;bom=1"',
    );
    expect(await hub.read("/releases?tool=none")).toContain("No release matches");
    expect(await hub.read("/releases?status=nonsense")).toContain("status");
    expect(await opened().read("/releases")).toContain("connect a tool");
  });

  it("shows who sees other products none, and counts no feature for them", async () => {
    const hub = opened();
    await hub.arrive(...FOUR, feature("A"), fixed("A-1", "A", "1.1"));
    const id = idIn("jira", "release", "1.1");
    const [own, others] = ["prd_web", "prd_other"].map((product) => scopedViews(hub.views, [product]));
    expect((await own?.releases({}, undefined, 10))?.items).toHaveLength(4);
    expect(await own?.releaseFeatures(id)).toEqual([idIn("jira", "feature", "A")]);
    expect(await others?.releases({}, undefined, 10)).toEqual({ items: [], next: undefined });
    expect(await others?.releaseFeatures(id)).toEqual([]);
  });
});
