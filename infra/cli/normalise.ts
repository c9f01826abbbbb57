import { connectors } from "../../connectors/index.ts";
import { parseJson } from "../../shared/connector/body.ts";
import type { Connector, Stream, Told } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { configuredId } from "../../shared/domain/kind.ts";
import { CONFIDENCE, type Link } from "../../shared/domain/link.ts";
import { snakeKeys } from "../../shared/domain/snake-case.ts";
import { entityOf } from "../../shared/pipeline/entity-of.ts";
import { draftsOf } from "../../shared/pipeline/ingest.ts";
import { nativeStatements } from "../../shared/pipeline/statements.ts";
import { suggestion } from "../../shared/platform/suggestion.ts";
import { type Call, type Command, EXIT } from "./command.ts";
import { wireEntity, wireLink } from "./wire.ts";

export const normalise: Command = {
  usage: "throughline normalise <connector> <stream> [--webhook] [--header 'K: V']… < records",
  does: "vendor records on stdin (one, an array, a list response, or one per line) as entities and links, one per line",
  options: { webhook: { type: "boolean" }, header: { type: "string", multiple: true } },
  words: [1, 2],
  async run(call) {
    const { connector, stream: name } = await chosen(call.words, call.values["webhook"] === true);
    const text = await everything(call.terminal.input);
    let unreadable = 0;
    const seen = new Set<string>();
    const parse = call.values["webhook"] === true ? connector.webhook?.parse : undefined;
    for (const { line, value, error } of parse === undefined ? valuesIn(text) : [{ line: 1, ...parsed(parse, text) }]) {
      const refuse = (why: unknown) => {
        unreadable += 1;
        call.terminal.note(
          `line ${line}: ${why instanceof HubError ? why.message : "not readable"}${pathsOf(why)}   payload_unreadable\n`,
        );
      };
      if (error !== undefined) {
        refuse(error);
        continue;
      }
      for (const [stream, record] of recordsOf(connector, name, value, call, refuse)) {
        try {
          for (const one of normalised(connector, stream, record)) {
            const out = JSON.stringify(one);
            if (!seen.has(out)) call.terminal.out(`${out}\n`);
            seen.add(out);
          }
        } catch (why) {
          refuse(why);
        }
      }
    }
    return unreadable > 0 ? EXIT.partly : EXIT.ok;
  },
};

const chosen = async (
  [id = "", stream]: readonly string[],
  webhook: boolean,
): Promise<{ connector: Connector; stream: string }> => {
  const load = Object.hasOwn(connectors, id) ? connectors[id] : undefined;
  if (load === undefined)
    throw new HubError("usage", `no connector "${id}"${suggestion(id, Object.keys(connectors))}`, { retry: "never" });
  const connector = await load();
  const streams = Object.keys(connector.streams);
  if (stream !== undefined && !streams.includes(stream)) {
    throw new HubError("stream_unknown", `${id} has no stream "${stream}"${suggestion(stream, streams)}`, {
      retry: "never",
    });
  }
  if (stream === undefined && !webhook)
    throw new HubError("stream_unknown", `${id} has the streams ${streams.join(", ")}`, { retry: "never" });
  return { connector, stream: stream ?? "" };
};

const everything = async (input: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) chunks.push(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
  return new TextDecoder("utf-8", { ignoreBOM: false }).decode(Buffer.concat(chunks));
};

interface Value {
  readonly line: number;
  readonly value?: unknown;
  readonly error?: unknown;
}

/** The whole text as one JSON value if it is one, else each line. */
function* valuesIn(text: string): Generator<Value> {
  if (text.trim() === "") return;
  const bytes = (part: string) => new TextEncoder().encode(part);
  try {
    yield { line: 1, value: parseJson(bytes(text), "the input") };
    return;
  } catch (error) {
    if (text.trim().split("\n").length === 1) {
      yield { line: 1, error };
      return;
    }
  }
  for (const [index, row] of text.split("\n").entries()) {
    if (row.trim() === "") continue;
    try {
      yield { line: index + 1, value: parseJson(bytes(row), "the line") };
    } catch (error) {
      yield { line: index + 1, error };
    }
  }
}

