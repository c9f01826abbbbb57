import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { acknowledged, breaksBetween, type OpenApi } from "../../../infra/tools/openapi-diff.ts";
import { openApi } from "../../../shared/web/api/open-api.ts";

const text = (path: string) => readFileSync(new URL(`../../../docs/${path}`, import.meta.url), "utf8");
const now = JSON.parse(JSON.stringify(openApi({ url: "/", version: "0" }))) as OpenApi;

/** The document with one place changed. */
const changed = (change: (document: Record<string, never>) => void): OpenApi => {
  const copy = structuredClone(now) as unknown as Record<string, never>;
  change(copy);
  return copy as unknown as OpenApi;
};
// biome-ignore lint/suspicious/noExplicitAny: a document is changed in places that its type makes read only
type Any = any;

describe("the API", () => {
  it("takes away nothing that the last release had, but what is written down", () => {
    const known = acknowledged(text("api-breaks.md"));
    const breaks = breaksBetween(JSON.parse(text("openapi.baseline.json")) as OpenApi, now);
    expect(breaks.filter((line) => !known.has(line))).toEqual([]);
  });
});

describe("the comparison of two APIs", () => {
  it("finds nothing between an API and itself, or one that grew", () => {
    expect(breaksBetween(now, now)).toEqual([]);
    const grown = changed((document: Any) => {
      document.paths["/v1/new"] = document.paths["/v1/status"];
      document.components.schemas.Feature.properties.more = { type: "string" };
      document.paths["/v1/features"].get.parameters.push({ name: "new", in: "query", schema: { type: "string" } });
    });
    expect(breaksBetween(now, grown)).toEqual([]);
  });

  it.each<[string, (document: Any) => void, string]>([
    ["an operation", (document) => delete document.paths["/v1/status"], "GET /v1/status: is gone"],
    [
      "a parameter",
      (document) => document.paths["/v1/changes"].get.parameters.shift(),
      "GET /v1/changes: the parameter since is gone",
    ],
    [
      "a value that may be sent",
      (document) => {
        const find = ({ name }: { name: string }) => name === "health";
        document.paths["/v1/features"].get.parameters.find(find).schema.items.enum.shift();
      },
      "GET /v1/features?health[]: the value on_track is gone",
    ],
    [
      "a field of an answer",
      (document) => delete document.components.schemas.Status.properties.indicator,
      "GET /v1/status 200: the field indicator is gone",
    ],
    [
      "a field's presence",
      (document) => {
        const { required } = document.components.schemas.Status;
        document.components.schemas.Status.required = required.filter((name: string) => name !== "indicator");
      },
      "GET /v1/status 200: the field indicator may be absent",
    ],
    [
      "a type",
      (document) => {
        document.components.schemas.Status.properties.changed_7d = { type: "string" };
      },
      "GET /v1/status 200.changed_7d: integer became string",
    ],
    [
      "a parameter that must be sent",
      (document) => {
        document.paths["/v1/features"].get.parameters[0].required = true;
      },
      "GET /v1/features: the parameter product must be sent",
    ],
    [
      "a field that must be sent",
      (document) => {
        const content = document.paths["/v1/connections/{id}/sync"].post.requestBody.content["application/json"];
        content.schema = { ...content.schema, required: ["full"] };
      },
      "POST /v1/connections/{id}/sync body: the field full must be sent",
    ],
    [
      "a scope",
      (document) => {
        document.paths["/v1/status"].get.security = [{ key: ["admin"] }];
      },
      "GET /v1/status: needs another scope",
    ],
  ])("finds %s", (_what, change, line) => {
    expect(breaksBetween(now, changed(change))).toContain(line);
  });

  it("reads which breaks are written down", () => {
    expect(acknowledged("# Title\n\n- `GET /v1/x: is gone`: use y\n\ntext `no item`")).toEqual(
      new Set(["GET /v1/x: is gone"]),
    );
  });
});
