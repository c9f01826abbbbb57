import { afterAll, beforeEach, describe, expect, it } from "vitest";
import typeform from "../../connectors/typeform/index.ts";
import { scoringOf } from "../../connectors/typeform/survey-scoring.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { entityId } from "../../shared/domain/kind.ts";
import { capabilitiesOf } from "../../shared/pipeline/capabilities.ts";
import type { Connection } from "../../shared/pipeline/hub.ts";
import { entityById } from "../../shared/store/entities.ts";
import { testConnector } from "../contract/connector.ts";
import { idsOf, openSite } from "./site.ts";

const RECEIVED = new Date("2026-03-02T10:00:00.000Z");
const RESPONSE = {
  form_id: "csat12Form",
  token: "a3a12ec67a1365927098a606107fac15",
  submitted_at: "2026-03-02T09:59:58Z",
  definition: { fields: [] },
  answers: [],
};

testConnector(typeform, {
  settings: { accessToken: "unused", webhookSecret: "whsec-fixture" },
  identity: (stream) => (stream === "responses" ? "token" : "id"),
  webhook: {
    body: { event_id: "01E", event_type: "form_response", form_response: RESPONSE },
    receivedAt: RECEIVED,
  },
});

const site = await openSite(typeform as never);
afterAll(() => site.stop());
beforeEach(() => {
  site.sandbox.reset();
  site.waits.length = 0;
});

type Survey = Draft<"survey">;
type Given = Draft<"surveyResponse">;

describe("the sandbox's Typeform", () => {
  it("gives forms of each kind, with every question", async () => {
    const surveys = site.draftsOf("forms", await site.read("forms")) as Survey[];
    expect(new Set(surveys.map(({ fields }) => fields.type.category))).toEqual(new Set(["nps", "csat", "ces"]));
    for (const { fields } of surveys) expect(fields.questions.length).toBe(4);
    const small = site.draftsOf("forms", await site.read("forms", undefined, { pageSize: 2 }));
    expect(idsOf(small)).toEqual(idsOf(surveys));
  });

  it("gives every response with its score, in windows of any size, and nobody's name or address", async () => {
    const whole = site.draftsOf("responses", await site.read("responses")) as Given[];
    expect(whole.length).toBeGreaterThan(50);
    for (const { fields } of whole) {
      const [lowest = 0, highest = 0] = fields.scale ?? [];
      expect(fields.score).toBeGreaterThanOrEqual(lowest);
      expect(fields.score).toBeLessThanOrEqual(highest);
      expect(fields.answers.map(({ question }) => question)).toHaveLength(2);
    }
    expect(JSON.stringify(whole)).not.toMatch(/Sam Customer|@customer/);
    const small = await site.read("responses", undefined, { responsePageSize: 4, overlapSeconds: 0 });
    expect(idsOf(site.draftsOf("responses", small))).toEqual(idsOf(whole));
  });

  it("loses no response when it resumes at any page's cursor", async () => {
    const pages = await site.read("responses");
    const whole = idsOf(site.draftsOf("responses", pages));
    for (const [index, { cursor }] of pages.entries()) {
      if (index % 3 !== 0) continue;
      await site.sandbox.control({ do: "limit", budget: "typeform", to: 1000 });
      const rest = site.draftsOf("responses", await site.read("responses", cursor));
      expect(idsOf([...site.draftsOf("responses", pages.slice(0, index + 1)), ...rest])).toEqual(whole);
    }
  });

  it("tells next time only the form that changed and the response that came", async () => {
    const [forms, responses] = [await site.read("forms"), await site.read("responses")];
    await site.sandbox.control({ do: "webhooks", mode: "off" });
    await site.sandbox.control({ do: "limit", budget: "typeform", to: 1000 });
    await site.sandbox.control({ do: "typeform.edit", form: "nps0Form", title: "How is it?", closed: true });
    const { changed } = await site.sandbox.control({ do: "typeform.respond", form: "nps0Form", score: 3 });
    const next = site.draftsOf("forms", await site.read("forms", forms.at(-1)?.cursor)) as Survey[];
    expect(next.find(({ external }) => external.id === "nps0Form")?.fields).toMatchObject({
      title: "How is it?",
      isOpen: false,
    });
    expect(next.length).toBeLessThanOrEqual(4);
    const given = site.draftsOf("responses", await site.read("responses", responses.at(-1)?.cursor)) as Given[];
    const mine = given.find(({ external }) => external.id === changed?.[0]?.["id"]);
    expect(mine?.fields).toMatchObject({ score: 3, scale: [0, 10], text: "Fine.", isComplete: true });
  });

  it("reads the forms that are named and no other", async () => {
    const selected = { forms: ["nps1Form"] };
    expect(idsOf(site.draftsOf("forms", await site.read("forms", undefined, selected)))).toEqual(["form nps1Form"]);
    const given = site.draftsOf("responses", await site.read("responses", undefined, selected));
    expect(new Set(given.flatMap(({ scopes }) => scopes))).toEqual(new Set(["nps1Form"]));
  });

  it("counts its forms for a census, without the deleted", async () => {
    await site.sandbox.control({ do: "typeform.remove", form: "nps2Form" });
    const census = site.streamOf("forms").census;
    const ids = (await Array.fromAsync(census?.ids(site.context(), "") ?? [])).flat().map(({ id }) => id);
    expect(ids).toContain("nps1Form");
    expect(ids).not.toContain("nps2Form");
    expect(idsOf(await site.reread("forms", ["nps1Form", "nps2Form"]))).toEqual(["form nps1Form"]);
  });

  it("gives single responses again by form and token", async () => {
    const pages = await site.read("responses", undefined, { forms: ["nps0Form"] });
    const [record] = pages[0]?.records ?? [];
    const id = site.streamOf("responses").rereadId?.(record) ?? "";
    expect(id).toMatch(/^nps0Form\/\w+$/);
    expect(await site.reread("responses", [id, "nps0Form/unknown"])).toEqual(
      site.draftsOf("responses", [{ records: [record], cursor: {} }]),
    );
  });
});

