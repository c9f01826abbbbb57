import { describe, expect, it } from "vitest";
import { parseHubConfig } from "../../shared/platform/config.ts";
import { confirmLine, declareLine, refuseLine } from "../../shared/store/people-config.ts";

const person = (name: string, label: string, slug?: string) => ({ name, accounts: [{ label }], ...(slug && { slug }) });

describe("lines of the config about people", () => {
  it.each(["Zoë Laurent", "佐藤", "", '"}, evil: {', "a\\", "constructor", "-_-", "\u202egnp.exe", "x".repeat(300)])(
    "are whole lines of a valid config for somebody called %j",
    (name) => {
      const [one, other] = [person(name || "Nobody", "jira:712020:5b10"), person("Other", 'github:o"]')];
      for (const line of [declareLine(one), confirmLine(one, other), refuseLine(one, other)]) {
        expect(line).not.toContain("\n");
        const people = JSON.parse(
          `{${line.replace(/,$/, "").replace(/(name|accounts|notAccounts): /g, '"$1": ')}}`,
        ) as object;
        const { people: read } = parseHubConfig({ connections: {}, people }, "throughline.config.ts", "");
        expect(Object.values(read ?? {})[0]).toMatchObject({ name: name || "Nobody" });
      }
    },
  );

  it("keep the name and slug that the config gives", () => {
    const [found, declared] = [person("ana-d", "github:ana-d"), person("Ana Diaz", "jira:5b10", "ana")];
    const line = '"ana": { name: "Ana Diaz", accounts: ["jira:5b10", "github:ana-d"] },';
    expect(confirmLine(found, declared)).toBe(line);
    expect(confirmLine(declared, found)).toBe(line);
    expect(refuseLine(found, declared)).toBe(
      '"ana-d": { name: "ana-d", accounts: ["github:ana-d"], notAccounts: ["jira:5b10"] },',
    );
  });
});
