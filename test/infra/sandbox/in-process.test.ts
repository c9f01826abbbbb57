import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../../infra/sandbox/index.ts";

const start = Date.UTC(2026, 10, 22, 9, 0, 0, 250);
let now: number;
let sandbox: Sandbox;
beforeEach(async () => {
  now = start;
  sandbox = await startSandbox({ size: 20, clock: () => now });
});
afterEach(() => sandbox.stop());

const search = async (jql: string) => {
  const { email, apiToken } = sandbox.credentials.jira;
  const response = await fetch(`${sandbox.urls.jira}/rest/api/3/search/jql`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${email}:${apiToken}`).toString("base64")}` },
    body: JSON.stringify({ jql, fields: ["updated"], maxResults: 100 }),
  });
  return (await response.json()) as { issues: { key: string; fields: { updated: string } }[] };
};
const keyIn = (tracker: string, place = 0): string =>
  sandbox.truth().filter((item) => item.tracker === tracker)[place]?.key ?? "";
const updatedOf = (key: string): number => {
  const found = sandbox.truth().find((item) => item.key === key);
  return Date.parse(found?.updated.replace("+0000", "Z") ?? "");
};

describe("a small company", () => {
  it("has the work items it was asked for, planning records on top, and every kind of feature", () => {
    const items = sandbox.truth();
    const work = items.filter(({ type }) => !["epic", "idea", "initiative"].includes(type));
    expect(work).toHaveLength(20);
    expect(items.length).toBeLessThan(35);
    expect(new Set(items.map(({ tracker }) => tracker))).toEqual(new Set(["jira", "linear", "github"]));
    expect(sandbox.company.products.map(({ features }) => features.length)).toEqual([8, 8, 8]);
  });

  it("refuses to be smaller than that", async () => {
    await expect(startSandbox({ size: 19 })).rejects.toThrow("from 20 to 1,000,000");
  });
});

describe("a clock of the test's own", () => {
  it("gives changes of different records the same time, at the precision of each tool", async () => {
    const keys = [keyIn("jira", 15), keyIn("jira", 16), keyIn("linear"), keyIn("linear", 1), keyIn("github")];
    for (const key of keys) await sandbox.control({ do: "rename", key, title: "Another name" });
    const second = Math.floor(start / 1000) * 1000;
    expect(keys.map(updatedOf)).toEqual([start, start, start, start, second]);
  });

  it("lets two changes of one record share a time, and never takes one back", async () => {
    const key = keyIn("jira", 15);
    await sandbox.control({ do: "rename", key, title: "One" });
    await sandbox.control({ do: "rename", key, title: "Two" });
    expect(updatedOf(key)).toBe(start);
    now = start - 60_000;
    await sandbox.control({ do: "rename", key, title: "Three" });
    expect(updatedOf(key)).toBe(start);
    await sandbox.control({ do: "rename", key: keyIn("jira", 16), title: "Earlier" });
    expect(updatedOf(keyIn("jira", 16))).toBe(now);
    const { issues } = await search("project = ACME ORDER BY updated DESC");
    expect(issues.slice(0, 2).map((issue) => issue.key)).toEqual([key, keyIn("jira", 16)]);
  });

  it("is what spans in queries count from", async () => {
    now = start + 10 * 86_400_000;
    await sandbox.control({ do: "rename", key: keyIn("jira", 15), title: "Today" });
    const { issues } = await search("project = ACME AND updated >= -1d");
    expect(issues.map((issue) => issue.key)).toEqual([keyIn("jira", 15)]);
  });

  it("keeps the numbers of issues and pull requests that are opened at one time apart", async () => {
    const opened: unknown[] = [];
    for (const title of ["One", "Two"]) {
      const issue = await sandbox.control({ do: "create", tracker: "github", title });
      const pull = await sandbox.control({ do: "open_pull_request", repo: "devkit", title });
      opened.push(issue.changed?.[0]?.["key"], pull.changed?.[0]?.["key"]);
    }
    const numbers = opened.map((key) => Number(String(key).split("#")[1]));
    expect(numbers).toEqual([0, 1, 2, 3].map((step) => (numbers[0] ?? 0) + step));
  });
});

describe("control in process", () => {
  it("answers what the interface answers, and throws what it refuses", async () => {
    const { changed } = await sandbox.control({ do: "close", key: keyIn("linear") });
    expect(changed).toMatchObject([{ key: keyIn("linear"), stage: "done" }]);
    await expect(sandbox.control({ do: "close", key: "ACME-9999" })).rejects.toThrow("no work item");
  });

  it("forgets every change at a reset", async () => {
    const before = sandbox.truth();
    const everything = await search("project in (ACME, IDEA) ORDER BY updated");
    await sandbox.control({ do: "create", tracker: "jira", title: "New" });
    await sandbox.control({ do: "delete", key: keyIn("jira", 15) });
    await sandbox.control({ do: "feature", product: "Insights", feature: 2, title: "Renamed" });
    await sandbox.control({ do: "open_pull_request", repo: "devkit" });
    await sandbox.control({ do: "release", repo: "storefront" });
    await sandbox.control({ do: "limit", budget: "jira", to: 0 });
    expect(sandbox.truth()).not.toEqual(before);
    sandbox.reset();
    expect(sandbox.truth()).toEqual(before);
    expect(await search("project in (ACME, IDEA) ORDER BY updated")).toEqual(everything);
    const number = (await sandbox.control({ do: "open_pull_request", repo: "devkit" })).changed?.[0]?.["key"];
    sandbox.reset();
    expect((await sandbox.control({ do: "open_pull_request", repo: "devkit" })).changed?.[0]?.["key"]).toBe(number);
  });
});
