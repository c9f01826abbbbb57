/**
 * For a config's `refine`: exactly one of the ways to prove who asks is given.
 *
 * @param ways each the settings that go together, e.g. `["oauth"], ["email", "apiToken"]`; none may be given in part
 */
export const oneOf = <Name extends string>(
  ...ways: readonly (readonly Name[])[]
): readonly [(given: Readonly<Partial<Record<Name, unknown>>>) => boolean, { error: string; path: PropertyKey[] }] => [
  (given: Readonly<Partial<Record<Name, unknown>>>): boolean => {
    const held = ways.map((names) => names.filter((name) => given[name] !== undefined).length);
    return held.every((count, way) => count === 0 || count === ways[way]?.length) && held.filter(Boolean).length === 1;
  },
  { error: `needs either ${ways.map((names) => names.join(" and ")).join(", or ")}`, path: [ways[0]?.[0] ?? ""] },
];
