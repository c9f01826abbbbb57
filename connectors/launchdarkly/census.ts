import * as z from "zod";
import type { Census, Counted, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { type Config, selects } from "./config.ts";
import { idOf } from "./envelope.ts";
import { listPages, pathOf } from "./pages.ts";
import { EXPERIMENTS } from "./read-experiments.ts";

type Context = ReadContext<Config>;

const Flag = z.looseObject({ key: z.string(), archived: z.boolean().nullish() });
const Experiment = z.looseObject({
  key: z.string(),
  environmentKey: z.string(),
  archivedDate: z.number().nullish(),
});

const reaches = async ({ http }: Context, project: string): Promise<boolean> => {
  try {
    await http.json(z.unknown(), "GET", `/api/v2/${pathOf("projects", project)}`);
    return true;
  } catch (error) {
    if (error instanceof HubError && (error.code === "vendor_not_found" || error.code === "vendor_forbidden"))
      return false;
    throw error;
  }
};

/** Without environments a flag is short. */
export const FLAG_CENSUS: Census<Config> = {
  noun: "flag",
  kinds: ["featureFlag"],
  async *ids(context, project) {
    for (const filter of [{}, { filter: "state:archived" }]) {
      const query = new URLSearchParams({ sort: "creationDate", ...filter });
      for await (const { items } of listPages(context, pathOf("flags", project), query)) {
        yield items.map((item): Counted => {
          const { key, archived } = Flag.parse(item);
          return { id: idOf(project, key), isArchived: archived === true };
        });
      }
    }
  },
  selects,
  reaches,
};

export const EXPERIMENT_CENSUS: Census<Config> = {
  noun: "experiment",
  kinds: ["experiment"],
  async *ids(context, project) {
    for await (const { records } of EXPERIMENTS.whole(context, project, { offset: 0 })) {
      yield records.map((record): Counted => {
        const { key, environmentKey, archivedDate } = Experiment.parse(record);
        return { id: idOf(project, environmentKey, key), isArchived: archivedDate != null };
      });
    }
  },
  selects,
  reaches,
};
