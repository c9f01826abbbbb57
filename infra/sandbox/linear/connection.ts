import { GraphQLError } from "graphql";
import type { Shape } from "../http/server.ts";

/** What every connection field accepts. */
export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** A page size as Linear allows it. */
export const pageSize = ({ first, last }: PageArguments): number => {
  const size = first ?? last ?? 50;
  if (size < 1 || size > 250)
    throw wrongInput(`Argument Validation Error: ${first == null ? "last" : "first"} must not be greater than 250`);
  return size;
};

/** Whether a page is asked for from the end of the list. */
export const isBackward = ({ first, after, last, before }: PageArguments): boolean => {
  const backward = last != null || before != null;
  if (backward && (first != null || after != null))
    throw wrongInput("Pages go forward by first and after, or backward by last and before.");
  return backward;
};

/** A cursor before a given one, or before the first page, that looks like another. */
const earlierCursor = (after: string | null | undefined, nonce: number): string =>
  Buffer.from(`e:${nonce}:${after ?? ""}`).toString("base64url");

/** The cursor that one of those stands for; absent if it stands before the first page. */
export const plainCursor = (after: string | null | undefined): string | undefined => {
  if (after === null || after === undefined) return undefined;
  const found = /^e:\d+:(.*)$/.exec(Buffer.from(after, "base64url").toString("utf8"));
  return found === null ? after : plainCursor(found[1] === "" ? undefined : found[1]);
};

type Connection = ReturnType<typeof connection>;

/** A page with half of its nodes, with none, or with the cursor it was asked with as the next one. */
export const spoilt = (page: Connection, args: PageArguments, shape: Shape): Connection => {
  const pageInfo = (endCursor: string | null) => ({ ...page.pageInfo, hasNextPage: true, endCursor });
  if (shape.kind === "empty") {
    return { nodes: [], edges: [], pageInfo: pageInfo(earlierCursor(args.after, shape.nonce)) };
  }
  if (shape.kind === "repeat") return { ...page, pageInfo: pageInfo(args.after ?? earlierCursor(undefined, 0)) };
  const kept = Math.ceil(page.nodes.length / 2);
  if (kept === page.nodes.length) return page;
  const edges = page.edges.slice(0, kept);
  return { nodes: page.nodes.slice(0, kept), edges, pageInfo: pageInfo(edges.at(-1)?.cursor ?? null) };
};

export const wrongInput = (message: string): GraphQLError =>
  new GraphQLError(message, {
    extensions: {
      type: "invalid input",
      code: "INPUT_ERROR",
      statusCode: 400,
      userError: true,
      userPresentableMessage: message,
      http: { status: 400 },
    },
  });

export const notFound = (name: string): GraphQLError =>
  new GraphQLError(`Entity not found: ${name}`, {
    extensions: {
      type: "invalid input",
      code: "INPUT_ERROR",
      statusCode: 400,
      userError: true,
      userPresentableMessage: `Could not find referenced ${name}.`,
      http: { status: 400 },
    },
  });

/** A connection from a page of nodes and the cursor of each. */
export const connection = <T>(
  nodes: readonly T[],
  cursorOf: (node: T, index: number) => string,
  more: boolean,
  started: boolean,
) => ({
  nodes,
  edges: nodes.map((node, index) => ({ node, cursor: cursorOf(node, index) })),
  pageInfo: {
    __typename: "PageInfo",
    hasNextPage: more,
    hasPreviousPage: started,
    startCursor: nodes.length === 0 ? null : cursorOf(nodes[0] as T, 0),
    endCursor: nodes.length === 0 ? null : cursorOf(nodes[nodes.length - 1] as T, nodes.length - 1),
  },
});

/** A connection over a list that is at hand. */
export const listConnection = <T>(all: readonly T[], args: PageArguments) => {
  const size = pageSize(args);
  if (isBackward(args)) {
    const end = args.before == null ? all.length : Math.min(all.length, readCursor(args.before));
    const start = Math.max(0, end - size);
    return connection(all.slice(start, end), placeFrom(start), end < all.length, start > 0);
  }
  const after = plainCursor(args.after);
  const start = after === undefined ? 0 : readCursor(after) + 1;
  const nodes = all.slice(start, start + size);
  return connection(nodes, placeFrom(start), start + size < all.length, start > 0);
};

const placeFrom =
  (start: number) =>
  (_: unknown, index: number): string =>
    Buffer.from(`l:${start + index}`).toString("base64url");

const readCursor = (cursor: string): number => {
  const found = /^l:(\d+)$/.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  if (found === null) throw wrongInput("Invalid cursor");
  return Number(found[1]);
};
