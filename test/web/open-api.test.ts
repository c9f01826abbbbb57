import { describe, expect, it } from "vitest";
import * as z from "zod";
import { WITHOUT_EXAMPLE } from "../../infra/tools/without-example.ts";
import { ERRORS, type ErrorCode } from "../../shared/connector/errors.ts";
import { exampleOf } from "../../shared/web/api/example.ts";
import { openApi } from "../../shared/web/api/open-api.ts";
import { statusOf } from "../../shared/web/api/problem.ts";
import { ROUTES } from "../../shared/web/api/routes.ts";
import { HUB, sampleApp, sampleHub } from "./sample-hub.ts";

type Json = Readonly<Record<string, unknown>>;
interface Operation {
  readonly summary: string;
  readonly description: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Json>> }>>;
  readonly requestBody?: { readonly content: Readonly<Record<string, Json>> };
}
const document = openApi({ url: HUB, version: "0.1.0" });
const paths = document.paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const validator = (schema: unknown): z.ZodType => {
  const standing = { ...(schema as Json), $defs: document.components.schemas };
  return z.fromJSONSchema(JSON.parse(JSON.stringify(standing).replaceAll("#/components/schemas/", "#/$defs/")) as Json);
};

describe("the description of the API", () => {
  it.each(ROUTES.map((route) => [route.id, route] as const))("says in words what %s does and needs", (_id, route) => {
    const operation = paths[route.path]?.[route.method.toLowerCase()];
    expect(operation?.summary).toMatch(/\.$/);
    expect(operation?.description).toContain(`scope \`${route.scope}\``);
  });

  // Missing? `node infra/tools/api-examples.ts` asks the demo.
  it.each(
    ROUTES.filter(({ id, status }) => status !== 204 && !(id in WITHOUT_EXAMPLE)).map(
      (route) => [route.id, route] as const,
    ),
  )("has a real example of %s, which fits its own shape", (_id, route) => {
    const operation = paths[route.path]?.[route.method.toLowerCase()];
    const said = operation?.responses[route.status]?.content?.["application/json"];
    expect(said?.["example"], "run node infra/tools/api-examples.ts").toBeDefined();
    expect(validator(said?.["schema"]).safeParse(said?.["example"]).error).toBeUndefined();
    const sent = operation?.requestBody?.content["application/json"];
    if (sent !== undefined) expect(validator(sent["schema"]).safeParse(sent["example"]).success).toBe(true);
  });

  it("lets an operation go without an example only where it says why, and has none", () => {
    const ids = ROUTES.map(({ id }) => id);
    for (const [id, why] of Object.entries(WITHOUT_EXAMPLE))
      expect([id, ids.includes(id), exampleOf(id), why.length > 10]).toEqual([id, true, undefined, true]);
    expect(Object.keys(WITHOUT_EXAMPLE).length).toBeLessThan(5);
  });

  it("gives every error that a caller can cause a page, by the address that its problem names", async () => {
    const app = sampleApp(sampleHub(1));
    const codes = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => statusOf(code) !== 500);
    expect(codes).toEqual(expect.arrayContaining(["idempotency_in_progress", "cursor_expired", "scope_missing"]));
    for (const code of [...codes, "internal_error"]) {
      const page = await app.request(`/docs/errors/${code}`);
      expect([code, page.status]).toEqual([code, 200]);
      expect(await page.text()).toContain(code);
    }
  });
});
