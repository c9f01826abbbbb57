/** A place in a text: line and column from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const SKIPPED = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)/y;
const NAMED = /(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([A-Za-z_$][\w$]*))\s*:/y;
const TEXT = /(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)/y;

/** A brace or bracket that is open: the key before it, and how many elements of a list went by. */
interface Frame {
  readonly name: string;
  place: number | undefined;
}

/** What the pattern finds at this very place. */
const here = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/**
 * Where in a config file's text the value at a path stands, or the nearest enclosing one that can be found.
 * Reads object and array literals only: keys, braces, brackets, strings and comments; what is computed is not seen.
 */
export const locate = (text: string, path: readonly PropertyKey[]): Position => {
  const wanted = path.map(String);
  let best = { depth: -1, at: 0 };
  const stack: Frame[] = [];
  let key: string | undefined;
  const note = (path: readonly string[], at: number) => {
    const depth = common(path, wanted);
    if (depth === path.length && depth > best.depth) best = { depth, at };
  };
  const pathTo = (last: string) => settingOf([...stack.map(({ name }) => name), last].filter((part) => part !== ""));
  /** Its place in the list around it, where it is an element of one. */
  const element = () =>
    key === undefined && stack.at(-1)?.place !== undefined ? String(stack.at(-1)?.place) : undefined;
  for (let at = 0; at < text.length; ) {
    const skipped = here(SKIPPED, text, at)?.[0];
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const named = here(NAMED, text, at);
    if (named !== null) {
      key = named[1] ?? named[2] ?? named[3] ?? "";
      note(pathTo(key), at);
      at += named[0].length;
      continue;
    }
    const string = here(TEXT, text, at)?.[0];
    if (string !== undefined) {
      const place = element();
      if (place !== undefined) note(pathTo(place), at);
      at += string.length;
      continue;
    }
    const character = text[at];
    if (character === "{" || character === "[") {
      const place = element();
      if (place !== undefined) note(pathTo(place), at);
      stack.push({ name: key ?? place ?? "", place: character === "[" ? 0 : undefined });
      key = undefined;
    } else if (character === "}" || character === "]") {
      stack.pop();
      key = undefined;
    } else if (character === ",") {
      const list = stack.at(-1);
      if (list?.place !== undefined) list.place += 1;
    }
    at += 1;
  }
  const before = text.slice(0, best.at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
};

/** JSON has a connection's settings below `config`, `jira({…})` beside its name: problems are told by the second form. */
const settingOf = (path: readonly string[]): readonly string[] =>
  path[0] === "connections" && path[2] === "config" && path.length > 3 ? path.toSpliced(2, 1) : path;

/** How many leading parts two paths share. */
const common = (a: readonly string[], b: readonly string[]): number => {
  let shared = 0;
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared += 1;
  return shared;
};
