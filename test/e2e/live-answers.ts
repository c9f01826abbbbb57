import * as z from "zod";
import type { RunningHub } from "./local-hub.ts";

type Json = Readonly<Record<string, unknown>>;
interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<Record<string, { readonly content?: Json }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Json };
}

/** What an operation needs said, where a list cannot tell it. A summary of changes reaches back to the hub's first board. */
const needed: Readonly<Record<string, () => string>> = {
  since: () => encodeURIComponent(new Date().toISOString()),
  q: () => "a",
};

const validator = (document: Document, schema: unknown): z.ZodType => {
  const standing = { ...(schema as Json), $defs: document.components.schemas };
  return z.fromJSONSchema(JSON.parse(JSON.stringify(standing).replaceAll("#/components/schemas/", "#/$defs/")) as Json);
};

/**
 * Asks a running hub every reading operation that its own description names, for the first thing of the list above it,
 * and holds each answer against the description.
 *
 * @returns what differed, and how many operations were asked, or could not be for want of a thing
 */
export const liveAnswers = async (hub: RunningHub) => {
  const document = await hub.json<Document>("/openapi.json");
  const wrong: string[] = [];
  const empty: string[] = [];
  let asked = 0;
  const firstOf = async (path: string): Promise<string | undefined> => {
    const { data } = await hub.json<{ data?: readonly { id?: string; data?: { id?: string } }[] }>(path);
    return data?.[0]?.id;
  };
  /** The path with what it names: the first thing of the list above each name. */
  const placed = async (path: string): Promise<string | undefined> => {
    const at = path.indexOf("/{");
    if (at === -1) return path;
    const id = await firstOf(path.slice(0, at));
    return id && placed(path.replace(/\{\w+\}/, encodeURIComponent(id)));
  };
  for (const [path, methods] of Object.entries(document.paths)) {
    const operation = methods["get"];
    const content = operation?.responses["200"]?.content?.["application/json"] as { schema?: unknown } | undefined;
    if (operation === undefined || content?.schema === undefined) continue;
    const named = await placed(path);
    if (named === undefined) {
      empty.push(path);
      continue;
    }
    const query = operation.parameters
      .filter((one) => one.in === "query" && one.required)
      .map(({ name }) => `${name}=${needed[name]?.() ?? "unknown"}`);
    const address = `${named}?${query.join("&")}`;
    const response = await fetch(`${hub.url}${address}`);
    asked += 1;
    const body: unknown = await response.json();
    const { error } = validator(document, content.schema).safeParse(body);
    if (response.status !== 200) wrong.push(`${address}: ${response.status} ${JSON.stringify(body)}`);
    else if (error !== undefined) wrong.push(`${address}: ${error.message.slice(0, 500)}`);
  }
  return { wrong, empty, asked };
};
