import { at } from "../company/random.ts";
import type { WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { connection, isBackward, type PageArguments, pageSize, plainCursor, wrongInput } from "./connection.ts";
import { lowerBound, passes } from "./filter.ts";
import { issue } from "./issue.ts";
import { isVisibleTeam, LINEAR_PRODUCT, teamOf } from "./vocabulary.ts";

interface IssueArguments extends PageArguments {
  readonly filter?: Readonly<Record<string, unknown>> | null;
  readonly includeArchived?: boolean | null;
  readonly orderBy?: "createdAt" | "updatedAt" | null;
  readonly sort?: readonly Readonly<Record<string, { readonly order?: string | null } | null>>[] | null;
}

/** How a list of issues is walked. */
interface Walk {
  readonly by: "createdAt" | "updatedAt";
  readonly descending: boolean;
}

/** How many of the issues that were not read yet one is taken from, when they are shuffled. */
const AHEAD = 20;

/** A connection of issues, found by index arithmetic where the order is by update. */
export const issuesOf = (world: World, given: object, belongs: (item: WorkItem) => boolean) => {
  const args = given as IssueArguments;
  const size = pageSize(args);
  const backward = isBackward(args);
  const forth = walkOf(args);
  const walk = backward ? { ...forth, descending: !forth.descending } : forth;
  const after = readCursor(backward ? (args.before ?? undefined) : plainCursor(args.after));
  const nodes: Readonly<Record<string, unknown>>[] = [];
  const cursors: string[] = [];
  const rest: WorkItem[] = [];
  const bound = lowerBound(args.filter, "updatedAt", world.clock);
  for (const n of positions(world, walk, bound, after)) {
    const item = world.listed(LINEAR_PRODUCT, n);
    if (item === undefined || item.deleted !== undefined || !belongs(item)) continue;
    if (!isVisibleTeam(world, teamOf(item))) continue;
    if (item.archived !== undefined && args.includeArchived !== true) continue;
    const node = issue(world, item);
    if (args.filter !== null && args.filter !== undefined && !passes(args.filter, node, world.clock)) continue;
    if (nodes.length === size) rest.push(item);
    else {
      nodes.push(node);
      cursors.push(writeCursor(item));
    }
    if (rest.length > (world.shuffled.has("linear") ? AHEAD : 0)) break;
  }
  if (rest.length > 0) world.shuffle("linear", rest);
  const [more, started] = [rest.length > 0, after !== undefined];
  if (!backward) return connection(nodes, (_, index) => at(cursors, index), more, started);
  cursors.reverse();
  return connection(nodes.reverse(), (_, index) => at(cursors, index), started, more);
};

const walkOf = ({ sort, orderBy }: IssueArguments): Walk => {
  const first = sort?.[0];
  const by = first === undefined ? undefined : Object.keys(first).find((name) => first[name] !== null);
  if (first === undefined || by === undefined) return { by: orderBy ?? "createdAt", descending: true };
  if (by !== "updatedAt" && by !== "createdAt") throw wrongInput(`The sandbox cannot sort by ${by}.`);
  return { by, descending: first[by]?.order === "Descending" };
};

const positions = function* (world: World, walk: Walk, bound: number, after: Cursor | undefined): Iterable<number> {
  if (walk.by === "createdAt") {
    const count = world.count(LINEAR_PRODUCT);
    if (walk.descending) for (let n = (after?.n ?? count) - 1; n >= 0; n -= 1) yield n;
    else for (let n = (after?.n ?? -1) + 1; n < count; n += 1) yield n;
    return;
  }
  const order = at(world.byUpdate, LINEAR_PRODUCT);
  const first = Number.isFinite(bound) ? order.position(bound) : 0;
  if (walk.descending) {
    const end = after === undefined ? order.length : order.position(after.t, after.n);
    for (let position = end - 1; position >= first; position -= 1) yield order.at(position).code;
    return;
  }
  const start = after === undefined ? first : Math.max(first, order.position(after.t, after.n + 1));
  for (let position = start; position < order.length; position += 1) yield order.at(position).code;
};

interface Cursor {
  readonly t: number;
  readonly n: number;
}

const writeCursor = (item: WorkItem): string => Buffer.from(`i:${item.updated}:${item.n}`).toString("base64url");

const readCursor = (text: string | null | undefined): Cursor | undefined => {
  if (text === null || text === undefined) return undefined;
  const found = /^i:(\d+):(\d+)$/.exec(Buffer.from(text, "base64url").toString("utf8"));
  if (found === null) throw wrongInput("Invalid cursor");
  return { t: Number(found[1]), n: Number(found[2]) };
};
