import { describe, expect, it } from "vitest";
import { feature, openSaid } from "../pipeline/said-hub.ts";
import { memoryViews } from "./memory-views.ts";
import { sampleApp, sampleHub } from "./sample-hub.ts";

const now = sampleHub(2);
const [moved, renamed, fresh] = now.features;
/** A month ago the first feature stood in design, the second had another name, and the third was not there. */
const before = {
  ...now,
  features: now.features
    .filter(({ id }) => id !== fresh?.id)
    .map((feature) => {
      if (feature.id === moved?.id)
        return { ...feature, explanation: { ...feature.explanation, headline: "production" as const } };
      return feature.id === renamed?.id ? { ...feature, name: "As it was called then" } : feature;
    }),
};
const app = sampleApp({ ...now, before }, { timezone: "Europe/Berlin" });
const json = async <Body = Readonly<Record<string, unknown>>>(path: string) =>
  (await (await app.request(path)).json()) as Body;
const html = async (path: string) => (await app.request(path)).text();

describe("as_of", () => {
  it("shows features, lists, explanations and counts as they were then", async () => {
    expect((await json(`/v1/features/${renamed?.id}?as_of=2026-10-20`))["name"]).toBe("As it was called then");
    expect((await json(`/v1/features/${renamed?.id}`))["name"]).toBe(renamed?.name);
    expect((await json(`/v1/features/${moved?.id}/explain?as_of=2026-10-20`))["stage"]).toBe("production");
    expect((await app.request(`/v1/features/${fresh?.id}?as_of=2026-10-20`)).status).toBe(404);
    const list = await json<{ data: readonly object[] }>("/v1/features?as_of=2026-10-20T12:00:00Z&limit=200");
    expect(list.data).toHaveLength(now.features.length - 1);
    type Status = { as_of: string; products: readonly { features: Record<string, number> }[] };
    const status = await json<Status>("/v1/status?as_of=2026-10-25");
    expect(status.as_of).toBe("2026-10-25T22:59:59.999Z");
    const present = await json<Status>("/v1/status");
    expect(sumOf(present) - sumOf(status)).toBe(1);
  });

  it("is refused with the first day that is known where the hub kept nothing, and for a feature that came later", async () => {
    const all = memoryViews(now);
    const none = {
      ...all,
      feature: async () => undefined,
      features: async () => ({ items: [], next: undefined }),
    };
    const keptSince = async () => "2026-11-01T08:00:00.000Z";
    const young = sampleApp(now, { timezone: "Europe/Berlin", views: { ...all, asOf: () => none, keptSince } });
    const told = async (path: string, of = young) => {
      const response = await of.request(path);
      const { code, detail } = (await response.json()) as { code: string; detail: string };
      return [response.status, code, detail];
    };
    const early = [
      404,
      "as_of_unavailable",
      `The hub kept no board of 2026-10-20T21:59:59.999Z: the first one is of ${await keptSince()}.`,
    ];
    expect(await told("/v1/features?as_of=2026-10-20")).toEqual(early);
    expect(await told(`/v1/features/${moved?.id}?as_of=2026-10-20`)).toEqual(early);
    expect(await told(`/v1/features/${moved?.id}/explain?as_of=2026-10-20`)).toEqual(early);
    expect((await young.request("/features?as_of=2026-10-20")).status).toBe(404);
    expect((await told("/v1/features/nothing?as_of=2026-10-20"))[1]).toBe("not_found");
    expect(await told(`/v1/features/${fresh?.id}?as_of=2026-10-20`, app)).toEqual([
      404,
      "as_of_unavailable",
      `The hub did not know "${fresh?.id}" at 2026-10-20T21:59:59.999Z: it came later.`,
    ]);
    const nothing = await json<{ data: unknown[]; meta: object }>("/v1/features?q=no-such-thing&as_of=2026-10-20");
    expect([nothing.data, nothing.meta]).toMatchObject([[], { as_of: "2026-10-20T21:59:59.999Z" }]);
  });

  it("takes today for now and refuses what lies ahead, in words", async () => {
    expect((await app.request("/v1/features?as_of=2026-11-22")).status).toBe(200);
    expect(await json("/v1/features?as_of=2026-11-23")).toMatchObject({
      code: "invalid_parameter",
      detail: "'2026-11-23' lies in the future: 'as_of' takes a day or moment until now.",
    });
    expect((await app.request("/?as_of=2026-11-23")).status).toBe(400);
  });

  it("says on every page of the past which day it is of, and leads back to now", async () => {
    for (const [path, back] of [
      ["/?as_of=2026-10-20&health=at_risk", "/?health=at_risk"],
      ["/features?as_of=2026-10-20", "/features"],
      ["/?view=timeline&as_of=2026-10-20", "/?view=timeline"],
      [`/features/${renamed?.key}?as_of=2026-10-20`, `/features/${renamed?.key}`],
    ]) {
      const page = await html(path ?? "");
      expect(page).toContain('You are viewing <time datetime="2026-10-20">20 Oct 2026</time>.');
      expect(page).toContain(`<a href="${back}">Back to now</a>`);
      expect(page).toContain('<input type="date" name="as_of" value="2026-10-20" max="2026-11-22"/>');
    }
    expect(await html("/?as_of=2026-11-22")).not.toContain("You are viewing");
  });

  it("is what cards that come later, the timeline and pages of roles show too", async () => {
    for (const path of ["/board/more?column=production&as_of=2026-10-20", "/pm?as_of=2026-10-20"])
      expect(await html(path), path).not.toMatch(/href="\/features\/[^"?]+"/);
    const cards = await html("/board/more?column=production&as_of=2026-10-20");
    expect(cards).toContain(`<a href="/features/${moved?.key}?as_of=2026-10-20">`);
    expect(await html("/board/more?column=production")).not.toContain(`/features/${moved?.key}"`);
    const table = await html("/?view=timeline&sort=name&as_of=2026-10-20");
    expect(table).toContain("As it was called then");
    expect(table).not.toContain(`/features/${fresh?.key}?`);
  });

  it("leaves out of a feature's past what is kept as it is now, and says so", async () => {
    const page = await html(`/features/${renamed?.key}?as_of=2026-10-20`);
    expect(page).toContain("are only kept in their current state");
    for (const part of ["numbers", "customers", "said"]) expect(page).not.toContain(`href="#${part}"`);
    expect(page).not.toContain('method="post"');
    expect(page).toContain('<input type="hidden" name="as_of" value="2026-10-20"/>');
  });

  it("stays in the links from a page of the past to its features", async () => {
    const page = await html("/features?as_of=2026-10-20");
    expect(page).toContain(`href="/features/${renamed?.key}?as_of=2026-10-20">As it was called then</a>`);
  });
});

