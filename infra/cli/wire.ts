import type { Entity } from "../../shared/domain/entity.ts";
import type { Link } from "../../shared/domain/link.ts";
import { snakeKeys } from "../../shared/domain/snake-case.ts";
import type { StoredPerson } from "../../shared/store/people.ts";

/** An entity as it leaves the hub: envelope and fields in one object, names in snake_case. Storage notes stay inside. */
export const wireEntity = (entity: Entity & { mappedHash?: string; historyHash?: string | undefined }): object => {
  const { fields, mappedHash: _, historyHash: __, relations, references, ...envelope } = entity;
  return snakeKeys({ ...envelope, ...fields, kind: entity.kind, relations, references }) as object;
};

export const wireLink = (link: Link): unknown => snakeKeys({ kind: "link", ...link });

export const wirePerson = ({ from: _, to: __, gone: ___, ...person }: StoredPerson): unknown =>
  snakeKeys({ kind: "person", ...person });
