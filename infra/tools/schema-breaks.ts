import type { DataSchema as Shape } from "../../shared/domain/event-example.ts";

export type Catalogue = Readonly<Record<string, Shape>>;

/**
 * What would break those who read events by the schemas of before: types and fields that are gone, that hold something else,
 * or that need not be there any more. What is new breaks nobody, nor do new words of a list.
 */
export const breaksIn = (before: Catalogue, now: Catalogue): string[] =>
  Object.entries(before).flatMap(([name, shape]) => {
    const present = now[name];
    return present === undefined ? [`${name} is gone`] : differences(name, shape, present);
  });

const differences = (at: string, before: Shape, now: Shape): string[] => {
  const [was, is] = [typesOf(before), typesOf(now)];
  if (was !== is) return [`${at} was ${was}, is ${is}`];
  const gone = (before.enum ?? []).filter((value) => now.enum?.includes(value) !== true);
  const words = gone.length > 0 ? [`${at} is never ${gone.map(String).join(", ")} any more`] : [];
  const fields = Object.entries(before.properties ?? {}).flatMap(([name, shape]) => {
    const present = now.properties?.[name];
    if (present === undefined) return [`${at}.${name} is gone`];
    const isLess = before.required?.includes(name) === true && now.required?.includes(name) !== true;
    return [
      ...(isLess ? [`${at}.${name} need not be there any more`] : []),
      ...differences(`${at}.${name}`, shape, present),
    ];
  });
  const parts = [
    [before.items, now.items] as const,
    [objectOf(before.additionalProperties), objectOf(now.additionalProperties)] as const,
    ...(before.anyOf ?? []).map((shape, place) => [shape, now.anyOf?.[place]] as const),
  ];
  const inner = parts.flatMap(([one, other]) => (one === undefined ? [] : differences(`${at}[]`, one, other ?? {})));
  return [...words, ...fields, ...inner];
};

const objectOf = (shape: Shape | boolean | undefined): Shape | undefined =>
  typeof shape === "object" ? shape : undefined;

const typesOf = ({ type, anyOf }: Shape): string =>
  anyOf !== undefined ? anyOf.map(typesOf).join(" or ") : [type ?? "anything"].flat().toSorted().join(" or ");
