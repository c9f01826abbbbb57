import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { snakeCase, snakeKeys } from "../../domain/snake-case.ts";
import type { Scope } from "../access/scope.ts";
import { isNamedIn, weakTag } from "../entity-tag.ts";
import { didYouMean } from "./did-you-mean.ts";
import { givenIn } from "./query.ts";
import type { Asked, Method, Route } from "./route.ts";

interface ActionSpec<Body extends z.ZodObject, Reply extends z.ZodObject> {
  readonly id: string;
  readonly method: Exclude<Method, "GET">;
  readonly tag: string;
  readonly scope: Scope;
  readonly path: string;
  readonly summary: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** What is sent, in camelCase; snake_case on the wire. Leave it out where nothing is. */
  readonly takes?: Body;
  readonly gives: Reply;
  /** 200 without it; 202 where the work goes on after the answer, 204 where there is nothing to say. */
  readonly status?: 200 | 201 | 202 | 204;
  readonly givesSecret?: boolean;
  /** Undefined: there is no such thing. */
  readonly act: (asked: Asked & { readonly sent: z.output<Body> }) => Promise<
    | {
        readonly body: z.input<Reply>;
        /** Path of what was made, e.g. `/v1/keys/key_…`. */
        readonly location?: string | undefined;
      }
    | undefined
  >;
}

const camelCase = (word: string): string => word.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Keys of what was sent as the schema has them. Values keep theirs where the schema leaves them open. */
const camelKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [camelCase(key), camelKeys(part)]));
};

const complaint = (error: z.ZodError, shape: z.ZodRawShape): HubError => {
  const [issue] = error.issues;
  const place = (issue?.path ?? []).map((part) => snakeCase(String(part))).join(".");
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys.map(snakeCase);
    const hint = didYouMean(key, Object.keys(shape).map(snakeCase));
    return new HubError("invalid_body", `'${key.slice(0, 64)}' is not a field of this${hint}`, {
      retry: "never",
      details: { parameter: key.slice(0, 64) },
    });
  }
  return new HubError(
    "invalid_body",
    `${place === "" ? "the body" : `'${place}'`}: ${issue?.message ?? "not allowed"}`,
    {
      retry: "never",
      ...(place !== "" && { details: { parameter: place } }),
    },
  );
};

/** An operation that changes something. */
export const action = <Body extends z.ZodObject, Reply extends z.ZodObject>(spec: ActionSpec<Body, Reply>): Route => {
  const takes: z.ZodObject = spec.takes === undefined ? z.strictObject({}) : z.strictObject(spec.takes.shape);
  const status = spec.status ?? 200;
  return {
    id: spec.id,
    method: spec.method,
    tag: spec.tag,
    scope: spec.scope,
    path: spec.path,
    summary: spec.summary,
    pathParameters: spec.pathParameters ?? {},
    query: z.object({}),
    ...(spec.takes !== undefined && { request: takes }),
    response: spec.gives,
    status,
    canMiss: spec.path.includes("{"),
    ...(spec.givesSecret === true && { givesSecret: true }),
    answer: async (asked) => {
      givenIn(asked.url.searchParams, {}, `${spec.method} ${spec.path}`);
      const parsed = takes.safeParse(camelKeys(asked.body ?? {}));
      if (!parsed.success) throw complaint(parsed.error, takes.shape);
      const done = await spec.act({ ...asked, sent: parsed.data as z.output<Body> });
      if (done === undefined) return undefined;
      const body = snakeKeys(done.body);
      return {
        body: status === 204 ? undefined : body,
        etag: weakTag(JSON.stringify(body)),
        status,
        ...(done.location !== undefined && { location: `${asked.deps.url()}${done.location}` }),
      };
    },
  };
};

/**
 * Keeps two people from writing over each other.
 *
 * @param tag the ETag of what is there now
 * @throws HubError if_match_required where nothing is said, version_conflict where it names something else
 */
export const demandMatch = (ifMatch: string | undefined, tag: string): void => {
  if (ifMatch === undefined)
    throw new HubError(
      "if_match_required",
      "this writes over an object: If-Match must name the version that you read",
      {
        retry: "never",
      },
    );
  if (!isNamedIn(ifMatch, tag))
    throw new HubError("version_conflict", "somebody changed it since you read it", { retry: "never" });
};
