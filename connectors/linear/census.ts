import * as z from "zod";
import type { Census, Counted, Missed, ReadContext, Whereabouts } from "../../shared/connector/contract.ts";
import type { FieldedKind } from "../../shared/domain/entity.ts";
import { type Config, selects } from "./config.ts";
import { SOURCES, type Source } from "./documents.ts";
import { walk } from "./pages.ts";

type Context = ReadContext<Config>;
type Filter = Readonly<Record<string, unknown>>;

const Node = z.looseObject({ id: z.string(), archivedAt: z.string().nullish(), trashed: z.boolean().nullish() });
const Keyed = z.looseObject({ identifier: z.string() });
/** The most that Linear gives in one page. */
const IDS_PER_PAGE = 250;

const reaches = async ({ http }: Context, team: string): Promise<boolean> => {
  const filter = { key: { eq: team } };
  for await (const { nodes } of walk(http, SOURCES.teams.ids, { first: 1, filter }, ["teams"])) {
    if (nodes.length > 0) return true;
  }
  return false;
};

/** What the selector leaves out may still be in another team. */
const whereabouts =
  (source: Source) =>
  async ({ http }: Context, { id }: Missed): Promise<Whereabouts> => {
    for await (const { nodes } of walk(http, source.page, { first: 1, filter: { id: { in: [id] } } }, [source.list])) {
      const moved = Keyed.safeParse(nodes[0]);
      if (moved.success) return { state: "moved", movedTo: moved.data.identifier };
      if (nodes.length > 0) return { state: "out_of_scope" };
    }
    return { state: "deleted" };
  };

/**
 * Ids and archive flags of one kind of record.
 *
 * @param selector by team; absent for what belongs to the workspace, whichever team leads it
 */
export const census = (
  source: Source,
  noun: string,
  kind: FieldedKind,
  selector?: (teams: readonly string[]) => Filter,
): Census<Config> => ({
  noun,
  kinds: [kind],
  async *ids({ http, config }) {
    const filter = config.teams?.length ? (selector?.(config.teams) ?? {}) : {};
    for await (const { nodes } of walk(http, source.ids, { first: IDS_PER_PAGE, filter }, [source.list])) {
      yield nodes.map((node): Counted => {
        const { id, archivedAt, trashed } = Node.parse(node);
        return { id, isArchived: archivedAt != null || trashed === true };
      });
    }
  },
  selects: (config, team) => selector === undefined || selects(config, team),
  holds: () => true,
  reaches: (context, team) => (selector === undefined ? Promise.resolve(true) : reaches(context, team)),
  whereabouts: whereabouts(source),
});
