import { describe, expect, it } from "vitest";
import { connectors } from "../../connectors/index.ts";
import { systemClock } from "../../shared/adapters/clock.ts";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { environmentSecrets } from "../../shared/adapters/sqlite/secrets.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import type { HubError } from "../../shared/connector/errors.ts";
import { nearestWord } from "../../shared/domain/nearest-word.ts";
import { configInvalid, parseHubConfig } from "../../shared/platform/config.ts";
import { connectionProblems, openConnection } from "../../shared/platform/connections.ts";
import { defineHub, github, type HubConfig, jira, linear, secret } from "../../shared/platform/define-hub.ts";
import { locate } from "../../shared/platform/locate.ts";
import { stillClock } from "../connector/vendor-server.ts";

const KNOWN = Object.keys(connectors).join(", ");
const FILE = "throughline.config.ts";
const secrets = environmentSecrets({ TOKEN: "abc" }, "/nowhere/.env", "/nowhere");

/** The message of the hub's own part. */
const refusal = (value: unknown, text: string): string => {
  try {
    parseHubConfig(value, FILE, text);
    return "accepted";
  } catch (error) {
    expect(error).toMatchObject({ code: "config_invalid", retry: "never" });
    return (error as HubError).message;
  }
};
/** All that is wrong with the connections, as a person reads it. */
const problems = async (config: unknown, text = ""): Promise<string[]> => {
  const found = await connectionProblems(config as HubConfig, secrets);
  return found.length === 0 ? [] : configInvalid(found, FILE, text).message.split("\n");
};

const SOURCE = `import { defineHub, jira, secret } from "throughline";

// a comment with a key: connections
export default defineHub({
  prodcts: { web: { name: "Web", sources: ["jira"] } },
  connections: {
    "jira": jira({ site: "acme", email: "a@acme.example", apiToken: secret("TOKEN"), projcts: ["ACME"] }),
    linear: { connector: "linaer", config: {} },
  },
  statuses: { jira: { "In Review": "in_reveiw" } },
});
`;

