import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { corpusRows } from "../connector/corpus.ts";
import { SOURCES } from "./sources.ts";

interface Literal {
  readonly at: string;
  readonly expression: RegExp;
}

/** A regular expression begins where a value may: behind a sign that no division follows. */
const LITERAL =
  /(?<=(?:^|[=(,:[!&|?{};+]|=>|return|case)\s*)\/(?<source>(?:[^/\\\n[*]|\\.|\[(?:[^\]\\\n]|\\.)*\])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])*)\/(?<flags>[dgimsuvy]*)(?![\w/])/gm;

/** Comments go, where they take a whole line; of JSX only the code is looked at. */
const literalsOf = (path: string): Literal[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line, index) =>
      /^\s*(?:\/[/*]|\*)/.test(line)
        ? []
        : [...line.matchAll(LITERAL)].flatMap(({ groups = {} }) => {
            const { source = "", flags = "" } = groups;
            try {
              return [{ at: `${path}:${index + 1}`, expression: new RegExp(source, flags) }];
            } catch {
              return [];
            }
          }),
    );

const ALL = SOURCES.flatMap(literalsOf);

/** A repetition of something that itself repeats, which may try every way to cut a text into parts. */
const NESTED = /\((?:[^()\\]|\\.)*[+*}](?:[^()\\]|\\.)*\)(?:[+*]|\{\d+,)/;

interface Pump {
  readonly pre: string;
  readonly pump: string;
  readonly suf: string;
}
const OWN: Pump[] = [
  ...[
    " ",
    "\t ",
    "\n",
    "a",
    "A-",
    "0",
    "-",
    "_",
    ".",
    "/",
    "a.",
    "#1, ",
    "%2F",
    "\\",
    "@",
    "[",
    "<",
    "(",
    ":",
    '"',
    "é",
  ].map((pump) => ({ pre: "", pump, suf: "\u0000" })),
  ...[".", "a.", "a/", "/", "[", " "].map((pump) => ({ pre: "https://", pump, suf: "\u0000" })),
];
const PUMPS = [...OWN, ...corpusRows<Pump>("redos.pumps.jsonl")];
const LENGTH = 10_000;
const BUDGET_MS = 30;

/** Of the processor, the shortest of three: what else the machine does is not taken for work of the expression. */
const millisecondsFor = (expression: RegExp, text: string): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let nth = 0; nth < 3 && best > BUDGET_MS; nth += 1) {
    const from = process.cpuUsage();
    // Every match, as replaceAll and matchAll look for them.
    text.search(expression);
    best = Math.min(best, process.cpuUsage(from).user / 1000);
  }
  return best;
};

describe("T23 regular expressions of the sources", () => {
  const texts = PUMPS.map(({ pre, pump, suf }) => `${pre}${pump.repeat(LENGTH / pump.length)}${suf}`);

  it("are found, and repeat nothing that itself repeats", () => {
    expect(ALL.length).toBeGreaterThan(150);
    expect("/(a+)+$/").toMatch(NESTED);
    const nested = ALL.filter(({ expression }) => NESTED.test(expression.source));
    expect(nested.map(({ expression }) => expression.source)).toEqual(SEPARATED);
  });

  it("need no more than 30 ms for 10,000 letters made to hold them up", () => {
    expect(millisecondsFor(/[ ]+x/, " ".repeat(20_000))).toBeGreaterThan(BUDGET_MS);
    const slow = ALL.flatMap(({ at, expression }) =>
      texts.flatMap((text) => {
        const took = millisecondsFor(expression, text);
        return took > BUDGET_MS
          ? [`${at} ${expression} ${JSON.stringify(text.slice(0, 12))} ${took.toFixed(0)} ms`]
          : [];
      }),
    );
    process.stdout.write(`${ALL.length} regular expressions over ${texts.length} texts\n`);
    expect(slow).toEqual([]);
  });
});

/** Each round begins with a sign that the repeated class does not hold, so that there is one way to cut a text. */
const SEPARATED = [
  /^(?:https?:\/\/)?(?:www\.)?([\w-]+(?:\.[\w-]+)+)/,
  /^[\w-]+(\.[\w-]+)*$/,
  /^[a-z]{2}(?:-[a-z]+)+-\d$/,
  /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\w.-]+)*\/?$/,
  /[^\s<>"'(),;:@]{1,64}@[\w-]+(?:\.[\w-]+)+/,
  /^[!-~]+(?: [!-~]+)*$/,
  /^(?=.*_|.{5})[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/,
].map(({ source }) => source);
