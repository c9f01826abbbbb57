import { maybeInstant } from "../../shared/domain/instant.ts";
import type { Word } from "../../shared/domain/mapped.ts";
import { PROPERTIES, type Property } from "./config.ts";
import type { Page, Value } from "./schema.ts";

const plain = (parts: Value["title"]): string => (parts ?? []).map(({ plain_text }) => plain_text ?? "").join("");

/** A value as a reader of the table sees it; undefined if it is empty. */
export const textOf = (value: Value | undefined): string | undefined => {
  if (value === undefined) return undefined;
  const { title, rich_text, select, status, url, formula, number } = value;
  const text = plain(title) || plain(rich_text) || select?.name || status?.name || url || formula?.string;
  return text || number?.toString() || undefined;
};

export const numberOf = (value: Value | undefined): number | undefined =>
  value?.number ?? value?.formula?.number ?? value?.rollup?.number ?? undefined;

/** A day, of either end of a range. */
export const dayOf = (value: Value | undefined, end: "start" | "end"): string | undefined => {
  const told = end === "end" ? (value?.date?.end ?? value?.date?.start) : value?.date?.start;
  return told && maybeInstant(told) !== undefined ? told.slice(0, 10) : undefined;
};

/** A property by our name, under the name that the config gives it. */
export const propertyOf = ({ properties, mapping }: Page, ours: Property): Value | undefined => {
  const name = (mapping?.properties?.[ours] ?? PROPERTIES[ours]).toLowerCase();
  return Object.entries(properties ?? {}).find(([theirs]) => theirs.toLowerCase() === name)?.[1];
};

export const titleOf = ({ properties }: Page): string =>
  plain(Object.values(properties ?? {}).find(({ type, title }) => type === "title" || title != null)?.title).trim();

/** A status with Notion's own group of it, or a select, which has none. */
export const wordOf = (page: Page, ours: Property): Word => {
  const { status, select } = propertyOf(page, ours) ?? {};
  const option = status ?? select;
  const group = option?.id ? page.mapping?.groups?.[option.id] : undefined;
  return { ...(option?.id && { id: option.id }), name: option?.name ?? "", ...(group && { type: group }) };
};
