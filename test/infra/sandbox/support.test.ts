import { afterAll, describe, expect, it } from "vitest";
import { type SandboxOptions, startSandbox } from "../../../infra/sandbox/index.ts";
import { hasSpec, specText } from "./vendor-spec.ts";

const options: SandboxOptions = {
  size: 100,
  until: new Date("2026-11-22"),
  clock: () => Date.parse("2026-11-22T09:00:00Z"),
};
const sandbox = await startSandbox(options);
afterAll(() => sandbox.stop());

type Row = Readonly<Record<string, unknown>>;
const at = async (site: string, path: string, token: string, body?: object) => {
  const response = await fetch(`${sandbox.sites[site]?.baseUrl}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: token, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Row };
};
const ZENDESK = `Basic ${Buffer.from("eli.marsh@acme.example/token:sandbox-zendesk-token").toString("base64")}`;
const INTERCOM = "Bearer sandbox-intercom-token";
const SEARCH = {
  query: { operator: "AND", value: [{ field: "updated_at", operator: ">", value: 0 }] },
  sort: { field: "updated_at", order: "ascending" },
  pagination: { per_page: 150 },
};

/** Names of the properties of a schema in an OpenAPI document, read by its indentation alone. */
const propertiesOf = (document: string, schema: string): ReadonlySet<string> => {
  const [, block = ""] = document.split(new RegExp(`\\n {4}${schema}:\\n`));
  const own = block.split(/\n {4}\S/, 1)[0] ?? "";
  const properties = own.split(/\n {6}properties:\n|^ {6}properties:\n/m)[1]?.split(/\n {6}\S/, 1)[0] ?? "";
  return new Set([...properties.matchAll(/^ {8}(\w+):/gm)].map(([, name]) => name ?? ""));
};

const INTERCOM_SPEC = "intercom/api.intercom.io-2.16.yaml.gz";
const ZENDESK_SPEC = "zendesk/incremental-openapi-original.yml";

describe.skipIf(!hasSpec(INTERCOM_SPEC))("Intercom's own description", () => {
  it("has every field that the sandbox gives", async () => {
    const spec = specText(INTERCOM_SPEC);
    const { json: conversations } = await at("intercom", "/conversations/search", INTERCOM, SEARCH);
    const { json: tickets } = await at("intercom", "/tickets/search", INTERCOM, SEARCH);
    const { json: companies } = await at("intercom", "/companies/scroll", INTERCOM);
    const { json: admins } = await at("intercom", "/admins", INTERCOM);
    const { json: teams } = await at("intercom", "/teams", INTERCOM);
    const [conversation] = conversations["conversations"] as Row[];
    const samples: readonly (readonly [string, unknown])[] = [
      ["conversation", conversation],
      ["conversation_statistics", conversation?.["statistics"]],
      ["conversation_source", conversation?.["source"]],
      ["ticket", (tickets["tickets"] as Row[])[0]],
      ["company", (companies["data"] as Row[])[0]],
      ["admin", (admins["admins"] as Row[])[0]],
      ["team", (teams["teams"] as Row[])[0]],
    ];
    for (const [schema, sample] of samples) {
      const known = propertiesOf(spec, schema);
      expect(known.size).toBeGreaterThan(3);
      expect({ schema, unknown: Object.keys(sample as Row).filter((name) => !known.has(name)) }).toEqual({
        schema,
        unknown: [],
      });
    }
    for (const path of [
      "/conversations/search",
      "/conversations/deleted",
      "/tickets/search",
      "/companies/scroll",
      "/me",
    ])
      expect(spec).toMatch(new RegExp(`^ {2}["']?${path}["']?:`, "m"));
  });
});

describe.skipIf(!hasSpec(ZENDESK_SPEC))("Zendesk's own description", () => {
  it("has the export and every field of its answer that the sandbox gives", async () => {
    const spec = specText(ZENDESK_SPEC);
    const { json } = await at("zendesk", "/api/v2/incremental/tickets/cursor.json?start_time=0", ZENDESK);
    const known = propertiesOf(spec, "CursorBasedExportIncrementalTicketsResponse");
    expect(known.size).toBeGreaterThan(3);
    expect(Object.keys(json).filter((name) => !known.has(name))).toEqual([]);
    expect(spec).toMatch(/^ {2}\/api\/v2\/incremental\/tickets\/cursor:/m);
    expect(spec).toMatch(/^ {2}\/api\/v2\/incremental\/organizations:/m);
  });
});

describe("the support tools of the sandbox", () => {
  it("refuse in their vendors' words what those refuse", async () => {
    expect(await at("zendesk", "/api/v2/groups.json", "Basic no")).toEqual({
      status: 401,
      json: { error: "Couldn't authenticate you" },
    });
    const young = Math.floor(Date.parse("2026-11-22T09:00:00Z") / 1000) - 10;
    expect((await at("zendesk", `/api/v2/incremental/tickets/cursor.json?start_time=${young}`, ZENDESK)).status).toBe(
      422,
    );
    expect((await at("intercom", "/teams", "Bearer no")).status).toBe(401);
    const large = { ...SEARCH, pagination: { per_page: 151 } };
    expect((await at("intercom", "/conversations/search", INTERCOM, large)).status).toBe(400);
    expect((await at("intercom", "/conversations/none", INTERCOM)).status).toBe(404);
  });

  it("let ten exports through in a minute", async () => {
    sandbox.reset();
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1)
      statuses.push((await at("zendesk", "/api/v2/incremental/organizations.json?start_time=0", ZENDESK)).status);
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429]);
  });

  it("tell the same company each time, and refuse what nobody wrote", async () => {
    const again = await startSandbox(options);
    const path = "/api/v2/tickets/show_many.json?ids=1001,1002,1003&include=metric_sets";
    const here = (await at("zendesk", path, ZENDESK)).json;
    const there = await fetch(`${again.urls.control.replace("/control", "/zendesk")}${path}`, {
      headers: { authorization: ZENDESK },
    });
    expect(await there.json()).toEqual(here);
    await again.stop();
    await expect(sandbox.control({ do: "zendesk.solve", ticket: 7 })).rejects.toThrow("There is no ticket 7.");
    await expect(sandbox.control({ do: "intercom.close", conversation: "x" })).rejects.toThrow("no conversation");
    await expect(sandbox.control({ do: "solve_request", key: "SUP-9999" })).rejects.toThrow("no request");
  });
});
