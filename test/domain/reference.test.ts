import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Place } from "../../shared/domain/link.ts";
import { aliasOfUrl, markersIn, namesIn, referencesIn } from "../../shared/domain/reference.ts";
import { corpusRows } from "../connector/corpus.ts";

const found = (text: string, place: Place, repository?: string): string[] =>
  referencesIn(text, place, repository).map((one) => `${one.place} ${one.alias}`);

describe("a text that points to records", () => {
  it.each<[string, Place, readonly string[]]>([
    ["ACME-12 and acme-13, not XACME-1a", "body", ["body ACME-12", "body ACME-13"]],
    ["feature/acme-12-sign-in", "branch", ["branch ACME-12"]],
    ["acme-12_acme-13", "branch", ["branch ACME-12", "branch ACME-13"]],
    ["ACME-12: sign in (#7)", "title", ["title ACME-12", "title acme/web#7"]],
    ["no. ACME-0, ACME-012, 9-12, A--1", "body", []],
    ["in UTF-8 as SHA-256 says", "body", ["body UTF-8", "body SHA-256"]],
    [
      "acme/api#7, Acme/Web#8, #9 and &#10; but not a#11 or http://x/#12",
      "body",
      ["body acme/api#7", "body acme/web#8", "body acme/web#9"],
    ],
    ["issue-7 #7", "branch", ["branch ISSUE-7"]],
    ["", "body", []],
  ])("%s (%s)", (text, place, expected) => {
    expect(found(text, place, "acme/web")).toEqual(expected);
  });

  it.each<[string, readonly string[]]>([
    ["Fixes #1, #2 and ACME-3. See #4", ["acme/web#1", "acme/web#2", "ACME-3"]],
    ["closes: ACME-1 & acme-2", ["ACME-1", "ACME-2"]],
    ["Resolved https://github.com/acme/api/issues/5, #6", ["acme/api#5", "acme/web#6"]],
    ["implements https://linear.app/acme/issue/ENG-7/add-step-3", ["ENG-7"]],
    ["fixed\n#8", ["acme/web#8"]],
    ["fix acme/api#9", ["acme/api#9"]],
    ["prefixes #1, a fix for #2, fixing #3, closed the door on #4", []],
    ["fixes nothing, #1", []],
  ])("closes what stands right behind the word, and no more: %s", (text, expected) => {
    const closing = (place: Place) =>
      referencesIn(text, place, "acme/web").flatMap((one) => (one.place === "closing" ? [one.alias] : []));
    expect(closing("body").sort()).toEqual([...expected].sort());
    expect(closing("commit").sort()).toEqual([...expected].sort());
    expect(closing("title")).toEqual([]);
  });

  it("names what it closes as a plain mention too, so that the weaker word stays when the stronger goes", () => {
    expect(found("Fixes ACME-3", "body")).toEqual(["closing ACME-3", "body ACME-3"]);
  });

  it("leaves a bare number alone where no repository is known", () => {
    expect(found("#12 and acme/web#13", "body")).toEqual(["body acme/web#13"]);
  });

  it.each([
    ["https://github.com/Acme/Web/pull/418#discussion_r1", "acme/web#418"],
    ["https://www.github.com/acme/web/issues/4.", "acme/web#4"],
    ["https://linear.app/acme/issue/eng-7/sign-in", "ENG-7"],
    ["https://acme.atlassian.net/browse/ACME-12?focusedId=1", "ACME-12"],
    ["https://github.com/acme/web/commit/abc", undefined],
    ["https://evil.example/github.com/acme/web/pull/4", undefined],
    ["https://github.com.evil.example/acme/web/pull/4", undefined],
    ["https://evil-linear.app/acme/issue/ENG-7", undefined],
  ])("reads the address of a known tool, and of no other: %s", (url, alias) => {
    expect(aliasOfUrl(url)).toBe(alias);
    expect(found(`see ${url}`, "body")).toEqual(alias === undefined ? [] : [`body ${alias}`]);
  });

  it("names each alias once per place, whatever the text", () => {
    const words = fc.constantFrom(
      "ACME-1",
      "acme-1",
      "fixes",
      "#1",
      "acme/web#1",
      ",",
      "and",
      " ",
      "\n",
      "https://github.com/acme/web/pull/1",
      "é",
      "__proto__",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20, size: "max" }), (parts) => {
        const list = found(parts.join(" "), "body", "acme/web");
        expect(new Set(list).size).toBe(list.length);
        for (const one of list) expect(["ACME-1", "acme/web#1"]).toContain(one.split(" ")[1]);
      }),
    );
  });
});

describe("a text made to keep a reader busy", () => {
  // Without its bounds a pattern looks at each of these some thousand million times: minutes, where the test has one.
  const own = [
    ["A-", ""],
    ["a.", "#1"],
    ["a-b/", "#1"],
    ["fixes #1, ", "!"],
    ["fixes https://a/,", ""],
    ["https://", " "],
    ["-", "/#"],
    ["closes ", "\t"],
  ].map(([pump = "", suf = ""]) => ({ pre: "", pump, suf }));
  const rows = corpusRows<{ pre: string; pump: string; suf: string }>("redos.pumps.jsonl");

  it(`is read to the end at any place: ${own.length + rows.length} pumps of 50,000`, () => {
    const places = ["branch", "title", "commit", "body"] as const;
    let read = 0;
    for (const { pre, pump, suf } of [...own, ...rows]) {
      for (const place of places) {
        const text = pre + pump.repeat(50_000) + suf;
        read += 1;
        expect(referencesIn(text, place, "acme/web").length).toBeLessThan(100_000);
        expect(aliasOfUrl(text)).toBeUndefined();
      }
    }
    expect(read).toBe(4 * (own.length + rows.length));
  }, 10_000);

  it("is read only at its beginning, where references stand", () => {
    expect(found(`ACME-1 ${"x ".repeat(40_000)} ACME-2`, "body")).toEqual(["body ACME-1"]);
  });
});

describe("a marker", () => {
  it.each([
    ["feature:ACME-12", ["ACME-12"]],
    [
      "see feature: ACME-12, Feature:acme/web#7 and feature:https://linear.app/x/issue/INS-3/y",
      ["ACME-12", "acme/web#7", "INS-3"],
    ],
    ["a feature of ACME-12, subfeature:ACME-13", []],
    ["feature:saved-carts, feature: none", ["feature:saved-carts"]],
    [undefined, []],
  ])("declares which feature is meant: %j", (text, aliases) => {
    expect(markersIn(text).map(({ alias }) => alias)).toEqual(aliases);
    expect(markersIn(text).every(({ place }) => place === "declared")).toBe(true);
  });
});

it("gives a feature the names that its own words and labels say", () => {
  expect(
    namesIn("Saved carts\nfeature:Saved-Carts utm:launch\nhttps://x.example/?utm_campaign=spring-sale&x=1"),
  ).toEqual(["feature:saved-carts", "utm:launch", "utm:spring-sale"]);
});
