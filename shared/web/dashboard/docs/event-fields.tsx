import type { DataSchema } from "../../../domain/event-example.ts";
import { Scroll } from "../scroll.tsx";

/** What a field holds, in a few words. */
const typeOf = (schema: DataSchema): string => {
  if (schema.enum !== undefined) return schema.enum.map(String).join(", ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.properties !== undefined) {
    const required = new Set(schema.required);
    return `{ ${Object.keys(schema.properties)
      .map((key) => (required.has(key) ? key : `${key}?`))
      .join(", ")} }`;
  }
  if (typeof schema.additionalProperties === "object") return `map of ${typeOf(schema.additionalProperties)}`;
  return [schema.type ?? "any"].flat().join(" or ");
};

/** The fields of an event's data. */
export const EventFields = ({ schema }: { readonly schema: DataSchema }) => {
  const required = new Set(schema.required);
  return (
    <Scroll label="Fields of data">
      <table>
        <thead>
          <tr>
            <th scope="col">Field of data</th>
            <th scope="col">Holds</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(schema.properties ?? {}).map(([name, field]) => (
            <tr>
              <th scope="row">
                <code>{name}</code>
                {!required.has(name) && <span class="sub quiet">optional</span>}
              </th>
              <td>
                {typeOf(field)}
                {field.description !== undefined && <span class="sub quiet">{field.description}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
};
