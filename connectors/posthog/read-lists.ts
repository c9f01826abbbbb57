import * as z from "zod";
import type { Census, Missed, Page, ReadContext, Stream } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { FieldedKind } from "../../shared/domain/entity.ts";
import { listPages, located, of, oneOf, placeOf, rereadIdOf } from "./ask.ts";
import type { Config } from "./config.ts";

type Context = ReadContext<Config>;

/** Lists tell no changes and are read whole each run; the cursor only says where a broken-off run was. */
export const ListCursor = z.strictObject({ offset: z.int().optional() });
export type ListCursor = z.output<typeof ListCursor>;

export const projectsOf = ({ projects }: Config): readonly string[] => projects;

/** @param list name of the list in the API's addresses */
export const listPoll = (list: string): NonNullable<Stream<Config, unknown, ListCursor>["poll"]> => ({
  cursor: ListCursor,
  start: {},
  scopes: projectsOf,
  async *read(context: Context, { offset }: ListCursor, project: string): AsyncGenerator<Page<ListCursor>> {
    for await (const { records, nextAt } of listPages(context, of(project, list), offset)) {
      const placed = records.map((record) => ({ ...record, ...placeOf(context.config, project) }));
      yield { records: placed, cursor: nextAt === undefined ? {} : { offset: nextAt } };
    }
  },
});

export const listReread =
  (list: string, more?: (context: Context, project: string, record: object) => Promise<object>) =>
  async (context: Context, ids: readonly string[]): Promise<unknown[]> => {
    const records: unknown[] = [];
    for (const { project, id } of located(ids, context.config)) {
      const record = await oneOf(context, of(project, `${list}/${encodeURIComponent(id)}`));
      if (record === undefined || record["deleted"] === true) continue;
      records.push({ ...((await more?.(context, project, record)) ?? record), ...placeOf(context.config, project) });
    }
    return records;
  };

const Identified = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  deleted: z.boolean().nullish(),
  archived: z.boolean().nullish(),
});

/** The project that a record we hold is of, as its address says. */
const heldId = ({ id, url }: Missed): string => {
  const project = /\/project\/(\d+)\//.exec(url)?.[1];
  return project === undefined ? id : `${project}/${id}`;
};

/** Every record of a list, by its project. What is marked as deleted counts as gone. */
export const listCensus = (list: string, noun: string, kind: FieldedKind): Census<Config> => ({
  noun,
  kinds: [kind],
  async *ids(context, project) {
    for await (const { records } of listPages(context, of(project, list), 0, { basic: "true" }))
      yield records.flatMap((record) => {
        const { id, deleted, archived } = Identified.parse(record);
        const rereadId = rereadIdOf({ id, projectId: project });
        return deleted === true ? [] : [{ id, rereadId, isArchived: archived === true }];
      });
  },
  selects: ({ projects }, place) => projects.includes(place),
  rereadId: heldId,
  async reaches(context, project) {
    try {
      for await (const _ of listPages(context, of(project, list))) break;
      return true;
    } catch (error) {
      if (error instanceof HubError && ["vendor_forbidden", "vendor_not_found"].includes(error.code)) return false;
      throw error;
    }
  },
});
