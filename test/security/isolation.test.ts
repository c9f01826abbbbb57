import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { KINDS } from "../../shared/domain/kind.ts";
import { acts } from "../../shared/store/audit.ts";
import { ROLES, type Role, SCOPES, type Scope } from "../../shared/web/access/scope.ts";
import { READ_AS_THEY_ARE } from "../../shared/web/api/kind-routes.ts";
import type { Route } from "../../shared/web/api/route.ts";
import { ROUTES } from "../../shared/web/api/routes.ts";
import { FORMS, PAGES } from "../../shared/web/dashboard/dashboard.ts";
import { A, CANARY, IDS, type Identities, idOfKind, twoProducts } from "./two-products.ts";

type Who = keyof Identities | "nobody";
type Seen = "all" | "A" | "B";

const GRANTS: Readonly<Record<Who, { readonly role?: Role; readonly sees: Seen; readonly refused?: true }>> = {
  nobody: { sees: "all", refused: true },
  "viewer of A": { role: "viewer", sees: "A" },
  "viewer of B": { role: "viewer", sees: "B" },
  pm: { role: "pm", sees: "all" },
  "po of A": { role: "po", sees: "A" },
  "engineer of A": { role: "engineer", sees: "A" },
  engineer: { role: "engineer", sees: "all" },
  admin: { role: "admin", sees: "all" },
  "no role that is known": { sees: "all" },
  "expired key": { sees: "all", refused: true },
  "revoked key": { sees: "all", refused: true },
};
const WHO = Object.keys(GRANTS) as Who[];
const may = (who: Who, scope: Scope): boolean => {
  const { role } = GRANTS[who];
  return role !== undefined && (ROLES[role] as readonly Scope[]).includes(scope);
};

/** What an address may name, with whose it is; both products' where nothing is said. */
type Named = readonly [value: string, of?: Seen | "nobody" | "whole"];
/** Values for the parts of a path, by the path up to there. A new route with such a part must say what is whose. */
const PARTS: Readonly<Record<string, readonly Named[]>> = {
  "/v1/products/{id}": [
    ["alpha", "A"],
    ["prd_canb", "B"],
    ["none", "nobody"],
  ],
  "/v1/features/{id}": [
    [IDS.featureA, "A"],
    [IDS.featureB, "B"],
    ["ftr_00000000000000000000000000", "nobody"],
  ],
  "/v1/objectives/{id}": [
    [IDS.objectiveA, "A"],
    [IDS.objectiveB, "B"],
    ["obj_00000000000000000000000000", "nobody"],
  ],
  "/v1/initiatives/{id}": [
    [IDS.initiativeA, "A"],
    [IDS.initiativeB, "B"],
    ["ini_00000000000000000000000000", "nobody"],
  ],
  // This hub makes no reports.
  "/v1/reports/{id}": [["none", "nobody"]],
  "/v1/work-items/{id}": [
    [IDS.itemA, "A"],
    [IDS.itemB, "B"],
    ["wrk_00000000000000000000000000", "nobody"],
  ],
  "/v1/cycles/{id}": [
    [IDS.cycle, "A"],
    [IDS.cycleB, "B"],
    ["cyc_00000000000000000000000000", "nobody"],
  ],
  // Persons are of no product: who is limited sees none.
  "/v1/people/{id}": [
    [IDS.person, "whole"],
    ["per_00000000000000000000000000", "nobody"],
  ],
  ...Object.fromEntries(
    READ_AS_THEY_ARE.map(([kind, path]): [string, readonly Named[]] => [
      `/v1/${path}/{id}`,
      [
        [idOfKind(kind, "a"), "A"],
        [idOfKind(kind, "b"), "B"],
        [`${KINDS[kind]}_00000000000000000000000000`, "nobody"],
      ],
    ]),
  ),
  "/v1/webhook-endpoints/{id}": [
    [IDS.endpointA, "A"],
    [IDS.endpointB, "B"],
    ["whe_00000000000000000000000000", "nobody"],
  ],
  "/v1/connections/{id}": [
    ["con_alpha-code", "A"],
    ["con_canb-code", "B"],
    ["con_none", "nobody"],
  ],
};
/** Both products have these: A's feature and item, and the cycle, belong to B too. */
const SHARED: readonly string[] = [
  IDS.featureA,
  IDS.itemA,
  IDS.cycle,
  ...READ_AS_THEY_ARE.map(([kind]) => idOfKind(kind, "a")),
];
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  "/v1/changes": [
    "since=2026-11-01",
    "since=2026-11-01&type=feature.stage.changed,identity.merged,link.created,records.written",
  ],
  "/v1/changes/summary": ["since=2026-11-15", "since=2026-11-15&until=2026-11-21"],
  "/v1/status": ["", "as_of=2026-11-15"],
  "/v1/search": ["q=feature", "q=autumn", "q=sprint", "q=%231"],
  "/v1/campaigns": ["", `feature=${IDS.featureA}`, `feature=${IDS.featureB}`, "limit=1"],
  "/v1/features": [
    "",
    "sort=-updated_at",
    "expand=owner,evidence",
    "include=total_estimate",
    "q=feature",
    "stage=testing",
    "limit=1",
    "as_of=2026-11-15",
  ],
  "/v1/work-items": ["", `feature=${IDS.featureA}`, `feature=${IDS.featureB}`, "limit=1"],
};

