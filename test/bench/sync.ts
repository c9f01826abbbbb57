import { parseArgs } from "node:util";
import { VENDORS, type Vendor } from "./bench-company.ts";
import { type Memory, measureMemory } from "./memory.ts";
import { table, times } from "./report.ts";
import { type Measured, measureRequests } from "./requests.ts";
import { requestsOf, requestsText } from "./requests-report.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";

const PARTS = ["requests", "memory", "throughput"] as const;
type Part = (typeof PARTS)[number];

const USAGE = `usage: npm run bench -- sync [--only ${PARTS.join("|")}]… [--vendor ${VENDORS.join("|")}]…
    [--size 10000] [--sizes 1000,100000] [--rows 2000] [--whole] [--json]
  --size   issues for the requests
  --sizes  issues for the memory, each in processes of its own
  --rows   issues for the throughput
  --whole  memory: derives and publishes too, in place of polling and ingesting alone
`;

/** Requests, memory and throughput of syncs; all vendors for the requests, Jira alone for what takes long. */
export const sync = async (args: readonly string[]): Promise<void> => {
  const asked = optionsOf(args);
  if (typeof asked === "string") {
    process.stderr.write(`${asked}\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const { only, vendors, size, sizes, rows, whole, json } = asked;
  const [few, all] = [vendors.length === 0 ? (["jira"] as const) : vendors, vendors.length === 0 ? VENDORS : vendors];
  const requests: Measured[] = [];
  const memory: Memory[] = [];
  const throughput: Throughput[] = [];
  const tell = (what: string) => process.stderr.write(`${what}\n`);
  for (const vendor of only.includes("requests") ? all : []) {
    tell(`${vendor}: requests of ${size} issues`);
    requests.push(...(await measureRequests(vendor, size)));
  }
  for (const vendor of only.includes("throughput") ? few : []) {
    tell(`${vendor}: throughput with ${rows} issues`);
    throughput.push(await measureThroughput(vendor, rows));
  }
  for (const vendor of only.includes("memory") ? few : []) {
    for (const issues of sizes) {
      tell(`${vendor}: memory of ${issues} issues`);
      memory.push(await measureMemory(vendor, issues, whole));
    }
  }
  const texts = [
    ...(requests.length > 0 ? [requestsText(requests)] : []),
    ...(throughput.length > 0 ? [throughputText(throughput)] : []),
    ...(memory.length > 0 ? [memoryText(memory)] : []),
  ];
  const figures = { requests: requests.map(requestsOf), throughput, memory };
  process.stdout.write(json ? `${JSON.stringify(figures, undefined, 2)}\n` : `${texts.join("\n\n")}\n`);
};

/** The options, or what is wrong with them. */
const optionsOf = (args: readonly string[]) => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true, default: [...PARTS] },
        vendor: { type: "string", multiple: true, default: [] },
        size: { type: "string", default: "10000" },
        sizes: { type: "string", default: "1000,100000" },
        rows: { type: "string", default: "2000" },
        whole: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    });
    return {
      only: values.only.map((part) => among<Part>("--only", part, PARTS)),
      vendors: values.vendor.map((vendor) => among<Vendor>("--vendor", vendor, VENDORS)),
      size: issuesIn("--size", values.size),
      sizes: values.sizes.split(",").map((size) => issuesIn("--sizes", size)),
      rows: issuesIn("--rows", values.rows),
      whole: values.whole,
      json: values.json,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const among = <Word extends string>(option: string, given: string, words: readonly Word[]): Word => {
  const found = words.find((word) => word === given);
  if (found === undefined) throw new Error(`${option} ${given}: is none of ${words.join(", ")}`);
  return found;
};

const issuesIn = (option: string, given: string): number => {
  const issues = Number(given);
  if (!Number.isInteger(issues) || issues < 50 || issues > 250_000)
    throw new Error(`${option} ${given}: is no whole number from 50 to 250000`);
  return issues;
};

const median = (figures: readonly number[]): number => figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? 0;

const throughputText = (all: readonly Throughput[]): string =>
  table(
    [
      "tool",
      "issues",
      "records",
      "rows",
      "ingest rows/s",
      "floor rows/s",
      "ingest / floor time",
      "rederive / ingest time",
    ],
    all.map(({ vendor, issues, records, rows, rounds }) => [
      vendor,
      issues,
      records,
      rows,
      Math.round(rows / median(rounds.map(({ ingest }) => ingest))),
      Math.round(rows / median(rounds.map(({ floor }) => floor))),
      `${median(rounds.map(({ ingest, floor }) => ingest / floor)).toFixed(2)}x`,
      `${median(rounds.map(({ rederive, ingest }) => rederive / ingest)).toFixed(2)}x`,
    ]),
  );

const memoryText = (all: readonly Memory[]): string => {
  const rows = all.flatMap((one) => {
    const least = all.find(({ vendor }) => vendor === one.vendor) ?? one;
    return (["first", "census"] as const).map((run) => [
      one.vendor,
      run === "first" ? "first sync" : "census",
      one.issues,
      Math.round(one[run].rssMb),
      times(one[run].rssMb, least[run].rssMb),
      Math.round(one[run].heapMb),
      times(one[run].heapMb, least[run].heapMb),
      Math.round(one[run].seconds),
    ]);
  });
  return table(["tool", "run", "issues", "peak RSS MB", "ratio", "peak heap MB", "ratio", "seconds"], rows);
};
