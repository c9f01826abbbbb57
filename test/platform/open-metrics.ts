/** A family of an OpenMetrics answer. */
export interface Family {
  readonly type: string;
  readonly help: string;
  readonly unit: string | undefined;
  readonly samples: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ["_total"],
  gauge: [""],
  histogram: ["_bucket", "_count", "_sum"],
};
const SAMPLE =
  /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/** Reads OpenMetrics 1.0 as strictly as it is written down. @throws Error with the line that is none */
export const openMetrics = (text: string): ReadonlyMap<string, Family> => {
  const families = new Map<string, Family>();
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.pop() !== "# EOF") throw new Error("it does not end with # EOF");
  let current:
    | [string, { type: string; help: string; unit: string | undefined; samples: Family["samples"] }]
    | undefined;
  for (const line of lines) {
    const [, word, name = "", rest = ""] = /^# (TYPE|UNIT|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (word === "TYPE") {
      if (families.has(name) || SUFFIXES[rest] === undefined) throw new Error(line);
      current = [name, { type: rest, help: "", unit: undefined, samples: [] }];
      families.set(...current);
    } else if (word !== undefined) {
      if (current?.[0] !== name || current[1].samples.length > 0) throw new Error(line);
      if (word === "HELP") current[1].help = rest;
      else if (name.endsWith(`_${rest}`)) current[1].unit = rest;
      else throw new Error(line);
    } else {
      const [, full = "", inner = "", value = ""] = SAMPLE.exec(line) ?? [];
      const [family, held] = current ?? [""];
      if (held === undefined || !SUFFIXES[held.type]?.some((suffix) => full === `${family}${suffix}`))
        throw new Error(line);
      const labels = Object.fromEntries(
        [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = "", word = ""]) => [
          label,
          word.replaceAll(/\\(.)/g, (_, one: string) => (one === "n" ? "\n" : one)),
        ]),
      );
      held.samples.push({ name: full, labels, value: Number(value) });
    }
  }
  return families;
};
