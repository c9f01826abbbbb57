import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { likeness, nameWords, wordsInCommon } from "../../shared/domain/likeness.ts";

const alike = (a: string, b: string) => likeness(nameWords(a), nameWords(b));

describe("names that may mean the same", () => {
  it.each([
    ["One-page checkout", "one_page_checkout", 0.5],
    ["Gift cards", "Gift card launch", 0.5],
    ["Address autocomplete", "Autocomplete of the address", 0.5],
    ["Saved carts", "Saved carts by mail", 0.42],
    ["Wishlists", "New: wishlists!", 0.5],
  ])("are %s and %s", (a, b, sure) => {
    expect(alike(a, b)).toBe(sure);
  });

  it.each([
    ["Guest checkout", "One-page checkout"],
    ["Export as CSV", "Export invoices to the bank every month"],
    ["Checkout", "Search"],
    ["The new feature", "A new feature"],
    ["", ""],
  ])("are not %s and %s", (a, b) => {
    expect(alike(a, b)).toBe(0);
  });

  it.each([
    ["One-page checkout", "Checkout on one page", "page checkout"],
    ["Audio summaries", "audio-summaries", "Audio summaries"],
    ["Search", "Checkout", ""],
  ])("%s has of %s the words %j, as they are written", (a, b, words) => {
    expect(wordsInCommon(a, b)).toBe(words);
  });

  it("are never surer than 0.5, the same both ways, and of any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.string({ maxLength: 60 }), (a, b) => {
        expect(alike(a, b)).toBe(alike(b, a));
        expect(alike(a, b)).toBeLessThanOrEqual(0.5);
        expect(nameWords(a).length).toBeLessThanOrEqual(12);
      }),
      { numRuns: 50 },
    );
  });
});
