import { expect, it } from "vitest";
import { changeLine } from "../../infra/cli/changes.ts";
import { featureLine } from "../../infra/cli/show.ts";
import { demoWords } from "../../infra/cli/start.ts";
import { dayText } from "../../shared/web/dashboard/time.tsx";
import { sampleFeature } from "../web/sample-hub.ts";

const keyless = { ...sampleFeature(1, "testing"), key: undefined };

it("a feature without a key is listed by the id that every other command takes", () => {
  expect(featureLine(keyless).startsWith(`${keyless.id} `)).toBe(true);
  expect(featureLine({ ...keyless, key: "ACME-1" }).startsWith("ACME-1 ")).toBe(true);
  const line = changeLine({ kind: "added", feature: keyless, from: null, to: "testing", why: [] } as never);
  expect(line).toContain(` ${keyless.id} `);
});

it("a day in September has three letters on pages, as in reasons and reports", () => {
  expect(dayText("2026-09-21T10:00:00.000Z")).toBe("21 Sep 2026");
});

it("the demo is told with what the made-up company has, and promises no number of features", () => {
  expect(demoWords(1200, 3, 26)).toBe(
    "demo workspace is loaded: 3 products, 1,200 work items and 26 weeks of a made-up company.",
  );
});