const sumOf = ({ products }: { products: readonly { features: Record<string, number> }[] }): number =>
  products.flatMap(({ features }) => Object.values(features)).reduce((sum, count) => sum + count, 0);

describe("compare", () => {
  it("says on the board what moved since, and on each card that moved where it stood", async () => {
    const page = await html("/?compare=2026-10-20");
    expect(page).toContain("1 moved, 1 back, 1 new, 0 closed.");
    expect(page.match(/<p class="was">was Production<\/p>/g)).toHaveLength(1);
    expect(await html("/")).not.toContain('class="was"');
  });

  it("says so where the hub kept no board so early, and calls nothing new", async () => {
    using hub = openSaid();
    await hub.put(feature("ACME-1"));
    await hub.settle();
    const page = await (await hub.app.request("/?compare=2026-02-01")).text();
    expect(page).toContain('There is nothing to compare with on <time datetime="2026-02-01">1 Feb 2026</time>');
    expect(page).not.toContain("1 new");
    const summary = await hub.app.request("/v1/changes/summary?since=2026-02-01");
    expect([summary.status, await summary.json()]).toMatchObject([404, { code: "as_of_unavailable" }]);
  });

  it("has the same figures in the API, the most important first", async () => {
    const summary = await json<{ counts: object; items: readonly { kind: string }[] }>(
      "/v1/changes/summary?since=2026-10-20",
    );
    expect(summary).toMatchObject({ counts: { moved_back: 1, moved_forward: 0, added: 1 }, left: 0, features: 2 });
    expect(summary.items.map(({ kind }) => kind)).toEqual(["moved_back", "added"]);
    expect(await json("/v1/changes/summary?since=2026-10-20&until=2026-10-01")).toMatchObject({
      detail: "'until' lies before 'since'.",
    });
  });
});
