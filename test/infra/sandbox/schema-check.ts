type Schema = Readonly<Record<string, unknown>>;

/** Finds what in a value does not fit a schema of an OpenAPI document: the subset of JSON Schema that vendors use. */
export class SchemaCheck {
  readonly #document: Schema;

  constructor(document: string) {
    this.#document = JSON.parse(document) as Schema;
  }

  /** Complaints about the JSON answer of an endpoint; none means that it fits. */
  answer(method: string, path: string, status: number, value: unknown): readonly string[] {
    const paths = this.#document["paths"] as Record<string, Record<string, Schema>>;
    const operation = paths[path]?.[method.toLowerCase()];
    if (operation === undefined) return [`no operation ${method} ${path}`];
    const response = this.#resolve((operation["responses"] as Record<string, Schema>)[String(status)] ?? {});
    const content = (response["content"] as Record<string, { schema?: Schema }> | undefined)?.["application/json"]
      ?.schema;
    return content === undefined ? [`no schema for ${status} of ${path}`] : this.#check(content, value, "$");
  }

  #resolve(schema: Schema): Schema {
    const reference = schema["$ref"];
    if (typeof reference !== "string") return schema;
    const found = reference
      .slice(2)
      .split("/")
      .reduce<unknown>((held, part) => (held as Schema | undefined)?.[part.replaceAll("~1", "/")], this.#document);
    return this.#resolve((found ?? {}) as Schema);
  }

  #check(given: Schema, value: unknown, path: string): readonly string[] {
    const schema = this.#resolve(given);
    if (value === null) return this.#allowsNull(schema) ? [] : [`${path}: null`];
    const all = ((schema["allOf"] ?? []) as readonly Schema[]).flatMap((part) => this.#check(part, value, path));
    const choices = (schema["oneOf"] ?? schema["anyOf"]) as readonly Schema[] | undefined;
    const chosen = choices === undefined ? [] : this.#choose(choices, value, path);
    return [...all, ...chosen, ...this.#own(schema, value, path)];
  }

  #allowsNull(schema: Schema): boolean {
    const choices = (schema["oneOf"] ?? schema["anyOf"] ?? []) as readonly Schema[];
    const types = [schema["type"]].flat();
    return (
      schema["nullable"] === true ||
      types.includes("null") ||
      choices.some((choice) => this.#allowsNull(this.#resolve(choice))) ||
      (types[0] === undefined && choices.length === 0 && schema["allOf"] === undefined)
    );
  }

  #choose(choices: readonly Schema[], value: unknown, path: string): readonly string[] {
    const results = choices.map((choice) => this.#check(choice, value, path)).sort((a, b) => a.length - b.length);
    return results[0] ?? [];
  }

  #own(schema: Schema, value: unknown, path: string): readonly string[] {
    const types = [schema["type"]].flat().filter((type) => type !== undefined);
    if (types.length > 0 && !types.some((type) => hasType(type, value)))
      return [`${path}: ${typeof value} instead of ${types.join(" or ")}`];
    const options = schema["enum"] as readonly unknown[] | undefined;
    if (options !== undefined && !options.includes(value))
      return [`${path}: ${JSON.stringify(value)} is not one of ${options.join(", ")}`];
    if (schema["format"] === "date-time" && typeof value === "string" && Number.isNaN(Date.parse(value)))
      return [`${path}: ${value} is no date`];
    if (Array.isArray(value)) {
      const items = schema["items"] as Schema | undefined;
      return items === undefined ? [] : value.flatMap((entry, index) => this.#check(items, entry, `${path}[${index}]`));
    }
    return typeof value === "object" ? this.#object(schema, value as Schema, path) : [];
  }

  #object(schema: Schema, value: Schema, path: string): readonly string[] {
    const properties = (schema["properties"] ?? {}) as Record<string, Schema>;
    const missing = ((schema["required"] ?? []) as readonly string[])
      .filter((name) => !(name in value))
      .map((name) => `${path}.${name}: missing`);
    const known = Object.entries(value).flatMap(([name, held]) => {
      const property = properties[name];
      if (property !== undefined) return held === undefined ? [] : this.#check(property, held, `${path}.${name}`);
      return schema["additionalProperties"] === false ? [`${path}.${name}: not described`] : [];
    });
    return [...missing, ...known];
  }
}

const hasType = (type: unknown, value: unknown): boolean => {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && !Array.isArray(value);
    default:
      return typeof value === type;
  }
};
