import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LOG_FIELDS } from "../../shared/pipeline/log.ts";
import { METRICS, type MetricName } from "../../shared/pipeline/metrics.ts";
import { logLines } from "./log-lines.ts";
import { code, table } from "./markdown.ts";

const metricTable = (): string =>
  table(
    ["metric", "type", "labels", "tells", "in CloudWatch"],
    (Object.keys(METRICS) as MetricName[]).map((name) => {
      const { type, labels, help, ...rest } = METRICS[name];
      const told = type === "counter" ? `throughline_${name}_total` : `throughline_${name}`;
      return [code(told), type, labels.map(code).join(", "), help, "cloud" in rest ? code(rest.cloud) : ""];
    }),
  );

const fieldTable = (): string =>
  table(
    ["field", "is", "says"],
    Object.entries(LOG_FIELDS).map(([name, { is, says }]) => [code(name), is, says]),
  );

const lineTable = (root: string): string => {
  const byVerb = Map.groupBy(logLines(root), ({ verb = "" }) => verb);
  return table(
    ["message", "level", "written by"],
    [...byVerb]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([verb, lines]) => [
        code(verb),
        [...new Set(lines.map(({ level }) => level))].join(", "),
        [...new Set(lines.map(({ at }) => code(at.split(":", 1)[0] ?? "")))].join(", "),
      ]),
  );
};

/** `docs/operate.md` with its tables as the source has them; the words around them are written by hand. */
export const operatePage = (root: string): string => {
  const tables: Readonly<Record<string, () => string>> = {
    metrics: metricTable,
    fields: fieldTable,
    lines: () => lineTable(root),
  };
  return readFileSync(join(root, "docs/operate.md"), "utf8").replace(
    /(<!-- table: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, open: string, name: string, close: string) => {
      const made = tables[name];
      if (made === undefined) throw new Error(`docs/operate.md asks for a table ${name}, and there is none`);
      return `${open}\n${made()}\n\n${close}`;
    },
  );
};
