import type { Entity } from "../../shared/domain/entity.ts";
import type { Link } from "../../shared/domain/link.ts";

/** An entity as it leaves the hub: envelope and fields in one object, names in snake_case. Storage notes stay inside. */
export const wireEntity = (entity: Entity & { mappedHash?: string; historyHash?: string | undefined }): object => {
  const { fields, mappedHash: _, historyHash: __, relations, references, ...envelope } = entity;
  return snake({ ...envelope, ...fields, kind: snakeWord(entity.kind), relations, references }) as object;
};

export const wireLink = (link: Link): unknown => snake({ kind: "link", ...link });

/** Keys in snake_case, values as they are. */
export const snake = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(snake);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) =>
      part === undefined ? [] : [[snakeWord(key), key === "value" ? part : snake(part)]],
    ),
  );
};

export const snakeWord = (word: string): string => word.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