const isThere = (who: Who, [value, of]: Named): boolean => {
  const { sees } = GRANTS[who];
  if (of === "nobody") return false;
  if (of === "whole") return sees === "all";
  return sees === "all" || of === undefined || of === sees || SHARED.includes(value);
};

/** What an address may end with beside JSON. */
const FORMATS = [".csv", ".md"];

interface Case {
  readonly route: Route;
  readonly address: string;
  readonly named: Named | undefined;
}

const CASES: readonly Case[] = ROUTES.flatMap((route): Case[] => {
  const base = /^(.*?\/\{\w+\})(.*)$/.exec(route.path);
  if (base === null)
    return (QUERIES[route.path] ?? [""]).map((query) => ({
      route,
      address: query === "" ? route.path : `${route.path}?${query}`,
      named: undefined,
    }));
  const [, stem = "", rest = ""] = base;
  // What is changed by its id is asked for one that is not there: nothing is to be changed here.
  const named: readonly Named[] = route.method === "GET" ? (PARTS[stem] ?? []) : [["none", "nobody"]];
  return named.map((one) => {
    const delivery = one[0] === IDS.endpointB ? IDS.deliveryB : IDS.deliveryA;
    return { route, named: one, address: `${stem.replace(/\{\w+\}/, one[0])}${rest.replace("{delivery}", delivery)}` };
  });
});

const expectedOf = (who: Who, { route, named }: Case): number => {
  if (GRANTS[who].refused) return 401;
  if (!may(who, route.scope)) return 403;
  if (named !== undefined && !isThere(who, named)) return 404;
  // Nothing is sent: an operation that takes something says so.
  return route.request === undefined ? route.status : 400;
};

/** What an answer says, headers and the inside of cursors too. */
const saidBy = async (response: Response): Promise<string> => {
  const text = await response.text();
  const cursors = [...text.matchAll(/"next_cursor":"([^"]+)"|cursor=([\w-]+)/g)].map(([, one, other]) =>
    Buffer.from(one ?? other ?? "", "base64url").toString("latin1"),
  );
  return [...response.headers].flat().concat(text, cursors).join("\n");
};