describe("a config with mistakes", () => {
  it("is refused with every one of them, its place and what was probably meant", () => {
    const value = {
      prodcts: { web: { name: "Web", sources: ["jira"] } },
      connections: { jira: { connector: "jira", config: {} }, linear: { connector: "linaer", config: {} } },
      statuses: { jira: { "In Review": "in_reveiw" } },
    };
    expect(refusal(value, SOURCE).split("\n").sort()).toEqual([
      'throughline.config.ts:10:23  statuses.jira.In Review: "in_reveiw" is none of triage, backlog, todo, in_progress, in_review, done, cancelled, vision, strategy, design, development, testing, production, marketing, support. Did you mean "in_review"?',
      'throughline.config.ts:5:3  prodcts: unknown key. Did you mean "products"?',
    ]);
  });

  it("names zones, schedules and sources at their own line and column, with what was probably meant", async () => {
    const text = `export default defineHub({
  timezone: "Europe/Berln",
  products: {
    web: { name: "Web", sources: ["lin:WEB", "githb:a/b"] },
  },
  connections: { lin: linear({ apiKey: secret("TOKEN") }), github: github({ repos: ["a/b"] }) },
  reports: {
    weekly: { kind: "product", schedule: "0 25 * * 1", timezone: "tokyo", to: ["archive"], products: ["wbe"] },
  },
});
`;
    const value = (timezone: string | undefined, schedule: string, zone: string) => ({
      ...(timezone && { timezone }),
      products: { web: { name: "Web", sources: ["lin:WEB", "githb:a/b"] } },
      connections: { lin: linear({ apiKey: secret("TOKEN") }), github: github({ repos: ["a/b"] }) },
      reports: { weekly: { kind: "product", schedule, timezone: zone, to: ["archive"], products: ["wbe"] } },
    });
    const told = refusal(value("Europe/Berln", "0 25 * * 1", "tokyo"), text).split("\n");
    expect(told.map((line) => line.replace(/\. Minute.*/, ""))).toEqual([
      'throughline.config.ts:8:32  reports.weekly.schedule: "0 25 * * 1" is no schedule: hour "25" is none of 0 to 23',
      'throughline.config.ts:8:56  reports.weekly.timezone: no zone "tokyo". Did you mean "Asia/Tokyo"?',
      'throughline.config.ts:2:3  timezone: no zone "Europe/Berln". Did you mean "Europe/Berlin"?',
    ]);
    expect(refusal(value("Nowhere at all", "0 9 * * mon", "UTC"), text)).toMatch(
      /weekday "mon" is none of .* 1-5\. Minute.*\n.*no zone "Nowhere at all": use an IANA name such as Europe\/Berlin/,
    );
    expect(await problems(value(undefined, "0 9 * * 1", "UTC"), text)).toEqual([
      'throughline.config.ts:4:46  products.web.sources.1: no connection "githb". Did you mean "github"?',
      'throughline.config.ts:8:103  reports.weekly.products.0: no product "wbe". Did you mean "web"?',
    ]);
  });

  it("is told what is missing, in words", () => {
    expect(refusal({ connections: {}, products: { web: { name: "Web" } } }, "")).toBe(
      "throughline.config.ts:1:1  products.web.sources: is missing",
    );
  });

  it("is refused with the mistakes of its connections likewise", async () => {
    const config = {
      connections: {
        jira: jira({ site: "acme", email: "a@acme.example", apiToken: secret("TOKEN"), projcts: ["ACME"] }),
        linear: { connector: "linaer", config: {} },
      },
    };
    expect(await problems(config, SOURCE)).toEqual([
      'throughline.config.ts:7:86  connections.jira.projcts: unknown key. Did you mean "projects"?',
      'throughline.config.ts:8:15  connections.linear.connector: no connector "linaer". Did you mean "linear"?',
    ]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a missing secret",
      { connections: { lin: linear({ apiKey: secret("LINEAR_KEY") }) } },
      "connections.lin.apiKey: LINEAR_KEY is not set: put it into .env or the environment",
    ],
    [
      "plain http to elsewhere",
      { connections: { lin: linear({ apiKey: secret("TOKEN"), baseUrl: "http://linear.example" }) } },
      "connections.lin.baseUrl: must start with https://, or http:// for an address of this machine",
    ],
    [
      "an address that carries a password",
      { connections: { lin: linear({ apiKey: secret("TOKEN"), baseUrl: "https://a:b@linear.example" }) } },
      "connections.lin.baseUrl: must start with https://, or http:// for an address of this machine",
    ],
    [
      "another protocol",
      { connections: { lin: linear({ apiKey: secret("TOKEN"), baseUrl: "ftp://127.0.0.1" }) } },
      "connections.lin.baseUrl: must start with https://, or http:// for an address of this machine",
    ],
    [
      "a host that only begins like this machine",
      { connections: { lin: linear({ apiKey: secret("TOKEN"), baseUrl: "http://127.0.0.1.nip.example" }) } },
      "connections.lin.baseUrl: must start with https://, or http:// for an address of this machine",
    ],
    [
      "a connector named as every object's property",
      { connections: { x: { connector: "constructor", config: {} } } },
      `connections.x.connector: no connector "constructor". Known: ${KNOWN}`,
    ],
    [
      "a status mapping of no connection",
      { connections: { gh: github({ repos: ["a/b"] }) }, statuses: { constructor: { x: "done" } } },
      'statuses.constructor: no connection "constructor". Known: gh',
    ],
    [
      "a product of no connection",
      { connections: { gh: github({ repos: ["a/b"] }) }, products: { web: { name: "Web", sources: ["trello:a/b"] } } },
      'products.web.sources.0: no connection "trello". Known: gh',
    ],
    [
      "a person of no connection",
      { connections: { gh: github({ repos: ["a/b"] }) }, people: { ana: { name: "Ana", accounts: ["gihub:ana"] } } },
      'people.ana.accounts: no connection "gihub". Known: gh',
    ],
    [
      "an account of two people",
      {
        connections: { gh: github({ repos: ["a/b"] }) },
        people: { ana: { name: "Ana", accounts: ["gh:ana"] }, bo: { name: "Bo", accounts: ["gh:Ana"] } },
      },
      'people.bo.accounts: "gh:Ana" is already an account of ana',
    ],
    [
      "an account that is and is not somebody's",
      {
        connections: { gh: github({ repos: ["a/b"] }) },
        people: { ana: { name: "Ana", accounts: ["gh:ana"], notAccounts: ["gh:ana"] } },
      },
      'people.ana.notAccounts: "gh:ana" is named as an account, too: it cannot be both',
    ],
    [
      "a value of the wrong kind",
      { connections: { gh: github({ repos: ["not a repository"] }) } },
      "connections.gh.repos.0: owner/name",
    ],
  ])("is refused with %s", async (_, config, message) => {
    expect(await problems(config)).toEqual([`${FILE}:1:1  ${message}`]);
  });

  it.each<[string, object, string]>([
    [
      "an account without its connection",
      { name: "Ana", accounts: ["ana"] },
      "people.ana.accounts.0: a connection and an account of it, e.g. github:ana-d",
    ],
    [
      "nobody's account",
      { name: "Ana", accounts: [] },
      "people.ana.accounts: Too small: expected array to have >=1 items",
    ],
    [
      "a key that nobody knows",
      { name: "Ana", accounts: ["gh:ana"], notAcounts: [] },
      'people.ana.notAcounts: unknown key. Did you mean "notAccounts"?',
    ],
  ])("is refused with a person of %s", (_, ana, message) => {
    expect(refusal({ connections: {}, people: { ana } }, "")).toBe(`${FILE}:1:1  ${message}`);
  });

  it.each(["http://127.0.0.1:4200", "http://localhost:4200", "http://[::1]:4200", "https://linear.example"])(
    "is not one that reads at %s",
    async (baseUrl) => {
      expect(await problems({ connections: { lin: linear({ apiKey: secret("TOKEN"), baseUrl }) } })).toEqual([]);
    },
  );

  it("shows no secret, whatever else is wrong", async () => {
    const config = {
      connections: { lin: linear({ apiKey: secret("TOKEN"), accessToken: secret("TOKEN"), pagesize: 3 }) },
    };
    const told = await problems(config);
    expect(told.length).toBeGreaterThan(0);
    expect(told.join()).not.toContain("abc");
  });

  it.each([undefined, null, 7, "x", []])("is refused when it is %j", (value) => {
    expect(refusal(value, "")).toMatch(/^throughline\.config\.ts:1:1 {2}the file: /);
  });

  it("leaves the prototype of all objects alone", () => {
    const value: unknown = JSON.parse(
      '{"connections":{"__proto__":{"connector":"jira","config":{}}},"__proto__":{"polluted":1}}',
    );
    expect(refusal(value, "")).not.toBe("accepted");
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe("a place in a config", () => {
  const at = (text: string, ...path: string[]) => {
    const { line, column } = locate(text, path);
    return `${line}:${column}`;
  };

  it("is found in JSON, where settings stand one level deeper than people call them", () => {
    const json = `{\n  "connections": {\n    "jira": {\n      "connector": "jira",\n      "config": { "site": "acme", "projcts": [] }\n    }\n  }\n}`;
    expect(at(json, "connections", "jira", "projcts")).toBe("5:35");
    expect(at(json, "connections", "jira", "connector")).toBe("4:7");
    expect(at(json, "connections", "jira", "nowhere")).toBe("3:5");
  });

  it("is not found in comments and texts, however long", () => {
    const long = "x ".repeat(400);
    const text = `// ${long} a: {\n/* ${long} a: { */\nconst b = \`${long} a: {\`;\nexport default { a: { 'b-c': "a: { b: 1" , d: 2 } }`;
    expect(at(text, "a")).toBe("4:18");
    expect(at(text, "a", "b-c")).toBe("4:23");
    expect(at(text, "a", "d")).toBe("4:44");
  });

  it("is the start of the file where nothing is known", () => {
    expect(at("", "a")).toBe("1:1");
    expect(at("}}}} ]", "a")).toBe("1:1");
  });

  it("is guessed among known words only when one is near", () => {
    expect(nearestWord("projcts", ["projects", "products"])).toBe("projects");
    expect(nearestWord("PROJECTS", ["projects"])).toBe("projects");
    expect(nearestWord("zebra", ["projects"])).toBeUndefined();
    expect(nearestWord("x", [])).toBeUndefined();
  });
});

describe("an open connection", () => {
  const open = (config: HubConfig, name: string) => {
    const settings = config.connections[name];
    if (settings === undefined) throw new Error(`no ${name}`);
    return openConnection(name, settings, {
      config,
      ports: { table: sqliteTable(openDatabase(":memory:")), secrets, clock: systemClock },
      around: stillClock("2026-03-02T10:00:00.000Z").around,
    });
  };
  const connections = { gh: github({ repos: ["a/b"], freshWithin: "15m" }), lin: linear({ apiKey: secret("TOKEN") }) };

  it("gives each record to the products whose sources name it or its scope, in any case", async () => {
    const products = {
      web: { name: "Web", sources: ["gh:Acme/Web", "lin"] },
      app: { name: "App", sources: ["gh:acme/app", "gh:acme/web"] },
    };
    const config = defineHub({ products, connections });
    const [gh, lin] = [await open(config, "gh"), await open(config, "lin")];
    expect(gh.productsOf(["acme/WEB"])).toEqual(["prd_web", "prd_app"]);
    expect(gh.productsOf(["acme/other"])).toEqual([]);
    expect(lin.productsOf(["ENG"])).toEqual(["prd_web"]);
    expect([gh.productIds, lin.productIds]).toEqual([["prd_web", "prd_app"], ["prd_web"]]);
  });

  it("gives everything to the one product of a config that names none", async () => {
    const gh = await open(defineHub({ connections }), "gh");
    expect([gh.productsOf([]), gh.productIds, gh.id]).toEqual([["prd_product"], ["prd_product"], "con_gh"]);
    expect([gh.freshWithinSeconds, gh.pollEverySeconds]).toEqual([900, 300]);
  });

  it("is not opened without its secret, with wrong settings, or at an unsafe address", async () => {
    const bad = {
      keyless: linear({ apiKey: secret("NOBODY_SET_IT") }),
      wrong: linear({ apiKey: secret("TOKEN"), teams: "ENG" }),
      unsafe: linear({ apiKey: secret("TOKEN"), baseUrl: "http://linear.example" }),
      unknown: { connector: "toString", config: {} },
    };
    const config = defineHub({ connections: bad });
    const codes = await Promise.all(
      Object.keys(bad).map((name) => open(config, name).catch((error: unknown) => (error as HubError).code)),
    );
    expect(codes).toEqual(["secret_missing", "config_invalid", "config_invalid", "config_invalid"]);
  });
});
