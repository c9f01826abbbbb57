import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import * as z from "zod";
import { connectors } from "../../connectors/index.ts";
import type { Connector, Stream } from "../../shared/connector/contract.ts";
import { snakeCase } from "../../shared/domain/snake-case.ts";
import { settingsTable } from "./config-page.ts";
import { code, page, table } from "./markdown.ts";

/** Kinds that every tool brings along. */
const BESIDE = new Set(["account", "vocabulary"]);

const wordsOf = (kind: string): string => snakeCase(kind).replaceAll("_", " ");

// biome-ignore lint/suspicious/noExplicitAny: each stream has record and cursor types of its own
type AnyStream = Stream<any, any, any>;

const kindsOf = (streams: readonly AnyStream[]): string[] => [...new Set(streams.flatMap(({ kinds }) => kinds))];

/** How changes come, in a few words. */
const waysOf = ({ streams, webhook }: Connector): string => {
  const isPolled = Object.values(streams).some(({ poll }) => poll !== undefined);
  return [...(isPolled ? ["poll"] : []), ...(webhook === undefined ? [] : ["webhooks"])].join(", ");
};

/** Whether a test holds the connector to payloads that others recorded. */
const isCompared = (root: string, id: string): boolean =>
  readdirSync(join(root, "test/recorded")).some((file) => file === `${id}.test.ts` || file.startsWith(`${id}-`));

/** A section of the connector's own README without its tables, with links that lead on from the page. */
const sectionOf = (readme: string, id: string, heading: string | undefined): string => {
  const start = heading === undefined ? readme.indexOf("\n") : readme.indexOf(`\n## ${heading}\n`);
  if (start < 0) return "";
  const text = readme.slice(readme.indexOf("\n", start + 1));
  const end = text.search(/^## /m);
  return (end < 0 ? text : text.slice(0, end))
    .split("\n")
    .filter((line) => !line.startsWith("|"))
    .join("\n")
    .replaceAll(/\]\((?!https?:|mailto:|#)([^)\s]+)\)/g, (_, to: string) => {
      const path = posix.relative("docs/connectors", posix.join("connectors", id, to));
      return `](${path})`;
    })
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
};

const streamRow = (name: string, stream: AnyStream, { setup, webhook }: Connector): string[] => {
  const polled = stream.poll?.scopes === undefined ? "poll" : "poll, each part on its own";
  return [
    code(name),
    stream.kinds.map(wordsOf).join(", "),
    stream.poll !== undefined
      ? polled
      : webhook !== undefined && stream.reread === undefined
        ? "webhook"
        : "along with others",
    stream.census === undefined ? "" : "daily census",
    setup?.rights[name] ?? "",
  ];
};

const webhookText = ({ id, webhook, streams }: Connector): string => {
  if (webhook === undefined) return "None: changes come by the next poll.";
  const isOnly = Object.values(streams).every(({ poll }) => poll === undefined);
  const scheme = webhook.signature.scheme ?? "signed by the tool";
  const how =
    webhook.setup === undefined
      ? "They are set up by hand."
      : `${code(`npx throughline connect ${id} --webhooks --url https://<hub>`)} sets them up; it needs the right *${webhook.setup.right}*.`;
  const without = isOnly ? "nothing is accepted" : "none is accepted, and changes come by the next poll";
  return `Proof of a delivery: ${scheme}. Without a secret ${without}. ${how}`;
};

const settingsOf = (config: z.ZodType): Readonly<Record<string, { readonly default?: unknown } | undefined>> =>
  (z.toJSONSchema(config, { io: "input", unrepresentable: "any" }).properties ?? {}) as Readonly<
    Record<string, { readonly default?: unknown }>
  >;

const pageOf = (root: string, connector: Connector): string => {
  const { id, title, category, docs, streams, setup, config } = connector;
  const readme = readFileSync(join(root, "connectors", id, "README.md"), "utf8");
  const section = (heading?: string) => sectionOf(readme, id, heading);
  const limits = section("Limits");
  const isPolled = Object.values(streams).some(({ poll }) => poll !== undefined);
  const { requestsPerMinute } = settingsOf(config);
  return page(
    `# ${title}`,
    section(),
    table(
      ["", ""],
      [
        ["brings", kindsOf(Object.values(streams)).map(wordsOf).join(", ")],
        ["how", waysOf(connector)],
        ["category", category],
        ...(isPolled && requestsPerMinute?.default !== undefined
          ? [["pace", `${requestsPerMinute.default} requests a minute, or what the tool's headers say`]]
          : []),
        ["recorded payloads", isCompared(root, id) ? "compared in `test/recorded`" : "none compared yet"],
        ["the tool's own documentation", docs],
        ["more", `[how it reads and maps](../../connectors/${id}/README.md)`],
      ],
    ),
    "## Set-up",
    ...(isPolled
      ? [
          `${code(`npx throughline connect ${id}`)} asks for ${(setup?.asks ?? []).map((ask) => code(ask.replaceAll("|", " or "))).join(", ")}, tries what the credential can read, and writes the connection. A credential is made at <${setup?.credentialAt ?? docs}>.`,
        ]
      : []),
    section("Set-up"),
    "## What it brings",
    table(
      ["stream", "becomes", "how", "what is gone", "right that it needs"],
      Object.entries(streams).map(([name, stream]) => streamRow(name, stream, connector)),
    ),
    "## Webhooks",
    webhookText(connector),
    ...(limits === "" ? [] : ["## Limits", limits]),
    "## Settings",
    settingsTable(config),
  );
};

const declared = (): Promise<Connector[]> => Promise.all(Object.values(connectors).map((load) => load()));

/** `docs/connectors/<id>.md` for every connector. */
export const connectorPages = async (root: string): Promise<[string, string][]> =>
  (await declared()).map((connector) => [`docs/connectors/${connector.id}.md`, pageOf(root, connector)]);

const REGION = /(<!-- connectors: .*? -->\n)[\s\S]*?(<!-- \/connectors -->)/;

/** The README with its table of connectors as it should be. @throws {Error} if it has no place for one */
export const withConnectorTable = async (root: string): Promise<string> => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  if (!REGION.test(readme)) throw new Error("README.md has no <!-- connectors: … --> region for the table");
  const rows = (await declared()).map((connector) => [
    `[${connector.title}](docs/connectors/${connector.id}.md)`,
    kindsOf(Object.values(connector.streams))
      .filter((kind) => !BESIDE.has(kind))
      .map(wordsOf)
      .join(", "),
    waysOf(connector),
    isCompared(root, connector.id) ? "compared" : "",
  ]);
  const text = table(["tool", "becomes", "how", "recorded payloads"], rows);
  return readme.replace(REGION, (_, open: string, close: string) => `${open}${text}\n${close}`);
};