describe("T15 product isolation", () => {
  let hub: Awaited<ReturnType<typeof twoProducts>>;
  let calls = 0;
  const ask = (who: Who, address: string, method = "GET"): Promise<Response> => {
    const token = who === "nobody" ? undefined : hub.tokens[who];
    calls += 1;
    return Promise.resolve(
      hub.app.request(
        address,
        { method, headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } },
        // Wrong keys are counted by where they come from.
        { event: { requestContext: { http: { sourceIp: `10.0.0.${calls}` } } } },
      ),
    );
  };
  beforeAll(async () => {
    const numbers = { type: "text/plain", text: `throughline_connection_healthy{connection="${CANARY}-code"} 1` };
    hub = await twoProducts({ metrics: { answered: () => {}, page: async () => numbers } });
  });
  // Nobody's allowance of requests runs out.
  beforeEach(() => {
    hub.clock.set(new Date(hub.clock.now().getTime() + 60_000));
  });

  it("has a case for every operation", () => {
    expect(ROUTES.filter((route) => !CASES.some((one) => one.route === route)).map(({ id }) => id)).toEqual([]);
    expect(ROUTES.filter(({ scope }) => !SCOPES.includes(scope)).map(({ id }) => id)).toEqual([]);
  });

  it.each(WHO)("gives %s of every operation what scope and products allow, and nothing of others", async (who) => {
    const wrong: string[] = [];
    const leaks: string[] = [];
    for (const one of CASES) {
      const { method } = one.route;
      const response = await ask(who, one.address, method);
      const expected = expectedOf(who, one);
      // Nothing is sent here: an operation may look at that before it looks for what is named.
      const isUnread = expected === 404 && one.route.request !== undefined && response.status === 400;
      if (response.status !== expected && !isUnread)
        wrong.push(`${method} ${one.address}: ${response.status}, not ${expected}`);
      const said = await saidBy(response);
      // The address that was asked for stands in what is refused: it is the asker's own word.
      const heard = said.replaceAll(one.address, "");
      if (GRANTS[who].sees === "A" && heard.toLowerCase().includes(CANARY))
        leaks.push(`${method} ${one.address}: ${heard}`);
    }
    expect(wrong).toEqual([]);
    expect(leaks).toEqual([]);
  });

  it.each(["nobody", "engineer of A", "no role that is known"] as const)(
    "gives %s the same in every form",
    async (who) => {
      const wrong: string[] = [];
      for (const one of CASES.filter(({ route }) => route.method === "GET"))
        for (const suffix of FORMATS) {
          const [path = "", query] = one.address.split("?");
          const address = `${path}${suffix}${query === undefined ? "" : `?${query}`}`;
          const response = await ask(who, address);
          const expected = expectedOf(who, one);
          if (response.status !== expected) wrong.push(`${address}: ${response.status}, not ${expected}`);
          const heard = (await saidBy(response)).replaceAll(address, "").toLowerCase();
          if (GRANTS[who].sees === "A" && heard.includes(CANARY)) wrong.push(`${address} tells of B: ${heard}`);
        }
      expect(wrong).toEqual([]);
    },
  );

  it("gives the badge of a feature to who may see it", async () => {
    const answers = async (id: string) =>
      Object.fromEntries(
        await Promise.all(
          (["nobody", "no role that is known", "viewer of A", "viewer of B"] as const).map(
            async (who) => [who, (await ask(who, `/v1/features/${id}/badge.svg`)).status] as const,
          ),
        ),
      );
    const refused = { nobody: 401, "no role that is known": 403 };
    expect(await answers(IDS.featureB)).toEqual({ ...refused, "viewer of A": 404, "viewer of B": 200 });
    expect(await answers(IDS.featureA)).toEqual({ ...refused, "viewer of A": 200, "viewer of B": 200 });
  });

  it("shows B's names to who may see B, so that their absence elsewhere means something", async () => {
    const all: string[] = [];
    for (const { route, address } of CASES)
      if (
        route.method === "GET" &&
        route.path !== "/v1/event-types" &&
        (await saidBy(await ask("admin", address))).toLowerCase().includes(CANARY)
      )
        all.push(route.id);
    expect([...new Set(all)].sort()).toEqual(
      expect.arrayContaining([
        "explain_feature",
        "get_cycle",
        "get_feature",
        "get_feature_flow",
        "get_person",
        "get_product_flow",
        "get_work_item",
        "list_campaigns",
        "get_customer",
        "search",
        "list_changes",
        "list_connections",
        "list_cycle_items",
        "list_cycles",
        "list_dead_letters",
        "list_features",
        "list_products",
        "list_work_items",
        "get_status",
      ]),
    );
  });

  it("answers for what lies outside as for what is not there, to the letter", async () => {
    const plain = async (address: string) => {
      const body = (await (await ask("viewer of A", address)).json()) as Record<string, unknown>;
      return { ...body, instance: "", request_id: "" };
    };
    for (const stem of Object.keys(PARTS)) {
      const [, outside, none] = PARTS[stem] ?? [];
      if (outside === undefined || none === undefined || stem.includes("connections")) continue;
      const at = (value: string) => stem.replace("{id}", value);
      expect(await plain(at(outside[0])), stem).toEqual(await plain(at(none[0])));
    }
    expect(await plain("/v1/features/CANB-1")).toEqual(await plain("/v1/features/NONE-1"));
    expect(await plain("/v1/features?product=canb")).toMatchObject({ code: "invalid_parameter" });
  });

  it("keeps what is theirs: the feature with its own work, reasons and past", async () => {
    const json = async (address: string) =>
      (await (await ask("engineer of A", address)).json()) as Record<string, unknown>;
    expect(await json(`/v1/features/${IDS.featureA}/explain`)).toMatchObject({
      because: [{ text: "ALPHA-2 is done" }],
      not_yet: [{ missing: ["ALPHA-2 is open"] }],
      conflicts: [],
    });
    expect(await json(`/v1/features/${IDS.featureA}`)).toMatchObject({
      product_ids: ["prd_alpha"],
      health: {
        derived: { reasons: ["due in 4 d"] },
        dimensions: [{ text: "due in 4 d", evidence: ["https://tools.example/ALPHA-2"] }],
      },
    });
    expect((await json(`/v1/features/${IDS.featureA}/evidence`))["data"]).toMatchObject([{ key: "ALPHA-2" }]);
    expect((await json(`/v1/features/${IDS.featureA}/timeline`))["data"]).toMatchObject([
      { text: "ALPHA-2 was moved" },
    ]);
    expect(await json(`/v1/cycles/${IDS.cycle}`)).toMatchObject({ scope: { current: { items: 1 } } });
    expect((await json(`/v1/cycles/${IDS.cycle}/items`))["data"]).toMatchObject([{ id: IDS.itemA }]);
    expect((await json("/v1/changes?since=2026-11-01"))["data"]).toMatchObject([
      { type: "feature.stage.changed", data: { because: ["ALPHA-2"], product_ids: ["prd_alpha"] } },
    ]);
    expect((await json("/v1/connections"))["data"]).toMatchObject([
      { name: "alpha-code", streams: [{ scope: "alpha/web", error: { message: "alpha/web is closed" } }] },
      { name: "jira", reason: null, streams: [{ scope: "", error: null }] },
    ]);
    const flow = { places: [{ place: "jira:ALPHA", records: 1 }] };
    expect(await json(`/v1/features/${IDS.featureA}/flow`)).toMatchObject(flow);
    expect(await json("/v1/products/alpha/flow")).toMatchObject(flow);
    expect(await json("/v1/status")).toMatchObject({ changed_7d: 1, products: [{ slug: "alpha", changed_7d: 1 }] });
    const sent = await json(`/v1/webhook-endpoints/${IDS.endpointA}/deliveries/${IDS.deliveryA}`);
    expect(JSON.parse((sent["request"] as { body: string }).body)).toMatchObject({
      data: { because: ["ALPHA-2"], product_ids: ["prd_alpha"] },
    });
  });

  it("keeps the past to its products too: features, board, what changed and where each stood", async () => {
    const addresses = [
      "/v1/features?as_of=2026-11-15",
      `/v1/features/${IDS.featureA}?as_of=2026-11-15`,
      `/v1/features/${IDS.featureA}/explain?as_of=2026-11-15`,
      "/v1/status?as_of=2026-11-15",
      "/v1/changes/summary?since=2026-11-15",
      "/?as_of=2026-11-15",
      "/?compare=2026-11-15",
      "/?as_of=2026-11-15&health=off_track,at_risk&q=a",
      "/features?as_of=2026-11-15",
      "/?as_of=2026-11-15&view=timeline",
      "/board/more?as_of=2026-11-15&column=design",
      "/pm?as_of=2026-11-15",
      "/po?as_of=2026-11-15",
      "/features.csv?as_of=2026-11-15",
      `/features/${IDS.featureA}.md?as_of=2026-11-15`,
      `/features/${IDS.featureA}?as_of=2026-11-15`,
    ];
    const said = async (who: Who) =>
      Promise.all(addresses.map(async (address) => (await saidBy(await ask(who, address))).replaceAll(address, "")));
    const leaks = (await said("viewer of A")).map((words) => words.toLowerCase().includes(CANARY));
    expect(Object.fromEntries(addresses.map((address, index) => [address, leaks[index]]))).toEqual(
      Object.fromEntries(addresses.map((address) => [address, false])),
    );
    expect((await said("admin")).filter((words) => words.toLowerCase().includes(CANARY)).length).toBeGreaterThan(6);
    const json = async (who: Who, address: string) => (await (await ask(who, address)).json()) as never;
    const summary: { items: { feature: { id: string }; kind: string }[] } = await json(
      "viewer of A",
      addresses[4] ?? "",
    );
    expect(summary.items.map(({ feature, kind }) => [feature.id, kind])).toContainEqual([
      IDS.featureA,
      "moved_forward",
    ]);
    expect(summary.items.filter(({ feature }) => feature.id === IDS.featureB)).toEqual([]);
    const status: { products: { features: { design: number } }[] } = await json("viewer of A", addresses[3] ?? "");
    expect(status.products.map(({ features }) => features.design)).toEqual([1]);
    expect((await ask("viewer of A", `/v1/features/${IDS.featureB}?as_of=2026-11-15`)).status).toBe(404);
  });

  it("lets only who operates all of a connection replay or discard what was set aside of it, and says so", async () => {
    const { tokens, app, acts } = await deadLetters();
    const act = async (who: Who, connection: string, does: string) => {
      const token = who === "nobody" ? "" : tokens[who];
      const address = `/v1/connections/${connection}/dead-letters/2026-11-01.qua_${connection}/${does}`;
      return (await app.request(address, { method: "POST", headers: { Authorization: `Bearer ${token}` } })).status;
    };
    for (const does of ["replay", "discard"]) {
      expect(
        await Promise.all(["viewer of A", "pm", "po of A"].map((who) => act(who as Who, "alpha-code", does))),
      ).toEqual([403, 403, 403]);
      // Of a connection that feeds B too, nobody of A sees what was set aside.
      expect(await act("engineer of A", "jira", does)).toBe(404);
      expect(await act("engineer of A", "canb-code", does)).toBe(404);
    }
    expect(await act("engineer of A", "alpha-code", "replay")).toBe(202);
    expect(await act("engineer", "jira", "discard")).toBe(200);
    expect(await act("engineer", "jira", "discard")).toBe(404);
    expect(await act("engineer", "jira", "replay")).toBe(404);
    expect(await acts()).toEqual([
      ["dead_letter.discard", "2026-11-01.qua_jira", { connection: "jira" }],
      ["dead_letter.replay", "2026-11-01.qua_alpha-code", { connection: "alpha-code" }],
    ]);
  });

  /** A hub of its own, since things are done there. */
  const deadLetters = async () => {
    const { app, tokens, deps } = await twoProducts({ ask: async () => {} });
    const done = async () =>
      (await acts(deps.table, undefined, 50)).items
        .filter(({ act }) => act.startsWith("dead_letter"))
        .map(({ act, subject, detail }) => [act, subject, detail])
        .sort();
    return { app, tokens, acts: done };
  };

  it("finds nothing of others, by key neither, however much of theirs is called so", async () => {
    for (const q of ["CANB-1", "canb", "canb-campaign", "autumn canb"]) {
      const groups = async (who: Who) =>
        ((await (await ask(who, `/v1/search?q=${encodeURIComponent(q)}`)).json()) as { groups: object[] }).groups;
      expect([q, await groups("viewer of A")]).toEqual([q, []]);
      expect([q, (await groups("viewer of B")).length > 0]).toEqual([q, true]);
    }
    const { views } = hub.deps;
    expect((await views.search("feature", 1)).map(({ productIds }) => productIds)).toHaveLength(1);
    expect((await views.search("feature", 1, [A])).map(({ id }) => id)).toEqual([IDS.featureA]);
  });

  it("T17 binds cursors to who they were made for", async () => {
    const cursorOf = async (who: Who) =>
      ((await (await ask(who, "/v1/features?limit=1")).json()) as { next_cursor: string | null }).next_cursor;
    const cursor = await cursorOf("pm");
    expect(cursor).not.toBeNull();
    expect((await ask("pm", `/v1/features?limit=1&cursor=${cursor}`)).status).toBe(200);
    for (const other of ["admin", "viewer of B", "viewer of A"] as const) {
      const response = await ask(other, `/v1/features?limit=1&cursor=${cursor}`);
      expect([other, response.status]).toEqual([other, 400]);
    }
  });

  const CONNECTION_TABS = ["runs", "dead-letters", "mapping", "webhooks", "access", "settings"];
  const fill = (path: string, letter: "A" | "B", tab = "runs") =>
    path
      .replace("/initiatives/:id", `/initiatives/${letter === "A" ? IDS.initiativeA : IDS.initiativeB}`)
      .replace("/releases/:id", `/releases/${idOfKind("release", letter === "A" ? "a" : "b")}`)
      .replace("{[^/]+\\.md}", ".md")
      .replace("/board/more", "/board/more?column=testing")
      .replace(":tab", tab)
      .replace(":tag", "features")
      .replace(":slug", letter === "A" ? "alpha" : "canb")
      .replace(":product", letter === "A" ? "alpha" : "canb")
      .replace(":key", letter === "A" ? "ALPHA-1" : "CANB-1")
      .replace(":name", letter === "A" ? "alpha-code" : "canb-code")
      .replace(":code", "not_found")
      .replace(":type", "feature.stage.changed")
      .replace("webhooks/:id", `webhooks/${letter === "A" ? IDS.endpointA : IDS.endpointB}`)
      .replace(":delivery", letter === "A" ? IDS.deliveryA : IDS.deliveryB)
      .replace(":id", "none");

  it.each(WHO)("shows %s the pages of their scope and products alone", async (who) => {
    const wrong: string[] = [];
    for (const [path, scope] of PAGES) {
      if (path.startsWith("/login/oidc")) continue;
      const tabs = path.endsWith(":tab") ? CONNECTION_TABS : [""];
      const letters = path.includes(":") ? (["A", "B"] as const) : (["A"] as const);
      for (const [letter, tab] of letters.flatMap((one) => tabs.map((part) => [one, part] as const))) {
        const address = fill(path, letter, tab);
        const response = await ask(who, address);
        const { role, sees, refused } = GRANTS[who];
        const isHidden =
          path.startsWith("/reports/") ||
          (path.includes(":") &&
            !path.startsWith("/docs/") &&
            sees !== "all" &&
            sees !== letter &&
            !(letter === "A" && (path.startsWith("/features/:key") || path === "/releases/:id")));
        const allowed = scope === "open" || may(who, scope);
        const expected =
          who === "nobody" ? (scope === "open" ? 200 : 303) : refused ? 401 : !allowed ? 403 : isHidden ? 404 : 200;
        if (response.status !== expected) wrong.push(`${address}: ${response.status}, not ${expected} (${role})`);
        if (response.status === 303) expect(response.headers.get("location")).toMatch(/^\/login/);
        const said = (await saidBy(response))
          .toLowerCase()
          .replaceAll(address.toLowerCase(), "")
          .replaceAll("canb-1", "")
          .replaceAll("no product canb", "")
          .replaceAll("canb-code", "");
        if (sees === "A" && said.includes(CANARY))
          wrong.push(`${address} tells of B: ${said.slice(Math.max(0, said.indexOf(CANARY) - 200)).slice(0, 400)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("lists releases of one's own products alone", async () => {
    const listed = async (who: Who) => {
      const said = await saidBy(await ask(who, "/releases"));
      return (["a", "b"] as const).filter((one) => said.includes(`/releases/${idOfKind("release", one)}`));
    };
    expect(await listed("pm")).toEqual(["a", "b"]);
    expect(await listed("viewer of A")).toEqual(["a"]);
  });

  it("tells who sees a part of a connection nothing of its rest, on any of its tabs", async () => {
    const words: Readonly<Record<string, string>> = {
      runs: "canb is closed",
      "dead-letters": "canb cannot be read",
      mapping: "canb doing",
      access: "read canb",
      settings: "canbprojects",
    };
    const parts = { part: "engineer of A", whole: "engineer" } as const;
    for (const tab of CONNECTION_TABS)
      for (const [sees, who] of Object.entries(parts)) {
        const response = await ask(who, `/connections/jira/${tab}`);
        const said = (await saidBy(response)).toLowerCase();
        expect([who, tab, response.status, said.includes(CANARY)]).toEqual([who, tab, 200, sees === "whole"]);
        if (sees === "whole") expect(said).toContain(words[tab] ?? "");
      }
  });

  it("declares a scope for every page and form, and mounts none beside them", () => {
    const known = new Set<string>([...SCOPES, "open"]);
    expect([...PAGES, ...FORMS].filter(([, scope]) => !known.has(scope))).toEqual([]);
    const declared = new Set<string>([
      ...ROUTES.map(({ path }) => path.replace(/\{(\w+)\}/g, ":$1")),
      // The same rows in another form: asked below, as each operation is.
      ...ROUTES.filter(({ path, method }) => method === "GET" && !path.endsWith("}")).flatMap(({ path }) =>
        FORMATS.map((suffix) => `${path.replace(/\{(\w+)\}/g, ":$1")}${suffix}`),
      ),
      ...[...PAGES, ...FORMS].map(([path]) => path),
    ]);
    // What tells nothing of a hub, or of one page to who has its link.
    const open =
      /^\/(?:\*|assets\/.*|openapi\.json|healthz|\.well-known\/api-catalog|v1\/schemas\/.*|share\/:token|:page\{.*|:list\{.*)$/;
    const mounted = [...new Set(hub.app.routes.map(({ path }) => path))];
    // Numbers of the whole hub: a test below sees who gets them.
    declared.add("/metrics");
    // Files: each asks for its scope itself, as the tests below see.
    const files = /^(?:\/v1)?\/(?:reports\/:id\/(?:runs\/:file\{.*|preview\/mail\.html)|features\/:id\/badge\.svg)$/;
    expect(mounted.filter((path) => !declared.has(path) && !open.test(path) && !files.test(path))).toEqual([]);
  });

  it.each([
    "/v1/reports/none/runs/2026-11-22.csv",
    "/reports/none/runs/2026-11-22.html",
    "/reports/none/preview/mail.html",
  ])("gives no file of a report to who may read none: %s", async (address) => {
    for (const who of ["nobody", "no role that is known", "expired key"] as const)
      expect([who, [303, 401, 403].includes((await ask(who, address)).status)]).toEqual([who, true]);
    expect((await ask("viewer of A", address)).status).toBe(404);
  });

  it.each(WHO)(
    "gives the numbers of the whole hub to %s only for all products and the scope of connections",
    async (who) => {
      const { sees, refused } = GRANTS[who];
      const allowed = may(who, "connections:read") && sees === "all";
      const response = await ask(who, "/metrics");
      expect(response.status).toBe(refused ? 401 : allowed ? 200 : 403);
      expect((await saidBy(response)).includes(CANARY)).toBe(allowed);
      expect((await ask(who, "/metrics", "POST")).status).toBe(refused && who !== "nobody" ? 401 : 405);
    },
  );

  it.each(WHO)("takes forms of %s for their scope alone", async (who) => {
    for (const [path, scope] of FORMS) {
      if (scope === "open") continue;
      const response = await ask(who, fill(path, "A"), "POST");
      const { refused } = GRANTS[who];
      expect([path, response.status]).toEqual([path, refused ? 401 : may(who, scope) ? 415 : 403]);
    }
  });
});
