import {
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import type { Shape } from "../http/server.ts";
import { listConnection, notFound, type PageArguments, spoilt } from "./connection.ts";
import { passes } from "./filter.ts";
import { attachmentsOf, findIssue, issue } from "./issue.ts";
import { issuesOf } from "./issues.ts";
import {
  cycle,
  cycles,
  initiative,
  initiatives,
  label,
  organization,
  projectStatus,
  projects,
  state,
  user,
  users,
  visibleStates,
  visibleTeams,
} from "./organization.ts";
import { indexOf, isVisibleTeam, LINEAR_PRODUCT, labels, projectStatuses, teamOf } from "./vocabulary.ts";

type Held = Readonly<Record<string, unknown>>;
interface ListArguments extends PageArguments {
  readonly includeArchived?: boolean | null;
  readonly filter?: Held | null;
  readonly orderBy?: "createdAt" | "updatedAt" | null;
  readonly sort?: readonly Readonly<Record<string, { readonly order?: string | null } | null>>[] | null;
}

/** Everything that can be asked of the sandbox's Linear. */
export const queryRoot = (world: World): Held => ({
  viewer: () => user(world, 0),
  organization: () => organization(world),
  teams: (args: ListArguments) => listed(world, visibleTeams(world), args),
  team: ({ id }: { id: string }) => {
    return visibleTeams(world).find((found) => id === found["id"] || id === found["key"]) ?? missing("Team");
  },
  workflowStates: (args: ListArguments) => listed(world, visibleStates(world), args),
  workflowState: ({ id }: { id: string }) =>
    known(indexOf(world, "state", id), (index) => state(world, index), "WorkflowState"),
  users: (args: ListArguments) =>
    args.filter == null ? users(world, args) : listed(world, users(world, { first: 250 }).nodes, args),
  user: ({ id }: { id: string }) => known(indexOf(world, "user", id), (index) => user(world, index), "User"),
  issueLabels: (args: ListArguments) =>
    listed(
      world,
      labels.map((_, index) => label(world, index)),
      args,
    ),
  issues: (args: object) => issuesOf(world, args, () => true),
  issue: ({ id }: { id: string }) => {
    const item = findIssue(world, id);
    const isThere = item !== undefined && item.deleted === undefined && isVisibleTeam(world, teamOf(item));
    return isThere ? issue(world, item) : missing("Issue");
  },
  projects: (args: ListArguments) =>
    listed(
      world,
      visibleProjects(world).filter(({ archivedAt }) => args.includeArchived === true || archivedAt === null),
      args,
    ),
  project: ({ id }: { id: string }) =>
    visibleProjects(world).find((found) => found["id"] === id || found["slugId"] === id) ?? missing("Project"),
  projectStatuses: (args: ListArguments) =>
    listed(
      world,
      projectStatuses.map((_, index) => projectStatus(world, index)),
      args,
    ),
  initiatives: (args: ListArguments) => listed(world, initiatives(world), args),
  initiative: ({ id }: { id: string }) =>
    known(indexOf(world, "initiative", id), (index) => initiative(world, index), "Initiative"),
  cycles: (args: ListArguments) => listed(world, isVisibleTeam(world, 0) ? cycles(world) : [], args),
  cycle: ({ id }: { id: string }) =>
    known(isVisibleTeam(world, 0) ? indexOf(world, "cycle", id) : undefined, (index) => cycle(world, index), "Cycle"),
  attachments: (args: ListArguments) => listed(world, [...attachments(world)], args),
  attachmentsForURL: ({ url, ...args }: ListArguments & { url: string }) =>
    listed(world, attachmentsFor(world, url), args),
});

/** All projects are of the first team. */
const visibleProjects = (world: World): readonly Held[] => (isVisibleTeam(world, 0) ? projects(world) : []);

/** The same, with every list on top of a query spoilt. */
export const spoiltRoot = (root: Held, shape: Shape): Held =>
  Object.fromEntries(
    Object.entries(root).map(([name, field]) => [
      name,
      (args: ListArguments) => {
        const held = (field as (args: ListArguments) => unknown)(args);
        return isPage(held) ? spoilt(held, args, shape) : held;
      },
    ]),
  );

const isPage = (held: unknown): held is Parameters<typeof spoilt>[0] =>
  typeof held === "object" && held !== null && "nodes" in held && "pageInfo" in held;

const missing = (name: string): never => {
  throw notFound(name);
};

const known = (index: number | undefined, made: (index: number) => Held, name: string): Held =>
  index === undefined ? missing(name) : made(index);

const listed = (world: World, all: readonly Held[], args: ListArguments) => {
  const { filter } = args;
  const kept =
    filter === null || filter === undefined ? [...all] : all.filter((record) => passes(filter, record, world.clock));
  const first = args.sort?.[0];
  const by = first === undefined ? undefined : Object.keys(first).find((name) => first[name] !== null);
  const field = by ?? args.orderBy ?? undefined;
  if (field !== undefined) {
    const sign = by !== undefined && first?.[by]?.order === "Ascending" ? 1 : -1;
    kept.sort((a, b) => sign * String(a[field]).localeCompare(String(b[field])));
  }
  return listConnection(kept, args);
};

const attachments = function* (world: World): Iterable<Held> {
  for (let n = 0; n < world.count(LINEAR_PRODUCT); n += 1) {
    const item = world.item(LINEAR_PRODUCT, n);
    if (item !== undefined && item.deleted === undefined && isVisibleTeam(world, teamOf(item)))
      yield* attachmentsOf(world, item);
  }
};

const attachmentsFor = (world: World, url: string): readonly Held[] => {
  const number = /^https:\/\/github\.com\/acme\/insights\/pull\/(\d+)$/.exec(url)?.[1];
  const repository = world.repository(LINEAR_PRODUCT);
  const code = number === undefined ? undefined : repository.codeOfNumber(Number(number));
  const n = code === undefined ? undefined : repository.pull(code).item;
  const item = n === undefined ? undefined : world.item(LINEAR_PRODUCT, n);
  return item === undefined ? [] : attachmentsOf(world, item);
};

/** Takes a field from its record; where the company has nothing of the kind, gives the emptiest answer the schema allows. */
export const resolveField: GraphQLFieldResolver<unknown, World> = (source, args, world, info) => {
  const record = source as Held | undefined;
  const belongs = record?.["holdsIssue"] as ((item: WorkItem) => boolean) | undefined;
  if (info.fieldName === "issues" && belongs !== undefined) return issuesOf(world, args, belongs);
  const held = record?.[info.fieldName];
  if (typeof held === "function") return (held as (args: object) => unknown)(args);
  return held === undefined ? emptiest(info.returnType, args as PageArguments) : held;
};

const emptiest = (type: GraphQLOutputType, args: PageArguments): unknown => {
  if (!isNonNullType(type)) return null;
  const inner = type.ofType;
  if (isListType(inner)) return [];
  if (isObjectType(inner)) return inner.name.endsWith("Connection") ? listConnection([], args) : {};
  if (isEnumType(inner)) return inner.getValues()[0]?.value;
  if (!isLeafType(inner)) return null;
  return { Boolean: false, Int: 0, Float: 0, JSONObject: {}, String: "", JSON: {} }[inner.name] ?? null;
};
