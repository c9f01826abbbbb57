import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mermaid, type Part, topology } from "../topology.ts";
import { LAYERS, type Layer, VENDOR_PACKAGES } from "./import-table.ts";
import { code, fenced, page, table } from "./markdown.ts";

const importsOf = ({ at, imports, packages = [], node = [] }: Layer): string => {
  const vendors = at === "connectors/*" ? Object.values(VENDOR_PACKAGES).flat() : [];
  const outside = packages.map((name) =>
    name === "its own" ? `its vendor's own (${vendors.map(code).join(", ")})` : code(name),
  );
  const own = node.map((name) => (name === "*" ? "Node" : code(`node:${name}`)));
  return [...imports.map(code), ...outside, ...own].join(", ") || "nothing";
};

const parts = (): [string, Part][] => Object.entries(topology);

const triggerOf = (on: Part["on"]): string =>
  on
    .map((trigger) => {
      if ("http" in trigger) return code(trigger.http);
      if ("queue" in trigger) return `queue ${trigger.queue}, ${trigger.batch} at a time`;
      if ("feed" in trigger) return `change feed, up to ${trigger.batch}`;
      if ("schedule" in trigger) return `the times of ${trigger.schedule}`;
      return "everyMinutes" in trigger
        ? `every ${trigger.everyMinutes} minutes`
        : `each connection every ${trigger.everyConnection}`;
    })
    .join("; ");

/** The table of the docstring in `shared/store/keys.ts`, where it is written down once. */
const accessPatterns = (root: string): string => {
  const lines = readFileSync(join(root, "shared/store/keys.ts"), "utf8").split("\n");
  const rows = lines
    .filter((line) => line.startsWith(" * |") && !line.startsWith(" * | ---"))
    .map((line) =>
      line
        .slice(" * |".length)
        .replace(/\|\s*$/, "")
        .split("|")
        .map((part) => part.trim()),
    );
  const [head = [], ...body] = rows;
  if (body.length === 0) throw new Error("shared/store/keys.ts has no table in its docstring");
  return table(
    head,
    body.map(([read = "", ...keys]) => [read, ...keys.map(code)]),
  );
};

/** `docs/architecture.md`. */
export const architecturePage = (root: string): string =>
  page(
    "# Architecture",
    "The way of the data, drawn from [`infra/topology.ts`](../infra/topology.ts). Each box is a file in `functions/`; the use case\nof the same verb stands in `shared/pipeline/`.",
    fenced("mermaid", mermaid()),
    table(
      ["function", "does", "started by", "reads", "writes"],
      parts().map(([name, { does, on, reads = [], writes = [] }]) => [
        `[${code(name)}](../functions/${name}.ts)`,
        does,
        triggerOf(on),
        reads.join(", "),
        writes.join(", "),
      ]),
    ),
    "## Who may import whom",
    "Held by `test/architecture.test.ts`, type imports included. A folder may import itself and what its row names, nothing else;\ntests may import everything, and nobody imports a test.",
    table(
      ["folder", "holds", "may import"],
      LAYERS.map((layer) => [code(layer.at), layer.holds, importsOf(layer)]),
    ),
    "## Access patterns",
    "One table, no scans: every way to read is a row here. Written down in [`shared/store/keys.ts`](../shared/store/keys.ts).",
    accessPatterns(root),
    "## Decisions",
    "Why it is so: [adr/](adr/). How to add a tool: [add-a-connector.md](add-a-connector.md).",
  );
