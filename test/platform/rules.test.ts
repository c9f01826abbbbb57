import { describe, expect, it } from "vitest";
import { HubError } from "../../shared/connector/errors.ts";
import { RULE_SET } from "../../shared/lifecycle/rule-set.ts";
import { parseHubConfig } from "../../shared/platform/config.ts";
import { mappingPartOf, rulesOf, rulesPartOf } from "../../shared/platform/rules.ts";

const config = (more: object) =>
  parseHubConfig({ connections: { jira: { connector: "jira", config: {} } }, ...more }, "throughline.config.ts", "");
const product = (rules?: object) => ({ name: "Web", sources: ["jira"], ...(rules && { rules }) });
const rules = (more: object) => rulesOf(rulesPartOf(config(more)));
const refusal = (more: object): string => {
  try {
    config(more);
  } catch (error) {
    if (error instanceof HubError) return error.message;
  }
  return "";
};

describe("environments that the rules call production", () => {
  it("are the same as those that the config names so for the whole hub", () => {
    const told = config({
      rules: { lapseDays: 60, production: { environments: ["live-eu", "live-us"] } },
      environments: { "live-eu": "production", canary: "test" },
    });
    expect(told).toMatchObject({ environments: { "live-eu": "production", "live-us": "production", canary: "test" } });
    expect(told.rules).toEqual({ lapseDays: 60 });
    expect(rules({ rules: { production: { environments: ["live"] } } }).ofProducts(["prd_web"])).toEqual(RULE_SET);
  });

  it("are refused where the config calls one of them something else", () => {
    const more = { rules: { production: { environments: ["eu", "us"] } }, environments: { us: "staging" } };
    expect(refusal(more)).toContain(
      'rules.production.environments.1: "us" is production here and staging under environments: take it out of one of them',
    );
  });
});

describe("the rules of a config", () => {
  it("are the standard ones, under their version, where it says nothing", () => {
    expect(rules({}).ofProducts(["prd_web"])).toEqual(RULE_SET);
  });

  it("are the hub's, and a product's own before them, each under a version of its own", () => {
    const made = rules({
      rules: { visionNeeds: 5, lapseDays: 60, establishedAt: { design: 0.5 } },
      products: { web: product({ visionNeeds: 1, skips: ["marketing"] }), app: product() },
    });
    const [web, app] = [made.ofProducts(["prd_web"]), made.ofProducts(["prd_app"])];
    expect([web.visionNeeds, web.lapseDays, web.skips]).toEqual([1, 60, ["marketing"]]);
    expect([app.visionNeeds, app.lapseDays, app.skips]).toEqual([5, 60, []]);
    expect(app.establishedAt).toEqual({ ...RULE_SET.establishedAt, design: 0.5 });
    expect(app.version).toMatch(/^2026\.1\+[0-9a-f]{8}$/);
    expect(web.version).not.toBe(app.version);
  });

  it("change their version with every part that decides a stage, and with nothing else", () => {
    const versions = [
      {},
      { rules: { fullyExposedDays: 3 } },
      { rules: { signals: [{ stage: "design", id: "handoff", label: "ready-for-dev" }] } },
      { statuses: { jira: { "In QA": "testing" } } },
      { features: { "ACME-1": ["IDEA-1"] } },
      { products: { web: product({ lapseDays: 10 }) } },
    ].map((more) => rules(more).version);
    expect(new Set(versions).size).toBe(versions.length);
    expect(rules({ statuses: { jira: { Fertig: "done" } } }).version).toBe(versions[0]);
  });

  it("take a stage as the meaning of a status, which is no mapping of it", () => {
    const told = {
      statuses: { jira: { "In QA": "testing", Fertig: "done" } },
      products: { web: product({ lapseDays: 9 }) },
    };
    expect([...rules(told).stagesOf("con_jira")]).toEqual([["In QA", "testing"]]);
    expect([...rules(told).stagesOf("con_linear")]).toEqual([]);
    expect(mappingPartOf(config(told))).toEqual({
      statuses: { jira: { Fertig: "done" } },
      products: { web: product() },
    });
  });

  it.each([
    [{ rules: { visionNeed: 3 } }, 'rules.visionNeed: unknown key. Did you mean "visionNeeds"?'],
    [{ rules: { lapseDays: -1 } }, "rules.lapseDays: Too small"],
    [{ rules: { skips: ["marketting"] } }, 'Did you mean "marketing"?'],
    [
      { rules: { signals: [{ stage: "design", id: "x" }] } },
      "rules.signals.0: needs a label or a status, and not both",
    ],
    [{ products: { web: product({ nope: 1 }) } }, "products.web.rules.nope: unknown key"],
  ])("are refused with the place of what is wrong: %j", (more, words) => {
    expect(refusal(more)).toContain(words);
  });
});