/** A webhook of a tool that sends another kind of body than JSON. */
const parsed = (parse: (body: Uint8Array) => unknown, text: string): Omit<Value, "line"> => {
  try {
    return { value: parse(new TextEncoder().encode(text.trim())) };
  } catch (error) {
    return { error };
  }
};

type Refuse = (why: unknown) => void;

/** What a value of the input holds: a webhook's records, a list response's, an array's, or itself. */
function* recordsOf(
  connector: Connector,
  name: string,
  value: unknown,
  call: Call,
  refuse: Refuse,
): Generator<readonly [string, unknown]> {
  if (call.values["webhook"] === true) {
    for (const told of toldBy(connector, value, call, refuse)) {
      if ("record" in told) yield [told.stream, told.record];
      else {
        call.terminal.note(`note: a hub would read ${told.stream} ${told.reread} again from the tool\n`);
        if (told.hint !== undefined) yield [told.stream, told.hint];
      }
    }
    return;
  }
  // biome-ignore lint/suspicious/noExplicitAny: the stream's own types were checked where it was declared
  const stream: Stream<any, any, any> | undefined = connector.streams[name];
  const list = Array.isArray(value) ? value : stream?.listed?.(value);
  if (list === undefined) yield [name, value];
  else for (const record of list) yield [name, record];
}

const toldBy = (connector: Connector, value: unknown, call: Call, refuse: Refuse): readonly Told[] => {
  const given = call.values["header"];
  const headers = new Headers();
  for (const line of Array.isArray(given) ? given : []) {
    const [, key = "", text = ""] = /^([^:]+):\s*(.*)$/.exec(String(line)) ?? [];
    if (key === "") throw new HubError("usage", `--header "${line}" is not "Name: value"`, { retry: "never" });
    headers.append(key, text);
  }
  try {
    return connector.webhook?.records(value, headers, ANY_SCOPE) ?? [];
  } catch (error) {
    refuse(error);
    return [];
  }
};

/** A selector that keeps everything: there is no config here. */
const ANY_SCOPE = { projects: [], teams: [], repos: [], events: {}, feedback: {}, companies: true };

function* normalised(connector: Connector, stream: string, record: unknown): Generator<unknown> {
  const connectionId = configuredId("con", connector.id);
  const drafts = draftsOf(connector.streams[stream], `${connector.id}/${stream}`, record, {
    id: connectionId,
    statuses: new Map(),
  });
  for (const draft of drafts) {
    const entity = entityOf(draft, {
      connectionId,
      tool: connector.id,
      productsOf: () => [],
      mappingVersion: 1,
      rawRef: "",
      now: draft.updatedAt,
      receivedAt: draft.updatedAt,
      how: "read",
    });
    yield { ...wireEntity(entity), ...(draft.history !== undefined && { history: snakeKeys(draft.history) }) };
    for (const { evidence, ...ends } of nativeStatements(entity)) {
      const link: Link = {
        ...ends,
        origin: "native",
        confidence: CONFIDENCE.native,
        evidence,
        validFrom: entity.sourceUpdatedAt,
        recordedAt: entity.sourceUpdatedAt,
        version: 1,
      };
      yield wireLink(link);
    }
  }
}

const pathsOf = (error: unknown): string => {
  const cause = error instanceof HubError ? error.cause : undefined;
  if (typeof cause !== "object" || cause === null || !("issues" in cause) || !Array.isArray(cause.issues)) return "";
  const paths = (cause.issues as { path: PropertyKey[]; message: string }[]).slice(0, 3);
  return ` (${paths.map(({ path, message }) => `${path.map(String).join(".") || "record"}: ${message}`).join("; ")})`;
};
