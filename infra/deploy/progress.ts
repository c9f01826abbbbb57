import { type Change, kindOf } from "./changes.ts";

/** `cdk deploy --progress events`: stack | done/all | time | status | type | name (id) reason */
const EVENT = /^(\S+) \|[\s\d/]+\| [^|]+ \| (\w+)\s*(?:\(skipped\))?\s*\| ([\w:]+)\s*\| (.*)$/;

/** What CloudFormation told of one resource. */
export interface ResourceEvent {
  readonly stack: string;
  readonly status: string;
  readonly type: string;
  /** Its name, its id, and why it failed. */
  readonly about: string;
}

export const eventOf = (line: string): ResourceEvent | undefined => {
  const [, stack = "", status = "", type = "", about = ""] = EVENT.exec(line) ?? [];
  return stack === "" || type === "AWS::CloudFormation::Stack"
    ? undefined
    : { stack, status, type, about: about.trim() };
};

export interface Progress {
  /** Takes a line of `cdk`. */
  line(text: string): void;
  /** What failed, each with its reason. */
  readonly failures: readonly string[];
  /** The last lines that were no events. */
  readonly rest: readonly string[];
}

const KEPT_LINES = 20;

/** Counts resources by kind against what was announced, and tells a kind when all of it is done. */
export const progressOf = (changes: readonly Change[], tell: (line: string) => void): Progress => {
  const wanted = Map.groupBy(changes, ({ kind }) => kind);
  const done = new Map<string, Set<string>>();
  const failures: string[] = [];
  const rest: string[] = [];
  return {
    failures,
    rest,
    line(text) {
      const event = eventOf(text);
      if (event === undefined) {
        if (text.trim() !== "") rest.push(text);
        if (rest.length > KEPT_LINES) rest.shift();
        return;
      }
      const kind = kindOf(event.type);
      if (event.status.endsWith("_FAILED")) {
        failures.push(`${kind} ${event.about}`);
        tell(`✗ ${kind} ${event.about}`);
      }
      if (!event.status.endsWith("_COMPLETE")) return;
      const names = done.get(kind) ?? new Set();
      const before = names.size;
      done.set(kind, names.add(event.about));
      const all = wanted.get(kind)?.length ?? 0;
      if (names.size > before && names.size === all) tell(`✓ ${all} ${kind}`);
    },
  };
};
