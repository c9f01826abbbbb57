import { expect, it } from "vitest";
import { gate } from "../../shared/web/access/gate.ts";
import { ROUTES } from "../../shared/web/api/routes.ts";
import { apiApp } from "../../shared/web/api-app.ts";
import { isApiAlone } from "../../shared/web/api-paths.ts";
import { webApp } from "../../shared/web/app.ts";
import { sampleDeps, sampleHub } from "./sample-hub.ts";

const shown = sampleHub(2);
const FEATURE = shown.features[0]?.id ?? "";
const DOCUMENTS = ["/openapi.json", "/healthz", "/metrics", "/.well-known/api-catalog", "/v1", "/v1/nothing-here"];

/** Each address of the API, of a feature that is there and of what is not. */
const addresses = [
  ...new Set(
    ROUTES.filter(({ method }) => method === "GET")
      .flatMap(({ path }) => [path, `${path}.csv`, `${path}.md`])
      .flatMap((path) => [FEATURE, "none"].map((id) => path.replace(/\{\w+\}/g, id))),
  ),
  `/v1/features/${FEATURE}/badge.svg`,
  "/v1/schemas/feature.stage.changed/1.json",
  ...DOCUMENTS,
].filter(isApiAlone);

it("the API without pages answers each of its addresses as the whole app does", async () => {
  const deps = sampleDeps(shown);
  const guard = gate(deps);
  const [alone, whole] = [apiApp(deps, guard), webApp(deps, guard)];
  const said = async (app: typeof alone, address: string, method: string) => {
    const answer = await app.request(address, { method, headers: { "X-Request-Id": "the-same-one" } });
    return [address, method, answer.status, [...answer.headers], await answer.text()];
  };
  const statuses = new Set<unknown>();
  for (const address of addresses)
    for (const method of ["GET", "DELETE"]) {
      const answer = await said(alone, address, method);
      expect(answer).toEqual(await said(whole, address, method));
      statuses.add(answer[2]);
    }
  expect(addresses.length).toBeGreaterThan(150);
  expect([...statuses]).toEqual(expect.arrayContaining([200, 404, 405]));
});
