import { parseArgs } from "node:util";
import { VENDORS, type Vendor } from "./bench-company.ts";
import { countedOf, countOf } from "./bench-hub.ts";
import { ratio, table } from "./report.ts";
import { type Measured, measureRequests } from "./requests.ts";

const NAMES = { first: "first sync", changed: "1% changed", idle: "nothing changed", census: "census" } as const;

/** `npm run bench -- sync`: requests, memory and throughput of syncs. */
export const sync = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      size: { type: "string", default: "10000" },
      vendor: { type: "string", multiple: true, default: [...VENDORS] },
      json: { type: "boolean", default: false },
    },
  });
  const measured: Measured[] = [];
  for (const vendor of values.vendor as Vendor[]) {
    process.stderr.write(`${vendor}: counting requests\n`);
    measured.push(...(await measureRequests(vendor, Number(values.size))));
  }
  process.stdout.write(values.json ? `${JSON.stringify(measured.map(requestsJson))}\n` : requestsText(measured));
};

const smallestOf = ({ smallest }: Measured): number =>
  Object.values(smallest).reduce((sum, { requests }) => sum + requests, 0);

const perRecord = (one: Measured): string =>
  one.phase === "changed" ? (countOf(one.asked) / one.issues).toFixed(2) : "-";

const requestsJson = (one: Measured) => ({
  ...one,
  asked: Object.fromEntries(one.asked),
  requests: countOf(one.asked),
  counted: countedOf(one.asked),
  fewest: smallestOf(one),
});

const requestsText = (measured: readonly Measured[]): string => {
  const rows = measured.map((one) => [
    one.vendor,
    NAMES[one.phase],
    one.size,
    one.issues,
    countOf(one.asked),
    countedOf(one.asked),
    smallestOf(one),
    ratio(countOf(one.asked), smallestOf(one)),
    perRecord(one),
  ]);
  const head = ["tool", "sync", "issues", "read", "requests", "but 304", "smallest", "ratio", "per record"];
  const details = measured.map((one) => `${one.vendor}, ${NAMES[one.phase]}\n${byEndpoint(one)}`);
  return `${table(head, rows)}\n\n${details.join("\n\n")}\n`;
};

const byEndpoint = ({ asked, smallest }: Measured): string =>
  table(
    ["  endpoint", "requests", "smallest", "why"],
    [...new Set([...asked.keys(), ...Object.keys(smallest)])].map((name) => [
      `  ${name}`,
      asked.get(name) ?? 0,
      smallest[name]?.requests ?? 0,
      smallest[name]?.why ?? "",
    ]),
  );
