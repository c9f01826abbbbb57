import { type DocumentNode, execute, GraphQLError, parse, validate } from "graphql";
import type { World } from "../company/world.ts";
import { Budget, type Spent } from "../http/budget.ts";
import { bodyObject } from "../http/route.ts";
import type { Answer, Vendor } from "../http/server.ts";
import { complexityOf, MOST_POINTS } from "./complexity.ts";
import { queryRoot, resolveField, spoiltRoot } from "./query.ts";
import { linearSchema } from "./sdk-schema.ts";

/** Linear's GraphQL interface over the made-up company. */
export interface LinearSite {
  readonly vendor: Vendor;
  readonly requests: Budget;
  readonly complexity: Budget;
}

export const linearSite = (world: World, apiKey: string, more: Readonly<Record<string, unknown>> = {}): LinearSite => {
  const requests = new Budget(50_000, 3_600_000, () => world.clock);
  const complexity = new Budget(30_000_000, 3_600_000, () => world.clock);
  const root = { ...queryRoot(world), ...more };
  const parsed = new Map<string, DocumentNode | readonly GraphQLError[]>();

  const read = (query: string): DocumentNode | readonly GraphQLError[] => {
    const before = parsed.get(query);
    if (before !== undefined) return before;
    const result = readDocument(query);
    if (parsed.size > 200) parsed.clear();
    parsed.set(query, result);
    return result;
  };

  const vendor: Vendor = async (asked) => {
    if (asked.path !== "/graphql" || asked.method !== "POST") return { status: 404, json: { message: "Not found" } };
    const given = asked.headers.authorization ?? "";
    if (given !== apiKey && given !== `Bearer ${apiKey}`) return errorAnswer(401, [unauthenticated]);
    const body = bodyObject(asked);
    if (typeof body?.["query"] !== "string")
      return errorAnswer(400, [fault("Must provide query string.", "BAD_REQUEST", "invalid input", 400)]);
    const variables = (body["variables"] ?? {}) as Readonly<Record<string, unknown>>;
    const operation = typeof body["operationName"] === "string" ? body["operationName"] : undefined;
    const document = read(body["query"]);
    if (!("kind" in document)) return errorAnswer(400, document, limitsOf(requests.spend(1), complexity.spend(0), 0));

    // Tenths add up to a little more than they are.
    const points = Math.ceil(Number(complexityOf(linearSchema(), document, operation, variables).toFixed(6)));
    const [spent, spentPoints] = [requests.spend(1), complexity.spend(points > MOST_POINTS ? 0 : points)];
    const headers = limitsOf(spent, spentPoints, points);
    if (!spent.allowed || !spentPoints.allowed) {
      const what = spent.allowed ? "complexity" : "requests";
      return errorAnswer(
        400,
        [
          fault(
            `Rate limit exceeded. Only ${spent.allowed ? spentPoints.limit : spent.limit} ${what} are allowed per 1 hour.`,
            "RATELIMITED",
            "ratelimited",
            429,
          ),
        ],
        {
          ...headers,
          "retry-after": String(spent.allowed ? spentPoints.retryAfterSeconds : spent.retryAfterSeconds),
        },
      );
    }
    if (points > MOST_POINTS)
      return errorAnswer(
        400,
        [
          fault(
            `Query too complex: ${points} points, at most ${MOST_POINTS} are allowed.`,
            "INPUT_ERROR",
            "invalid input",
            400,
          ),
        ],
        headers,
      );
    const result = await execute({
      schema: linearSchema(),
      document,
      rootValue: asked.shape === undefined ? root : spoiltRoot(root, asked.shape),
      contextValue: world,
      variableValues: variables,
      fieldResolver: resolveField,
      ...(operation === undefined ? {} : { operationName: operation }),
    });
    const errors = result.errors?.map(written);
    const refused =
      result.data === undefined ||
      (result.data === null && errors?.some((error) => error.extensions["statusCode"] === 400) === true);
    return {
      status: refused ? 400 : 200,
      headers,
      json: {
        ...(result.data === undefined ? {} : { data: result.data }),
        ...(errors === undefined ? {} : { errors }),
      },
    };
  };
  return { vendor, requests, complexity };
};

const readDocument = (query: string): DocumentNode | readonly GraphQLError[] => {
  try {
    const document = parse(query);
    const errors = validate(linearSchema(), document);
    if (errors.length === 0) return document;
    return errors.map(
      (error) =>
        new GraphQLError(error.message, {
          ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
          extensions: extensionsOf("GRAPHQL_VALIDATION_FAILED", "graphql error", 400),
        }),
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [fault(message, "GRAPHQL_PARSE_FAILED", "graphql error", 400)];
  }
};

const extensionsOf = (code: string, type: string, statusCode: number) => ({
  code,
  type,
  statusCode,
  userError: true,
  http: { status: statusCode === 429 ? 400 : statusCode },
});

const fault = (message: string, code: string, type: string, statusCode: number): GraphQLError =>
  new GraphQLError(message, {
    extensions: { ...extensionsOf(code, type, statusCode), userPresentableMessage: message },
  });

const unauthenticated = fault(
  "Authentication required, not authenticated",
  "AUTHENTICATION_ERROR",
  "authentication error",
  401,
);

/** An error with the extensions Linear always gives. */
const written = (error: GraphQLError) => {
  const { code, type, statusCode } = error.extensions;
  return {
    ...error.toJSON(),
    extensions: {
      ...extensionsOf("INTERNAL_SERVER_ERROR", "internal error", 500),
      ...error.extensions,
      ...(code === undefined ? {} : { code, type, statusCode }),
    },
  };
};

const errorAnswer = (
  status: number,
  errors: readonly GraphQLError[],
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers,
  json: { errors: errors.map((error) => error.toJSON()) },
});

const limitsOf = (requests: Spent, complexity: Spent, points: number): Readonly<Record<string, string>> => ({
  "x-complexity": String(points),
  "x-ratelimit-requests-limit": String(requests.limit),
  "x-ratelimit-requests-remaining": String(requests.remaining),
  "x-ratelimit-requests-reset": String(requests.resetAt),
  "x-ratelimit-complexity-limit": String(complexity.limit),
  "x-ratelimit-complexity-remaining": String(complexity.remaining),
  "x-ratelimit-complexity-reset": String(complexity.resetAt),
});
