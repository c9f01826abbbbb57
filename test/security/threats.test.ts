import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { proofsOf } from "../../infra/tools/proof-titles.ts";
import { securityPage, THREATS } from "../../infra/tools/security-page.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

describe("the threat model", () => {
  const proofs = proofsOf(ROOT, "T");

  it("has a test for each threat, and none for a threat that it does not know", () => {
    const proved = new Set(proofs.flatMap(({ ids }) => ids));
    expect(THREATS.filter((id) => !proved.has(id))).toEqual([]);
    expect([...proved].filter((id) => !THREATS.includes(id))).toEqual([]);
  });

  it("is told with each test by its title", () => {
    const text = securityPage(ROOT);
    for (const { title } of proofs) expect(text).toContain(title.slice(1));
    for (const id of THREATS) expect(text).toMatch(new RegExp(`^### ${id}: \\S`, "m"));
  });
});
