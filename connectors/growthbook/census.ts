import * as z from "zod";
import type { Census, Counted, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { type Config, selects } from "./config.ts";
import { listPages, projectQuery } from "./pages.ts";

const Counting = z.looseObject({ id: z.string(), archived: z.boolean().nullish() });

/** The whole list again, for its ids: GrowthBook has no shorter way to tell what is gone. */
export const census = (
  noun: "feature" | "experiment",
  path: (config: Config) => string,
  query: Readonly<Record<string, string>>,
): Census<Config> => ({
  noun,
  kinds: [noun === "feature" ? "featureFlag" : "experiment"],
  async *ids(context, scope) {
    const asked = { ...projectQuery(scope), ...query };
    for await (const { records } of listPages(context, path(context.config), `${noun}s`, asked)) {
      yield records.map((record): Counted => {
        const { id, archived } = Counting.parse(record);
        return { id, isArchived: archived === true };
      });
    }
  },
  selects,
  reaches,
});

/** A project that a key may not see answers 403 or 404; what is in no project is in the organisation. */
const reaches = async ({ http }: ReadContext<Config>, project: string): Promise<boolean> => {
  if (project === "") return true;
  try {
    await http.json(z.unknown(), "GET", `/v1/projects/${encodeURIComponent(project)}`);
    return true;
  } catch (error) {
    if (error instanceof HubError && (error.code === "vendor_not_found" || error.code === "vendor_forbidden"))
      return false;
    throw error;
  }
};
