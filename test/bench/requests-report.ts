import { countedOf, countOf } from "./bench-hub.ts";
import { table, times } from "./report.ts";
import type { Measured, Phase } from "./requests.ts";

const NAMES: Readonly<Record<Phase, string>> = {
  first: "first sync",
  changed: "1% changed",
  idle: "nothing changed",
  census: "census",
};

/** What was measured with its sums, as JSON can hold it. */
export const requestsOf = (one: Measured) => ({
  ...one,
  asked: Object.fromEntries(one.asked),
  requests: countOf(one.asked),
  /** Without those answered 304. */
  counted: countedOf(one.asked),
  fewest: Object.values(one.smallest).reduce((sum, { requests }) => sum + requests, 0),
});

/** One line for each sync, then each sync by endpoint with why so many cannot be spared. */
export const requestsText = (measured: readonly Measured[]): string => {
  const rows = measured.map((one) => {
    const { requests, counted, fewest } = requestsOf(one);
    const perChange = one.phase === "changed" ? (requests / one.issues).toFixed(2) : "-";
    return [
      one.vendor,
      NAMES[one.phase],
      one.size,
      one.issues,
      requests,
      counted,
      fewest,
      times(requests, fewest),
      perChange,
    ];
  });
  const head = [
    "tool",
    "sync",
    "issues",
    "to read",
    "requests",
    "without 304",
    "smallest",
    "ratio",
    "per changed record",
  ];
  const details = measured.map((one) => `${one.vendor}, ${NAMES[one.phase]}\n${byEndpoint(one)}`);
  return `${table(head, rows)}\n\n${details.join("\n\n")}`;
};

const byEndpoint = ({ asked, smallest }: Measured): string =>
  table(
    ["  endpoint", "requests", "smallest", "why"],
    [...new Set([...asked.keys(), ...Object.keys(smallest)])]
      .map((name) => [`  ${name}`, asked.get(name) ?? 0, smallest[name]?.requests ?? 0, smallest[name]?.why ?? ""])
      .filter(([, requests, fewest]) => requests !== 0 || fewest !== 0),
  );
