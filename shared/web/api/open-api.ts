import * as z from "zod";
import { snakeCase, snakeSchema } from "../../domain/snake-case.ts";
import { type Example, exampleOf } from "./example.ts";
import { bare, takesMany } from "./query.ts";
import type { Route } from "./route.ts";
import { ROUTES } from "./routes.ts";

type Json = Readonly<Record<string, unknown>>;

/** Schemas with a name move to `components`, where generators of clients look for them. */
const withComponents = (schema: z.ZodType, components: Map<string, unknown>): Json => {
  const { $defs, $schema: _, ...own } = snakeSchema(z.toJSONSchema(schema, { io: "input" })) as Record<string, unknown>;
  const text = JSON.stringify(own).replaceAll('"#/$defs/', '"#/components/schemas/');
  for (const [name, part] of Object.entries(($defs ?? {}) as Json)) {
    const { id: _id, ...rest } = part as Record<string, unknown>;
    components.set(name, JSON.parse(JSON.stringify(rest).replaceAll('"#/$defs/', '"#/components/schemas/')));
  }
  return JSON.parse(text) as Json;
};

/** A parameter's schema alone: its description and examples stand beside it. */
const valueSchema = (schema: z.ZodType): Json => {
  const { $schema: _s, description: _d, examples: _e, ...own } = z.toJSONSchema(schema, { io: "output" });
  return own;
};

export interface DescribedParameter {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly many: boolean;
  readonly schema: Json;
  readonly example?: unknown;
}

/** The query parameters of an operation as documentation shows them. */
export const parametersOf = (route: Route): DescribedParameter[] =>
  Object.entries(route.query.shape).map(([name, field]) => {
    const schema = field as z.ZodType;
    const meta = schema.meta() ?? {};
    const example = (meta["examples"] as readonly unknown[] | undefined)?.[0];
    const inner = bare(schema) as z.ZodType;
    return {
      name: snakeCase(name),
      description: schema.description ?? inner.description ?? "",
      required: !schema.safeParse(undefined).success,
      many: takesMany(schema),
      schema: valueSchema(schema instanceof z.ZodDefault ? schema : inner),
      ...(example !== undefined && { example }),
    };
  });

const PROBLEM = {
  type: "object",
  description: "Problem details, RFC 9457.",
  properties: {
    type: { type: "string", description: "A page about this error." },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string" },
    code: { type: "string" },
    errors: { type: "array", items: { type: "object", properties: { parameter: { type: "string" } } } },
    request_id: { type: "string" },
  },
  required: ["type", "title", "status", "detail", "instance", "code", "request_id"],
};

const failure = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

const SUCCESS: Readonly<Record<Route["status"], string>> = {
  200: "As asked.",
  201: "Made.",
  202: "Taken; the work goes on.",
  204: "Done; there is nothing to say.",
};

/** What holds for all operations of its kind. */
const descriptionOf = ({ method, scope, response, status }: Route): string => {
  const isList = response instanceof z.ZodObject && "nextCursor" in response.shape;
  const how = isList
    ? "A page at a time, by id unless it says otherwise; `next_cursor`, or the `Link` header, leads on."
    : "One object, with an ETag for `If-None-Match`.";
  const read = `${how} The same rows with the suffix \`.csv\` for spreadsheets or \`.md\` for people.`;
  const write = `${status === 202 ? "Answered before the work is done; `Location` says where to follow it. " : ""}${method === "POST" ? "With `Idempotency-Key` a repeat within 24 hours gets the first answer." : "`If-Match` names the version that is changed."}`;
  return `${method === "GET" ? read : write} Needs the scope \`${scope}\`.`;
};

const operation = (route: Route, components: Map<string, unknown>, example: Example | undefined) => ({
  operationId: route.id,
  tags: [route.tag],
  summary: route.summary,
  description: descriptionOf(route),
  parameters: [
    ...Object.entries(route.pathParameters).map(([name, description]) => ({
      name,
      in: "path",
      required: true,
      description,
      schema: { type: "string" },
    })),
    ...parametersOf(route).map(({ name, description, required, many, schema, example }) => ({
      name,
      in: "query",
      required,
      description,
      ...(many && { style: "form", explode: false }),
      schema,
      ...(example !== undefined && { example }),
    })),
  ],
  ...(route.request !== undefined && {
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: withComponents(route.request, components),
          ...(example?.sent !== undefined && { example: example.sent }),
        },
      },
    },
  }),
  security: [{ key: [route.scope] }],
  responses: {
    [route.status]: {
      description: SUCCESS[route.status],
      headers: { ETag: { schema: { type: "string" } }, "X-Request-Id": { schema: { type: "string" } } },
      content: {
        "application/json": {
          schema: withComponents(route.response, components),
          ...(example !== undefined && { example: example.answer }),
        },
      },
    },
    ...(route.method === "GET" && {
      "304": { description: "Not changed since the answer that `If-None-Match` names." },
    }),
    "400": failure("A parameter, a cursor or the body is wrong."),
    "401": failure("No key, or none that this hub knows."),
    "403": failure(`The key lacks the scope ${route.scope}.`),
    ...(route.canMiss && { "404": failure("There is no such thing.") }),
    "500": failure("Something failed inside the hub."),
  },
});

/** The whole API as an OpenAPI 3.1 document, made from the route table. */
export const openApi = ({ url, version }: { readonly url: string; readonly version: string }) => {
  const components = new Map<string, unknown>([["Problem", PROBLEM]]);
  const paths = Object.fromEntries(
    [...Map.groupBy(ROUTES, ({ path }) => path)].map(([path, routes]) => [
      path,
      Object.fromEntries(
        routes.map((route) => [route.method.toLowerCase(), operation(route, components, exampleOf(route.id))]),
      ),
    ]),
  );
  return {
    openapi: "3.1.0",
    info: {
      title: "Throughline",
      version,
      description:
        "One explainable lifecycle view of every feature. Lists come in pages; enums are open: new values may come.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url }],
    tags: [...new Set(ROUTES.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        key: {
          type: "http",
          scheme: "bearer",
          description: "A key of this hub, `tl_…`; each operation names its scope.",
        },
      },
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
};
