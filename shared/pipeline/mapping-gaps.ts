import type { HubEvent } from "../domain/event.ts";
import type { Mapped } from "../domain/mapped.ts";
import { snakeCase } from "../domain/snake-case.ts";
import type { StoredEntity } from "../store/entities.ts";
import { happened, named } from "./happened.ts";

/**
 * Values of a record that no table maps, unless its version before had them already. A value has one event under one
 * mapping, whichever record shows it first: the same id each time.
 */
export const gapEvents = (was: StoredEntity | undefined, is: StoredEntity): HubEvent[] => {
  const known = new Set(was?.mappingVersion === is.mappingVersion ? gapsIn(was).map(({ key }) => key) : []);
  const name = is.source.connectionId.replace(/^con_/, "");
  return gapsIn(is)
    .filter(({ key }) => !known.has(key))
    .map(({ key, field, value }) =>
      happened(
        "mapping.gap.detected",
        {
          subject: `${is.source.connectionId}/${key}`,
          sequence: is.mappingVersion,
          time: is.recordedAt,
          recordedAt: is.recordedAt,
        },
        {
          connection: { id: is.source.connectionId, name },
          field,
          value: { ...(value.id !== undefined && { id: value.id }), name: value.detail },
          seenIn: named(is),
        },
      ),
    );
};

const gapsIn = ({ kind, fields }: StoredEntity) =>
  Object.entries(fields).flatMap(([name, value]: [string, unknown]) => {
    if (!isMapped(value) || value.category !== "unknown" || value.detail === "") return [];
    const field = `${snakeCase(kind)}.${snakeCase(name)}`;
    return [{ key: `${field}/${value.id ?? value.detail}`, field, value }];
  });

const isMapped = (value: unknown): value is Mapped =>
  typeof value === "object" && value !== null && "category" in value && "detail" in value && "mappedBy" in value;
