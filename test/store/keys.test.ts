import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aliasKey, deliveryKey, historyKey, streamKey } from "../../shared/store/keys.ts";

describe("T16 keys of free texts", () => {
  const text = fc.string({ unit: "binary", maxLength: 900 });

  it("are made of any text, however long or broken", () => {
    for (const odd of ["\ud800", `${"a".repeat(399)}\u{1F600}`, "#", "%", "\u0000", "x".repeat(100_000)]) {
      expect(aliasKey(odd, "wrk_1").pk.length).toBeLessThan(420);
    }
    fc.assert(fc.property(text, (one) => Buffer.byteLength(deliveryKey("jira", one).sk) < 1024));
  });

  it("differ where the texts differ, also behind the first 400 letters", () => {
    const long = "x".repeat(500);
    expect(deliveryKey("jira", `${long}1`)).not.toEqual(deliveryKey("jira", `${long}2`));
    fc.assert(
      fc.property(text, text, (one, other) => {
        fc.pre(one.toWellFormed() !== other.toWellFormed());
        expect(streamKey("jira", "issues", one)).not.toEqual(streamKey("jira", "issues", other));
        expect(historyKey("wrk_1", "2026-03-01T00:00:00.000Z", one)).not.toEqual(
          historyKey("wrk_1", "2026-03-01T00:00:00.000Z", other),
        );
      }),
    );
  });
});
