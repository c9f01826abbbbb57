import * as z from "zod";
import { snakeCase } from "../../domain/snake-case.ts";
import type { Slice } from "../../store/views.ts";
import type { Identity } from "../access/identity.ts";
import type { Scope } from "../access/scope.ts";
import { strongTag, weakTag } from "../entity-tag.ts";
import { freshness } from "../freshness.ts";
import type { WebDeps } from "../web-deps.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import { checked, givenIn, readOnce } from "./query.ts";
import { type Made, wireText } from "./wire.ts";

/** An answer ready for the wire. */
export interface Answer {
  readonly body: unknown;
  /** The body as JSON, where that is at hand. */
  readonly text?: string | undefined;
  readonly etag: string;
  /** The address of what follows. */
  readonly next?: string | undefined;
  /** What its `.md` says, where that is more than its fields one by one. */
  readonly prose?: (() => string) | undefined;
  /** 200 without it. */
  readonly status?: 200 | 201 | 202 | 204 | undefined;
  /** Where what was made can be read. */
  readonly location?: string | undefined;
  /** The first answer to a request that is repeated. */
  readonly isReplay?: boolean | undefined;
}

export interface Asked {
  readonly deps: WebDeps;
  readonly url: URL;
  /** What the path names first; empty where it names nothing. */
  readonly id: string;
  /** All that the path names. */
  readonly params: Readonly<Record<string, string>>;
  readonly identity: Identity;
  /** Of operations that change something: the body as sent, checked by the operation. */
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
}

/** One operation: from this table come routing, the check of parameters, OpenAPI and the page of the API. */
export interface Route {
  readonly id: string;
  readonly method: Method;
  readonly tag: string;
  /** Without it nobody but an administrator could be let in: every route names one. */
  readonly scope: Scope;
  /** With `{name}` for its parts that vary. */
  readonly path: string;
  readonly summary: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly query: z.ZodObject;
  /** What is sent, for operations that take something. */
  readonly request?: z.ZodType | undefined;
  readonly response: z.ZodType;
  readonly status: 200 | 201 | 202 | 204;
  readonly canMiss: boolean;
  /** Its answer holds a secret that is shown once: no repeat of the request is told it. */
  readonly givesSecret?: boolean | undefined;
  /** Undefined: there is no such thing. */
  readonly answer: (asked: Asked) => Promise<Answer | undefined>;
}

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

interface Spec<Shape extends z.ZodRawShape> {
  readonly id: string;
  readonly tag: string;
  readonly scope: Scope;
  readonly path: string;
  readonly summary: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly query?: Shape;
}

type Query<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/** A list of the past says of which moment it is. */
interface OfThen {
  readonly asOf?: string | undefined;
}

interface ListSpec<Shape extends z.ZodRawShape, Item extends z.ZodObject> extends Spec<Shape> {
  readonly item: Item;
  /** About how many there are; undefined where only a walk could tell. */
  readonly estimate?: (asked: Asked & { readonly query: Query<Shape> }) => Promise<number | undefined>;
  readonly rows: (
    asked: Asked & {
      readonly query: Query<Shape>;
      readonly after: string | undefined;
      readonly limit: number;
      /** Whether a field of the items is told, under its name on the wire. */
      readonly tells: (field: string) => boolean;
    },
  ) => Promise<(Slice<z.input<Item> | Made<z.input<Item>>> & OfThen) | undefined>;
}

interface SingleSpec<Shape extends z.ZodRawShape, Body extends z.ZodObject> extends Spec<Shape> {
  readonly body: Body;
  readonly read: (asked: Asked & { readonly query: Query<Shape> }) => Promise<
    | {
        readonly body: z.input<Body> | Made<z.input<Body>>;
        readonly version?: readonly [string, number] | undefined;
        /** See {@link Answer}; some fields alone are told one by one. */
        readonly prose?: () => string;
      }
    | undefined
  >;
}

/** Tags of lists change at least this often, so that a cached page never holds a cursor that is about to expire. */
const RENEW_CURSORS_MS = 12 * 60 * 60 * 1000;

const fieldsOf = (schema: z.ZodObject) => {
  const names = Object.keys(schema.shape).map(snakeCase);
  const fields = z
    .array(z.enum(names))
    .optional()
    .describe("Only these top-level fields of each object.")
    .meta({ examples: [names.slice(0, 2)] });
  return z.object({ fields });
};

const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe("How many at most, 1 to 200."),
  cursor: z
    .string()
    .optional()
    .describe("The next_cursor of the page before; it lives 24 hours and goes with the same filters only."),
};

