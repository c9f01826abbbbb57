import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ERRORS, type ErrorCode } from "../../shared/connector/errors.ts";
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

/** Things that the demo does not have: its tools tell of no incident, and its reports are not due yet. */
const WITHOUT = new Set(["get_incident", "get_report_run", "replay_dead_letter", "discard_dead_letter"]);

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
    ROUTES.filter(({ id, status }) => status !== 204 && !WITHOUT.has(id)).map((route) => [route.id, route] as const),
  )("has a real example of %s, which fits its own shape", (_id, route) => {
    const operation = paths[route.path]?.[route.method.toLowerCase()];
    const said = operation?.responses[route.status]?.content?.["application/json"];
    expect(said?.["example"], "run node infra/tools/api-examples.ts").toBeDefined();
    expect(validator(said?.["schema"]).safeParse(said?.["example"]).error).toBeUndefined();
    const sent = operation?.requestBody?.content["application/json"];
    if (sent !== undefined) expect(validator(sent["schema"]).safeParse(sent["example"]).success).toBe(true);
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
