import type { World } from "../company/world.ts";
import type { Answer, Asked, Shape, Vendor } from "../http/server.ts";
import { type Rule, type Rules, type VendorName, vendorOf } from "./rules.ts";

const HTML = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>Back soon</h1></body></html>";
const SHAPES: Readonly<Partial<Record<Rule["how"], Shape["kind"]>>> = {
  half: "half",
  empty_page: "empty",
  repeat_cursor: "repeat",
};

/** A vendor that answers badly when a rule says so, and whose clock is the world's. */
export const misbehaving = (name: string, vendor: Vendor, world: World, rules: Rules): Vendor => {
  let nonce = 0;
  return async (asked) => {
    world.catchUp();
    const rule = rules.take(name, asked);
    nonce += 1;
    const answer = rule === undefined ? await vendor(asked) : await badly(name, rule, asked, vendor, world, nonce);
    return {
      ...answer,
      headers: { date: new Date(world.vendorTime(vendorOf(name))).toUTCString(), ...answer.headers },
    };
  };
};

const badly = async (
  name: string,
  rule: Rule,
  asked: Asked,
  vendor: Vendor,
  world: World,
  nonce: number,
): Promise<Answer> => {
  const shape = SHAPES[rule.how];
  if (shape !== undefined) return vendor({ ...asked, shape: { kind: shape, nonce } });
  const json = { "content-type": "application/json; charset=utf-8" };
  switch (rule.how) {
    case "html":
      return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, text: HTML };
    case "invalid_json":
      return { status: 200, headers: json, text: '{"data": {"nodes": [}' };
    case "truncated":
      return truncated(await vendor(asked));
    case "reset":
      return { status: 200, hangUp: true };
    case "slow":
      await new Promise((resolve) => setTimeout(resolve, rule.ms));
      return vendor(asked);
    case "graphql_errors":
      return partial(await vendor(asked));
    case "server_error":
      return failure(name, rule.status ?? 500, "Service unavailable", "INTERNAL_SERVER_ERROR", waiting(rule));
    case "forbidden":
      return failure(name, 403, "You do not have permission to do this.", "FORBIDDEN", {});
    case "gone":
      return failure(name, 410, "This is gone.", "GONE", {});
    case "unauthorized":
    case "token_expired":
      return failure(name, 401, UNAUTHORIZED[vendorOf(name) ?? "github"], "AUTHENTICATION_ERROR", {});
    default:
      return limited(name, rule, world);
  }
};

const waiting = ({ seconds }: Rule, standard?: number): Readonly<Record<string, string>> => {
  const wait = seconds ?? standard;
  return wait === undefined ? {} : { "retry-after": String(wait) };
};

const UNAUTHORIZED: Readonly<Record<VendorName, string>> = {
  jira: "Client must be authenticated to access this resource.",
  linear: "Authentication required, not authenticated",
  github: "Bad credentials",
};

const limited = (name: string, rule: Rule, world: World): Answer => {
  const headers = waiting(rule, rule.how === "secondary_limit" ? 60 : 1);
  const resetAt = world.vendorTime(vendorOf(name)) + (rule.seconds ?? 1) * 1000;
  if (rule.how === "secondary_limit")
    return failure(
      name,
      403,
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      "",
      headers,
    );
  if (rule.how === "linear_limit")
    return failure(name, 400, "Rate limit exceeded. Only 2500 requests are allowed per 1 hour.", "RATELIMITED", {
      ...headers,
      "x-ratelimit-requests-limit": "2500",
      "x-ratelimit-requests-remaining": "0",
      "x-ratelimit-requests-reset": String(resetAt),
    });
  const own: Readonly<Record<VendorName, Readonly<Record<string, string>>>> = {
    jira: { "ratelimit-reason": "jira-burst-based" },
    linear: {},
    github: {
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-used": "5000",
      "x-ratelimit-reset": String(Math.ceil(resetAt / 1000)),
      "x-ratelimit-resource": "core",
    },
  };
  return failure(name, 429, "API rate limit exceeded.", "RATELIMITED", {
    ...headers,
    ...own[vendorOf(name) ?? "jira"],
  });
};

/** An error in the words of a vendor. */
const failure = (
  name: string,
  status: number,
  message: string,
  code: string,
  headers: Readonly<Record<string, string>>,
): Answer => {
  const type = { RATELIMITED: "ratelimited", AUTHENTICATION_ERROR: "authentication error" }[code] ?? "internal error";
  const extensions = { code, type, statusCode: status, userError: false, userPresentableMessage: message };
  const json = {
    jira: { errorMessages: [message], errors: {} },
    linear: { errors: [{ message, extensions }] },
    github: { message, documentation_url: "https://docs.github.com/rest", status: String(status) },
  }[vendorOf(name) ?? "github"];
  return { status, headers, json };
};

const truncated = ({ json, ...answer }: Answer): Answer => {
  const text = answer.text ?? JSON.stringify(json ?? null);
  const headers = { "content-type": "application/json; charset=utf-8", ...answer.headers };
  return { ...answer, headers, text, cutAt: Math.floor(Buffer.byteLength(text) / 2) };
};

/** Takes one record out of a GraphQL answer, and says that it could not be read. */
const partial = (answer: Answer): Answer => {
  const found = answer.json as { readonly data?: Readonly<Record<string, unknown>> } | undefined;
  const [field = "", value] = Object.entries(found?.data ?? {})[0] ?? [];
  const [node] = (value as { readonly nodes?: readonly Readonly<Record<string, unknown>>[] } | null)?.nodes ?? [];
  const [name] = Object.entries(node ?? {}).find(([, held]) => typeof held === "object" && held !== null) ?? [];
  const error = (path: readonly (string | number)[]) => ({
    message: "Internal server error",
    path,
    extensions: { code: "INTERNAL_SERVER_ERROR", type: "internal error", statusCode: 500, userError: false },
  });
  if (node === undefined || name === undefined)
    return { ...answer, status: 200, json: { data: { ...found?.data, [field]: null }, errors: [error([field])] } };
  const { nodes } = value as { readonly nodes: readonly unknown[] };
  const data = {
    ...found?.data,
    [field]: { ...(value as object), nodes: [{ ...node, [name]: null }, ...nodes.slice(1)] },
  };
  return { ...answer, status: 200, json: { data, errors: [error([field, "nodes", 0, name])] } };
};
