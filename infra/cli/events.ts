import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { HubError } from "../../shared/connector/errors.ts";
import { PUBLIC_EVENTS } from "../../shared/domain/event.ts";
import { eventSchemaDocument } from "../../shared/domain/event-schema.ts";
import { VERSION } from "../../shared/platform/version.ts";
import { asyncApi } from "./async-api.ts";
import { type Command, EXIT, text } from "./command.ts";
import { eventCatalog } from "./event-catalog.ts";

const FORMATS = ["asyncapi", "eventcatalog", "json-schema"] as const;
type Format = (typeof FORMATS)[number];

const usage = (message: string): HubError => new HubError("usage", message, { retry: "never" });

export const events: Command = {
  usage: "throughline events export --format asyncapi|eventcatalog|json-schema [--out FOLDER] [--prefix PREFIX]",
  does: "writes the catalogue of events: as one AsyncAPI 3.0 document, as files of EventCatalog, or as JSON Schemas",
  options: { format: { type: "string" }, out: { type: "string" }, prefix: { type: "string" } },
  words: [1, 1],
  async run({ words: [what], values, terminal }) {
    const format = FORMATS.find((known) => known === text(values, "format"));
    if (what !== "export" || format === undefined) throw usage(`usage: ${events.usage}`);
    const out = text(values, "out");
    const files = filesOf(format, text(values, "prefix") ?? "dev.throughline");
    if (out === undefined) {
      const [only] = files;
      if (format === "eventcatalog" || only === undefined) throw usage("EventCatalog has many files: say --out FOLDER");
      // One document for all schemas, where they do not go into files of their own.
      terminal.out(format === "asyncapi" ? only[1] : `${JSON.stringify(schemasTogether(), null, 2)}\n`);
      return EXIT.ok;
    }
    const folder = resolve(terminal.root, out);
    for (const [path, content] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    terminal.note(`${files.length} files in ${out}\n`);
    return EXIT.ok;
  },
};

const filesOf = (format: Format, typePrefix: string): readonly (readonly [path: string, text: string])[] => {
  if (format === "asyncapi")
    return [["asyncapi.json", `${JSON.stringify(asyncApi({ version: VERSION, typePrefix }), null, 2)}\n`]];
  if (format === "eventcatalog") return eventCatalog(VERSION);
  return PUBLIC_EVENTS.map((name) => [`${name}.json`, `${JSON.stringify(eventSchemaDocument(name), null, 2)}\n`]);
};

const schemasTogether = () => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $defs: Object.fromEntries(
    PUBLIC_EVENTS.map((name) => {
      const { $schema: _, ...schema } = eventSchemaDocument(name);
      return [name, schema];
    }),
  ),
});
