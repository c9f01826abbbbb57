import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { type Config, selects } from "./config.ts";
import { listPages } from "./paged-list.ts";
import { ask, statusIn } from "./transport.ts";

/** A list without times of change is read whole each run; a cursor only says where a broken-off run was. */
export const ListCursor = z.strictObject({
  project: z.string().optional(),
  startAt: z.int().optional(),
});
export type ListCursor = z.output<typeof ListCursor>;

const Keyed = z.looseObject({ key: z.string() });

/** Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-search-get */
export async function* readProjects(
  { http, config }: ReadContext<Config>,
  cursor: ListCursor,
  scope: string,
): AsyncGenerator<Page<ListCursor>, void, undefined> {
  const pages = listPages(cursor.startAt ?? 0, (startAt, shape) =>
    ask(http, shape, (jira, client) =>
      jira.searchProjects(client, {
        startAt,
        maxResults: config.listPageSize,
        orderBy: "key",
        ...(scope !== "" && { keys: [scope] }),
      }),
    ),
  );
  for await (const { values, nextAt } of pages) {
    // Asked for by key, and checked: what is outside the scope must not come in.
    const records = values.filter((value) => scope === "" || Keyed.safeParse(value).data?.key === scope);
    yield { records, cursor: nextAt === undefined ? {} : { startAt: nextAt } };
  }
}

/** Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-workflow-statuses/#api-rest-api-3-status-get */
export async function* readStatuses({ http }: ReadContext<Config>): AsyncGenerator<Page<ListCursor>, void, undefined> {
  const records = await ask(http, z.array(z.unknown()), (jira, client) => jira.getStatuses(client));
  yield { records, cursor: {} };
}

/**
 * The versions of each project, with the project's key set on each.
 * Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-versions/#api-rest-api-3-project-projectidorkey-version-get
 */
export async function* readVersions(
  context: ReadContext<Config>,
  cursor: ListCursor,
  scope: string,
): AsyncGenerator<Page<ListCursor>, void, undefined> {
  const { http, config } = context;
  const keys = scope === "" ? await projectKeys(context) : [scope];
  const first = Math.max(0, cursor.project === undefined ? 0 : keys.indexOf(cursor.project));
  for (const [index, key] of keys.entries()) {
    if (index < first) continue;
    const from = key === cursor.project ? (cursor.startAt ?? 0) : 0;
    const pages = listPages(from, (startAt, shape) =>
      ask(http, shape, (jira, client) =>
        jira.getProjectVersionsPaginated(client, {
          projectIdOrKey: key,
          startAt,
          maxResults: config.listPageSize,
          orderBy: "sequence",
        }),
      ),
    );
    for await (const { values, nextAt } of pages) {
      const next = nextAt === undefined ? keys[index + 1] : key;
      yield {
        records: values.map((version) => withProject(version, key)),
        cursor: next === undefined ? {} : { project: next, ...(nextAt !== undefined && { startAt: nextAt }) },
      };
    }
  }
}

const withProject = (version: unknown, projectKey: string): unknown =>
  typeof version === "object" && version !== null ? { ...version, projectKey } : version;

const projectKeys = async (context: ReadContext<Config>): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { records } of readProjects(context, {}, "")) {
    keys.push(...records.flatMap((project) => Keyed.safeParse(project).data?.key ?? []));
  }
  return keys;
};

const OfProject = z.looseObject({ projectId: z.union([z.string(), z.number()]) });

/** Versions by id, as far as the selector takes their projects. */
export const rereadVersions = async (
  { http, config }: ReadContext<Config>,
  ids: readonly string[],
): Promise<unknown[]> => {
  const records: unknown[] = [];
  for (const id of ids.filter((one) => /^\d{1,18}$/.test(one))) {
    try {
      const version = await ask(http, z.unknown(), (jira, client) => jira.getVersion(client, { id }));
      const projectIdOrKey = String(OfProject.parse(version).projectId);
      const { key } = await ask(http, Keyed, (jira, client) => jira.getProject(client, { projectIdOrKey }));
      if (selects(config, key)) records.push(withProject(version, key));
    } catch (error) {
      if (statusIn(error) !== 404 && statusIn(error) !== 410) throw error;
    }
  }
  return records;
};
