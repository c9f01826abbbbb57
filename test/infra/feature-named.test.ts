import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { changes } from "../../infra/cli/changes.ts";
import { featureNamed, noWorkItem } from "../../infra/cli/feature-named.ts";
import { openBeside } from "../../infra/cli/open-store.ts";
import { keepAddress } from "../../infra/local/hub-address.ts";
import { draft, openSaid, word } from "../pipeline/said-hub.ts";

const named = (id: string, title: string) =>
  draft("feature", id, { fields: { title, declaredStatus: word("active") } as never });

describe("a feature on the command line", () => {
  it("is found by key, by its whole name in any case, and by a beginning that no other name has", async () => {
    using hub = openSaid();
    for (const [id, title] of [
      ["F-1", "Saved segments"],
      ["F-2", "Saved segments for teams"],
      ["F-3", "Gift cards"],
    ] as const)
      await hub.put(named(id, title));
    await hub.settle();
    const found = async (asked: string) => (await featureNamed(hub.views, asked)).key;
    expect(await found("F-1")).toBe("F-1");
    expect(await found("saved SEGMENTS")).toBe("F-1");
    expect(await found("gift c")).toBe("F-3");
    expect(await found("saved teams")).toBe("F-2");
    await expect(found("saved seg")).rejects.toMatchObject({
      code: "feature_unknown",
      message: expect.stringMatching(
        /^"saved seg" may be any of 2 features:\n {2}F-\d +Saved segments.*\n {2}F-\d +Saved segments/,
      ),
    });
    await expect(found("Nothing")).rejects.toMatchObject({ message: 'no feature is called "Nothing"' });
    await expect(noWorkItem(hub.views, "F-3")).rejects.toThrow(
      '"F-3" is a feature, not a work item: throughline explain F-3',
    );
    await expect(noWorkItem(hub.views, "NOPE-1")).rejects.toThrow('no work item is called "NOPE-1"');
  });
});

describe("a command over the data of a hub", () => {
  const terminal = (root: string, out: (text: string) => void = () => {}) => ({
    root,
    environment: { THROUGHLINE_DATA: root, PORT: "4999" },
    input: (async function* () {})(),
    out,
    note: () => {},
  });

  it("links to where the hub runs, else to the port it would run at, and knows no day before the first board", async () => {
    const folder = mkdtempSync(join(tmpdir(), "address-"));
    const urlOf = async () => {
      const store = await openBeside(terminal(folder), folder, { connections: {} });
      store.close();
      return store.hub.url;
    };
    try {
      expect(await urlOf()).toBe("http://localhost:4999");
      const ended = keepAddress(folder, "http://localhost:4117");
      expect(await urlOf()).toBe("http://localhost:4117");
      ended();
      expect(await urlOf()).toBe("http://localhost:4999");
      writeFileSync(join(folder, "throughline.config.ts"), "export default { connections: {} };\n");
      const store = await openBeside(terminal(folder), join(folder, "hub"), { connections: {} });
      store.close();
      const call = { words: [], values: { since: "2026-01-05" }, json: false, terminal: terminal(folder) };
      await expect(changes.run(call)).rejects.toMatchObject({ code: "as_of_unavailable" });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
