import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { asyncApi } from "../../infra/cli/async-api.ts";
import { eventCatalog } from "../../infra/cli/event-catalog.ts";
import { schemasNow } from "../../infra/tools/event-pages.ts";
import { breaksIn, type Catalogue } from "../../infra/tools/schema-breaks.ts";
import { EVENT_NAMES, EVENTS, type EventName, isNamedBy, PUBLIC_EVENTS } from "../../shared/domain/event.ts";
import { exampleCloudEvent, exampleOf } from "../../shared/domain/event-example.ts";
import { eventSchema } from "../../shared/domain/event-schema.ts";
import { eventSentence } from "../../shared/report/event-sentence.ts";
import { ROOT } from "../source-files.ts";

const snapshot = JSON.parse(readFileSync(`${ROOT}/docs/schemas/events.json`, "utf8")) as Catalogue;

describe("the catalogue of events", () => {
  it.each(EVENT_NAMES)("%s is named as they all are, and has an example that its schema takes", (name) => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*){1,2}$/);
    expect(EVENTS[name].when).toMatch(/^(?!when )[^A-Z].*[^.]$/);
    const example = exampleOf(name);
    expect(EVENTS[name].data.safeParse(example.data).error).toBeUndefined();
    expect(z.fromJSONSchema(eventSchema(name)).safeParse(exampleCloudEvent(name).data).error).toBeUndefined();
    expect(JSON.stringify(example)).not.toContain("…");
    expect(eventSentence(example).happened).not.toMatch(/undefined|\[object|NaN/);
  });

  it("breaks nobody who reads by the schemas of docs/schemas: what must change so gets a new type, ending in .v2", () => {
    expect(breaksIn(snapshot, schemasNow())).toEqual([]);
  });

  it("lets filters name types, beginnings of types, and all", () => {
    const named = (...patterns: string[]) => PUBLIC_EVENTS.filter((name) => isNamedBy(name, patterns));
    expect(named("*")).toEqual(PUBLIC_EVENTS);
    expect(named("ticket.*", "campaign.sent")).toEqual(["campaign.sent", "ticket.opened", "ticket.solved"]);
    expect(named("feature")).toEqual([]);
  });
});

describe("a break of the schemas", () => {
  const changed = (change: (shape: Record<string, never>) => void): Catalogue => {
    const copy = structuredClone(snapshot) as Record<string, Record<string, never>>;
    change(copy["feature.stage.changed"] as Record<string, never>);
    return copy as Catalogue;
  };

  it.each<[string, (shape: Record<string, Record<string, never>>) => void, string]>([
    [
      "a field that is gone",
      ({ properties = {} }) => delete properties["because"],
      "feature.stage.changed.because is gone",
    ],
    [
      "a field that holds something else",
      ({ properties = {} }) => Object.assign(properties["rule_set"] ?? {}, { type: "number" }),
      "feature.stage.changed.rule_set was string, is number",
    ],
    [
      "a field that need not be there",
      (shape) => Object.assign(shape, { required: ["feature"] }),
      "feature.stage.changed.cause need not be there any more",
    ],
    [
      "a word that is never said any more",
      ({ properties = {} }) => Object.assign(properties["disposition"] ?? {}, { enum: ["open"] }),
      "feature.stage.changed.disposition is never cancelled, sunset any more",
    ],
    [
      "a part of a field that is gone",
      ({ properties = {} }) =>
        delete (properties["feature"] as unknown as { properties?: Record<string, never> } | undefined)?.properties?.[
          "url"
        ],
      "feature.stage.changed.feature.url is gone",
    ],
  ])("is %s", (_, change, told) => {
    expect(breaksIn(snapshot, changed(change as never))).toContain(told);
  });

  it("is a type that is gone, and nothing that is new", () => {
    const { "feature.created": created = {}, ...rest } = snapshot;
    expect(breaksIn(snapshot, rest)).toEqual(["feature.created is gone"]);
    const more = {
      ...created,
      properties: { ...created.properties, more: { type: "string" } },
      required: [...(created.required ?? []), "more"],
    };
    expect(breaksIn(snapshot, { ...snapshot, "feature.created": more, "feature.told": {} })).toEqual([]);
  });
});

describe("the exports of the catalogue", () => {
  const document = asyncApi({ version: "1.0.0", typePrefix: "org.acme" });
  const at = (pointer: string): unknown =>
    pointer
      .replace("#/", "")
      .split("/")
      .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], document);

  it("is an AsyncAPI 3.0 document in which every reference leads somewhere", () => {
    expect(document).toMatchObject({ asyncapi: "3.0.0", info: { title: "Throughline", version: "1.0.0" } });
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, pointer = ""]) => pointer);
    expect(references.length).toBeGreaterThan(3 * PUBLIC_EVENTS.length - 1);
    expect(references.filter((pointer) => at(pointer) === undefined)).toEqual([]);
    for (const [id, operation] of Object.entries(document.operations)) {
      expect(["send", "receive"], id).toContain(operation.action);
      expect(at(operation.channel.$ref)).toBe(document.channels.events);
    }
  });

  it("has a message for each event that goes out, whose payload takes the example", () => {
    const { messages, schemas } = document.components;
    expect(Object.values(messages).map(({ name }) => name)).toEqual(PUBLIC_EVENTS);
    for (const [key, { payload, examples, name }] of Object.entries(messages)) {
      const schema = JSON.parse(
        JSON.stringify({ ...payload, $defs: schemas }).replaceAll("#/components/schemas/", "#/$defs/"),
      ) as Record<string, unknown>;
      const sent = { ...examples[0]?.payload, type: `org.acme.${name}` };
      expect(z.fromJSONSchema(schema).safeParse(sent).error, key).toBeUndefined();
      expect(z.fromJSONSchema(schema).safeParse({ ...sent, data: {} }).success, key).toBe(false);
    }
  });

  it("is files of EventCatalog: a service that sends each event, with its schema", () => {
    const files = new Map(eventCatalog("1.0.0"));
    const service = files.get("services/Throughline/index.mdx") ?? "";
    for (const name of PUBLIC_EVENTS) {
      expect(service).toContain(`  - id: "${name}"\n`);
      const page = files.get(`services/Throughline/events/${name}/index.mdx`) ?? "";
      expect(page).toMatch(
        /^---\nid: "[a-z_.]+"\nname: .*\nversion: "1\.0\.0"\nsummary: .*\nschemaPath: "schema\.json"\n---\n/,
      );
      const schema = JSON.parse(files.get(`services/Throughline/events/${name}/schema.json`) ?? "") as {
        title: EventName;
      };
      expect(schema.title).toBe(name);
    }
  });
});