/** Of lists that can be counted. */
const COUNTED = {
  include: z
    .array(z.enum(["total_estimate"]))
    .optional()
    .describe("total_estimate: about how many there are over all pages."),
};
type Included = { readonly include?: readonly string[] | undefined };

const Meta = z
  .object({
    asOf: z
      .string()
      .nullable()
      .describe(
        "All fresh sources are at least this new; null while there is no data. The moment asked for with as_of.",
      ),
    staleSources: z.array(z.string()).describe("Ids of connections whose data is older than its limit."),
    totalEstimate: z
      .int()
      .nullable()
      .optional()
      .describe("Only with include=total_estimate; null where only a walk over all could tell."),
  })
  .meta({ id: "ListMeta" });

/** An operation that gives a list, page by page, in an order that never changes. */
export const list = <Shape extends z.ZodRawShape, Item extends z.ZodObject>(spec: ListSpec<Shape, Item>): Route => {
  const own = z.object(spec.query ?? ({} as Shape));
  const common = z.object({ ...page, ...(spec.estimate && COUNTED), ...fieldsOf(spec.item).shape });
  const query = z.object({ ...own.shape, ...common.shape });
  const read = readOnce((search) => {
    const given = givenIn(search, query.shape, `GET ${spec.path}`);
    return { filter: checked(own, given), ...(checked(common, given) as z.output<typeof common> & Included) };
  });
  return {
    ...spec,
    method: "GET",
    status: 200,
    pathParameters: spec.pathParameters ?? {},
    query,
    response: z.object({ data: z.array(spec.item), nextCursor: z.string().nullable(), meta: Meta }),
    canMiss: spec.path.includes("{"),
    answer: async (asked) => {
      const { deps, url, id } = asked;
      const { filter, limit, cursor, fields, include } = read(url);
      const scope = { route: spec.id, filters: { ...filter, id, identity: asked.identity.id } };
      const now = deps.now();
      const after = cursor === undefined ? undefined : openCursor(deps.cursorKey, scope, cursor, now);
      const tells = (field: string) => fields?.includes(field) ?? true;
      const slice = await spec.rows({ ...asked, query: filter, after, limit, tells });
      if (slice === undefined) return undefined;
      const { asOf, stale } = await freshness(deps);
      const data = `[${slice.items.map((item) => wireText<z.input<Item>>(item, fields)).join()}]`;
      const total = include && { total_estimate: (await spec.estimate?.({ ...asked, query: filter })) ?? null };
      const meta = { as_of: slice.asOf ?? asOf, stale_sources: stale.map(({ id }) => id), ...total };
      const nextCursor = slice.next === undefined ? null : sealCursor(deps.cursorKey, scope, slice.next, now);
      const period = Math.floor(now.getTime() / RENEW_CURSORS_MS);
      const text = `{"data":${data},"next_cursor":${JSON.stringify(nextCursor)},"meta":${JSON.stringify(meta)}}`;
      return {
        get body(): unknown {
          return JSON.parse(text);
        },
        text,
        etag: weakTag(`${data}${JSON.stringify([meta, slice.next, slice.next === undefined ? 0 : period])}`),
        next: nextCursor === null ? undefined : addressWith(deps, url, nextCursor),
      };
    },
  };
};

/** As it was asked for, with another cursor: these need no encoding, and the rest is encoded already. */
const addressWith = (deps: WebDeps, { pathname, search }: URL, cursor: string): string => {
  const others = search.slice(1).split("&");
  const kept = others.filter((part) => part !== "" && !part.startsWith("cursor="));
  return `${deps.url()}${pathname}?${[...kept, `cursor=${cursor}`].join("&")}`;
};

/** An operation that gives one object. */
export const single = <Shape extends z.ZodRawShape, Body extends z.ZodObject>(spec: SingleSpec<Shape, Body>): Route => {
  const own = z.object(spec.query ?? ({} as Shape));
  const common = fieldsOf(spec.body);
  const query = z.object({ ...own.shape, ...common.shape });
  return {
    ...spec,
    method: "GET",
    status: 200,
    pathParameters: spec.pathParameters ?? {},
    query,
    response: spec.body,
    canMiss: spec.path.includes("{"),
    answer: async (asked) => {
      const given = givenIn(asked.url.searchParams, query.shape, `GET ${spec.path}`);
      const { fields } = checked(common, given);
      const found = await spec.read({ ...asked, query: checked(own, given) });
      if (found === undefined) return undefined;
      const text = wireText<z.input<Body>>(found.body, fields);
      const etag =
        found.version === undefined || fields !== undefined ? weakTag(text) : strongTag(spec.id, ...found.version);
      return {
        get body(): unknown {
          return JSON.parse(text);
        },
        text,
        etag,
        ...(fields === undefined && { prose: found.prose }),
      };
    },
  };
};
