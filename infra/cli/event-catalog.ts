import { EVENTS, PUBLIC_EVENTS } from "../../shared/domain/event.ts";
import { exampleCloudEvent } from "../../shared/domain/event-example.ts";
import { eventSchemaDocument } from "../../shared/domain/event-schema.ts";

const quoted = (text: string): string => JSON.stringify(text);

/** Front matter of a page of EventCatalog. */
const page = (about: Readonly<Record<string, string>>, more: string, body: string): string =>
  `---\n${Object.entries(about)
    .map(([key, value]) => `${key}: ${quoted(value)}`)
    .join("\n")}\n${more}---\n\n${body}\n`;

/** Files of an EventCatalog, by path: the hub as a service, and each event that it sends. */
export const eventCatalog = (version: string): [path: string, text: string][] => [
  [
    "services/Throughline/index.mdx",
    page(
      {
        id: "Throughline",
        name: "Throughline",
        version,
        summary: "Reads tools into one model and tells what changed.",
      },
      `sends:\n${PUBLIC_EVENTS.map((name) => `  - id: ${quoted(name)}`).join("\n")}\n`,
      "CloudEvents 1.0, at least once; `sequence` orders the events of one subject.",
    ),
  ],
  ...PUBLIC_EVENTS.flatMap((name): [string, string][] => {
    const { when, not } = EVENTS[name];
    const at = `services/Throughline/events/${name}`;
    const about = { id: name, name, version: "1.0.0", summary: `Fires when ${when}.`, schemaPath: "schema.json" };
    const example = `\`\`\`json\n${JSON.stringify(exampleCloudEvent(name), null, 2)}\n\`\`\``;
    return [
      [
        `${at}/index.mdx`,
        page(
          about,
          "",
          [not && `Not when ${not}.`, '<Schema file="schema.json" />', example].filter(Boolean).join("\n\n"),
        ),
      ],
      [`${at}/schema.json`, `${JSON.stringify(eventSchemaDocument(name), null, 2)}\n`],
    ];
  }),
];