describe("Typeform in trouble", () => {
  it("ends a walk that does not go on, without moving its cursor", async () => {
    await site.sandbox.control({
      do: "misbehave",
      vendor: "typeform",
      how: "repeat_cursor",
      times: 9,
      path: "/forms?page",
    });
    await expect(site.read("forms")).rejects.toMatchObject({ code: "vendor_paging_broken" });
    const stuck = site.read("responses", undefined, { forms: ["nps0Form"], responsePageSize: 1 });
    await expect(stuck).rejects.toMatchObject({ code: "vendor_paging_broken" });
  });

  it("waits a minute where it is told to slow down, and names a token that is no good", async () => {
    await site.sandbox.control({ do: "misbehave", vendor: "typeform", how: "rate_limited", times: 1 });
    expect((await site.read("forms")).length).toBeGreaterThan(0);
    // Waiting takes no time here, so that the calls after it are held back too.
    expect([site.waits.find((wait) => wait > 0), Math.max(...site.waits)]).toEqual([1000, 1000]);
    const refused = site.read("forms", undefined, { accessToken: "another" });
    await expect(refused).rejects.toMatchObject({ code: "vendor_auth_expired" });
  });

  it("names the scope that is missing", async () => {
    await site.sandbox.control({ do: "misbehave", vendor: "typeform", how: "forbidden", path: "/responses" });
    const { config } = site.context();
    const connection = { connector: site.connector, config, http: () => site.context().http } as unknown as Connection;
    expect((await capabilitiesOf(connection)).filter(({ works }) => !works)).toMatchObject([
      { stream: "responses", code: "vendor_forbidden", right: "responses:read" },
    ]);
  });
});

describe("a webhook of Typeform", () => {
  it("brings the response before the API has it, the same as the API does later", async () => {
    const { changed, webhooks } = await site.sandbox.control({
      do: "typeform.respond",
      form: "nps1Form",
      score: 9,
      feature: "INS-3",
    });
    expect(webhooks).toMatchObject([{ status: 202 }]);
    expect(await site.ingested()).toMatchObject({ written: 1, jobs: [] });
    const token = String(changed?.[0]?.["id"]);
    const id = entityId("con_acme", { kind: "surveyResponse", noun: "response", id: token });
    const held = await entityById(site.table, id);
    expect(held).toMatchObject({ fields: { score: 9 }, references: [{ alias: "INS-3", place: "declared" }] });
    const [later] = (await site.reread("responses", [`nps1Form/${token}`])) as Given[];
    expect(later?.fields.answers).toEqual((held?.fields as Given["fields"] | undefined)?.answers);
    expect(later?.updatedAt).toBe(held?.sourceUpdatedAt);
  });

  it("is taken once, however often it comes", async () => {
    await site.sandbox.control({ do: "typeform.respond", form: "nps1Form", score: 8 });
    await site.sandbox.control({ do: "redeliver" });
    expect((await site.ingested()).written).toBe(1);
  });

  it("tells nothing while a form is being filled, or of a form that is not read", () => {
    const told = (type: string, forms: string[]) =>
      typeform.webhook?.records({ event_type: type, form_response: RESPONSE }, new Headers(), { forms } as never);
    expect(told("form_response", [])).toHaveLength(1);
    expect(told("form_response_partial", [])).toEqual([]);
    expect(told("form_response", ["other"])).toEqual([]);
  });

  it("is set up once for each form, switched on", async () => {
    const { setup } = typeform.webhook ?? {};
    const hook = { url: `${site.hubUrl}/hooks/acme`, secret: "first" };
    const context = site.context() as never;
    const made = await setup?.create(context, "nps0Form", hook);
    await setup?.update?.(context, "nps0Form", made?.id ?? "", hook);
    expect(await setup?.list(context, "nps0Form")).toEqual([{ id: "throughline", url: hook.url }]);
    expect(() => setup?.scopes?.(site.context().config as never)).toThrow(/name forms/);
  });
});

describe("the kind of a survey", () => {
  const scale = (title: string, properties = {}) => ({ id: "q", type: "opinion_scale", title, properties });

  it.each([
    [
      "Typeform's own question, wherever it stands",
      [scale("Easy?"), { id: "n", type: "nps", title: "x" }],
      "nps",
      [0, 10],
    ],
    ["a recommendation from 0 to 10", [scale("Would you recommend it?")], "nps", [0, 10]],
    ["no recommendation on another scale", [scale("Would you recommend it?", { steps: 5 })], undefined, undefined],
    [
      "satisfaction in stars",
      [{ id: "q", type: "rating", title: "How satisfied?", properties: { steps: 4 } }],
      "csat",
      [1, 4],
    ],
    ["effort from 1 to 7", [scale("How easy was it?", { steps: 7, start_at_one: true })], "ces", [1, 7]],
    ["a scale of something else", [scale("How hot is it?")], undefined, undefined],
    ["the wording of a text", [{ id: "q", type: "short_text", title: "Are you satisfied?" }], undefined, undefined],
  ])("is told by %s", (_, questions, type, range) => {
    const found = scoringOf(questions as never);
    expect([found?.type, found?.scale]).toEqual([type, range]);
  });
});
