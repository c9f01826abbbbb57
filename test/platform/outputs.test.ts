import { describe, expect, it } from "vitest";
import type { HubError } from "../../shared/connector/errors.ts";
import { configInvalid, parseHubConfig } from "../../shared/platform/config.ts";
import { connectionProblems } from "../../shared/platform/connections.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { outputSecrets } from "../../shared/platform/output-problems.ts";

const slack = { connector: "slack", channel: "C1", token: { secret: "SLACK" } };
const mixpanel = {
  connector: "mixpanel",
  projectId: "1",
  token: { secret: "TOKEN" },
  username: "hub",
  secret: { secret: "SECRET" },
};

const refusal = (output: object): string => {
  const text = `export default defineHub({\n  connections: {},\n  outputs: { out: ${JSON.stringify(output)} },\n});\n`;
  try {
    parseHubConfig({ connections: {}, outputs: { out: output } }, "throughline.config.ts", text);
    return "accepted";
  } catch (error) {
    return (error as HubError).message;
  }
};

describe("the outputs of a config", () => {
  it.each([
    [slack, "accepted"],
    [{ connector: "slack", webhookUrl: { secret: "HOOK" } }, "accepted"],
    [{ connector: "teams", webhookUrl: { secret: "HOOK" }, stages: ["production"] }, "accepted"],
    [{ ...mixpanel, region: "eu", events: ["release.deployed"] }, "accepted"],
    [{ ...slack, chanel: "C2" }, 'outputs.out.chanel: unknown key. Did you mean "channel"?'],
    [{ ...slack, events: ["feature.stage.changd"] }, 'Did you mean "feature.stage.changed"?'],
    [{ ...slack, events: ["record.upserted"] }, '"record.upserted" is none of'],
    [{ ...slack, stages: ["launch"] }, '"launch" is none of vision, strategy'],
    [{ connector: "slack", channel: "C1" }, "give channel and token, or webhookUrl alone"],
    [{ ...slack, webhookUrl: { secret: "HOOK" } }, "give channel and token, or webhookUrl alone"],
    [{ connector: "slak" }, "connector is none of mixpanel, slack, teams"],
    [{ ...mixpanel, baseUrl: "http://127.0.0.1:1" }, "outputs.out.baseUrl: must start with https://"],
  ])("%j: %s", (output, words) => {
    expect(refusal(output)).toContain(words);
  });

  it("name secrets and never hold them; what is refused is not repeated", () => {
    const told = refusal({ ...slack, token: "xoxb-123-very-secret" });
    expect(told).toContain("outputs.out.token");
    expect(told).not.toContain("very-secret");
  });

  it("are checked for products, secrets and safe addresses before anything is sent", async () => {
    const config = {
      products: { web: { name: "Web", sources: [] } },
      connections: {},
      outputs: {
        launches: { ...slack, products: ["wbe"], baseUrl: "http://slack.example" },
        team: { connector: "teams", webhookUrl: { secret: "TEAMS" } },
      },
    } as unknown as HubConfig;
    const get = async (name: string) => (name === "TEAMS" ? "http://teams.example/?sig=1" : undefined);
    const found = configInvalid(await connectionProblems(config, { get }), "c.ts", "").message;
    expect(found.split("\n").map((line) => line.replace(/^\S+ +/, ""))).toEqual([
      'outputs.launches.products: no product "wbe". Did you mean "web"?',
      "outputs.launches.token: SLACK is not set: put it into .env or the environment",
      "outputs.launches.baseUrl: must start with https://, or http:// for an address of this machine",
      "outputs.team.webhookUrl: TEAMS must hold an address that starts with https://",
    ]);
    expect(found).not.toContain("sig=1");
    expect(outputSecrets(config)).toEqual(["SLACK", "TEAMS"]);
  });
});
