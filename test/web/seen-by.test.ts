import { expect, it } from "vitest";
import type { Identity } from "../../shared/web/access/identity.ts";
import { seenBy } from "../../shared/web/access/seen-by.ts";
import { sampleDeps, sampleHub } from "./sample-hub.ts";

const who = (id: string, products: Identity["products"]): Identity => ({
  id,
  name: id,
  scopes: ["features:read"],
  products,
});

it("gives somebody the same at each request, and nobody else what they are given", async () => {
  const deps = sampleDeps(sampleHub(3));
  const one = seenBy(deps, who("key_1", ["prd_1"]));
  expect(seenBy(deps, who("key_1", ["prd_1"]))).toBe(one);
  const others = [who("key_2", ["prd_1"]), who("key_1", ["prd_2"]), who("key_1", "all")].map((other) =>
    seenBy(deps, other),
  );
  for (const other of others) {
    expect(other.views).not.toBe(one.views);
    expect(Buffer.from(other.cursorKey).equals(one.cursorKey)).toBe(false);
  }
  const products = await Promise.all(
    [one, ...others].map(async ({ views }) => (await views.products()).map(({ id }) => id)),
  );
  expect(products).toEqual([["prd_1"], ["prd_1"], ["prd_2"], ["prd_1", "prd_2"]]);
});
