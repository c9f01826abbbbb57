import { beforeAll, describe, expect, it } from "vitest";
import { ROLES, type Role } from "../../shared/web/access/scope.ts";
import { mcpApp } from "../../shared/web/mcp/mcp-app.ts";
import { TOOLS } from "../../shared/web/mcp/tools.ts";
import { CANARY, IDS, type Identities, twoProducts } from "./two-products.ts";

/** What each tool is asked, also for what is B's alone. A new tool must say here how one would get at it. */
const ASKED: Readonly<Record<string, readonly object[]>> = {
  get_status: [{}, { as_of: "2026-11-15" }],
  list_products: [{}, { as_of: "2026-11-15" }],
  list_features: [{}, { q: "feature" }, { stage: ["testing"] }, { owner: "Ana Ruiz" }, { as_of: "2026-11-15" }],
  get_feature: [
    { feature: IDS.featureA },
    { feature: IDS.featureB },
    { feature: IDS.featureA, as_of: "2026-11-15" },
    { feature: IDS.featureB, as_of: "2026-11-15" },
  ],
  explain_feature: [
    { feature: IDS.featureA },
    { feature: "CANB-1" },
    { feature: IDS.featureA, as_of: "2026-11-15" },
    { feature: IDS.featureB, as_of: "2026-11-15" },
  ],
  list_changes: [{ since: "2026-11-01" }, { since: "2026-11-01", types: ["identity.merged", "link.created"] }],
  summarise_changes: [{ since: "2026-11-15" }, { since: "2026-11-15", until: "2026-11-21" }],
  search: [{ q: "feature" }, { q: "autumn" }, { q: "CANB-1" }, { q: "#1" }],
  get_report: [{}, { report: "weekly" }],
  list_connections: [{}],
};

const ROLE: Readonly<Partial<Record<keyof Identities, Role>>> = {
  "viewer of A": "viewer",
  "viewer of B": "viewer",
  "engineer of A": "engineer",
  admin: "admin",
};

describe("tools for assistants over two products", () => {
  let hub: Awaited<ReturnType<typeof twoProducts>>;
  let tools: ReturnType<typeof mcpApp>;
  let calls = 0;
  beforeAll(async () => {
    hub = await twoProducts();
    tools = mcpApp(hub.deps);
  });

  const call = async (who: keyof Identities | "nobody", name: string, given: object) => {
    const _meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {},
    };
    calls += 1;
    // Wrong keys are counted by where they come from.
    const from = { event: { requestContext: { http: { sourceIp: `10.0.0.${calls}` } } } };
    const init = {
      method: "POST",
      headers: {
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": name,
        ...(who !== "nobody" && { authorization: `Bearer ${hub.tokens[who]}` }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: given, _meta } }),
    };
    const response = await tools.request("/mcp", init, from);
    const said = await response.text();
    const cursors = [...said.matchAll(/"next_cursor":"([^"]+)"/g)].map(([, one = ""]) =>
      Buffer.from(one, "base64url").toString("latin1"),
    );
    return { status: response.status, said, heard: [said, ...cursors].join("\n").toLowerCase() };
  };
  const everyCall = TOOLS.flatMap((tool) => (ASKED[tool.name] ?? []).map((given) => [tool, given] as const));

  it("are each asked below", () => {
    expect(Object.keys(ASKED).sort()).toEqual(TOOLS.map(({ name }) => name).sort());
  });

  it.each(["nobody", "expired key", "revoked key"] as const)("tell %s nothing", async (who) => {
    for (const [{ name }, given] of everyCall)
      expect([name, (await call(who, name, given)).status]).toEqual([name, 401]);
  });

  it.each(Object.entries(ROLE) as [keyof Identities, Role][])(
    "tell %s what scope and products allow, and nothing of others",
    async (who, role) => {
      const wrong: string[] = [];
      for (const [{ name, scope }, given] of everyCall) {
        const { status, said, heard } = await call(who, name, given);
        const isRefused = said.includes("scope_missing");
        if (status !== 200 || isRefused === (ROLES[role] as readonly string[]).includes(scope))
          wrong.push(`${name} ${JSON.stringify(given)}: ${status} ${said.slice(0, 300)}`);
        const asked = JSON.stringify(given).toLowerCase();
        const others = asked.includes(CANARY) ? heard.replaceAll("canb-1", "") : heard;
        if (who.endsWith("of A") && others.includes(CANARY)) wrong.push(`${name} ${asked} tells of B: ${others}`);
      }
      expect(wrong).toEqual([]);
    },
  );

  it("answer for what lies outside as for what is not there, to the letter", async () => {
    for (const name of ["get_feature", "explain_feature"])
      for (const more of [{}, { as_of: "2026-11-15" }])
        expect((await call("viewer of A", name, { feature: IDS.featureB, ...more })).said).toBe(
          (await call("viewer of A", name, { feature: "ftr_00000000000000000000000000", ...more })).said,
        );
  });

  it("name B to who may see it, so that its absence elsewhere means something", async () => {
    const telling = new Set<string>();
    for (const [{ name }, given] of everyCall)
      if ((await call("admin", name, given)).heard.includes(CANARY)) telling.add(name);
    expect([...telling].sort()).toEqual(
      Object.keys(ASKED)
        .filter((name) => name !== "get_report")
        .sort(),
    );
  });
});
