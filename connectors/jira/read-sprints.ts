import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { type Config, selects } from "./config.ts";
import { listPages } from "./paged-list.ts";
import type { ListCursor } from "./read-lists.ts";
import { ask, statusIn } from "./transport.ts";

const Id = z.union([z.string(), z.number()]).transform(Number);
const Board = z.looseObject({ id: Id, type: z.string().nullish() });

/** The agile API is an extra: closed to this credential, not bought, or taken away by Jira. */
const isMissing = (error: unknown): boolean => [403, 404, 410].includes(statusIn(error) ?? 0);

/**
 * Sprints of the boards of a project. Without the agile API there is nothing to read here: sprints also come with
 * their issues.
 *
 * Source: https://developer.atlassian.com/cloud/jira/software/rest/api-group-board/#api-rest-agile-1-0-board-boardid-sprint-get
 */
export async function* readSprints(
  context: ReadContext<Config>,
  cursor: ListCursor,
  scope: string,
): AsyncGenerator<Page<ListCursor>, void, undefined> {
  const boards = await boardIds(context, scope);
  for (const [index, boardId] of boards.entries()) {
    if (index < (cursor.startAt ?? 0)) continue;
    const nextAt = index + 1 < boards.length ? index + 1 : undefined;
    yield {
      records: await sprintsOfBoard(context, boardId),
      cursor: nextAt === undefined ? {} : { startAt: nextAt },
    };
  }
  if (boards.length === 0) yield { records: [], cursor: {} };
}

const boardIds = async ({ http, config }: ReadContext<Config>, scope: string): Promise<number[]> => {
  const found: number[] = [];
  try {
    const pages = listPages(0, (startAt, shape) =>
      ask(http, shape, (jira, client) =>
        jira.getAllBoards(client, {
          startAt,
          maxResults: config.listPageSize,
          ...(scope !== "" && { projectKeyOrId: scope }),
        }),
      ),
    );
    for await (const { values } of pages) {
      for (const value of values) {
        const board = Board.safeParse(value).data;
        if (board !== undefined && board.type !== "kanban") found.push(board.id);
      }
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
    return [];
  }
  return found.sort((a, b) => a - b);
};

const sprintsOfBoard = async ({ http, config }: ReadContext<Config>, boardId: number): Promise<unknown[]> => {
  const found: unknown[] = [];
  try {
    const pages = listPages(0, (startAt, shape) =>
      ask(http, shape, (jira, client) =>
        jira.getAllSprints(client, { boardId, startAt, maxResults: config.listPageSize }),
      ),
    );
    for await (const { values } of pages) found.push(...values);
  } catch (error) {
    // 400: this board has no sprints, which its type does not always tell.
    if (!isMissing(error) && statusIn(error) !== 400) throw error;
  }
  return found;
};

const OnBoard = z.looseObject({ originBoardId: Id.nullish() });
const Located = z.looseObject({ location: z.looseObject({ projectKey: z.string().nullish() }).nullish() });

/** Sprints by id, as far as the selector takes the projects of their boards. */
export const rereadSprints = async (
  { http, config }: ReadContext<Config>,
  ids: readonly string[],
): Promise<unknown[]> => {
  const records: unknown[] = [];
  for (const sprintId of ids.filter((id) => /^\d{1,15}$/.test(id)).map(Number)) {
    try {
      const sprint = await ask(http, z.unknown(), (jira, client) => jira.getSprint(client, { sprintId }));
      const boardId = OnBoard.parse(sprint).originBoardId;
      const board =
        config.projects.length === 0 || boardId == null
          ? undefined
          : await ask(http, Located, (jira, client) => jira.getBoard(client, { boardId }));
      if (selects(config, board?.location?.projectKey)) records.push(sprint);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return records;
};
