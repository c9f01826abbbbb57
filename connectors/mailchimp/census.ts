import * as z from "zod";
import type { Census } from "../../shared/connector/contract.ts";
import { type Config, selects } from "./config.ts";
import { listPages, pathOf } from "./paged-list.ts";
import { found } from "./read-campaigns.ts";

const Row = z.looseObject({
  id: z.string().min(1),
  recipients: z.looseObject({ list_id: z.string().nullish() }).nullish(),
});

/** Ids of all campaigns of the selected audiences. */
export const CAMPAIGNS: Census<Config> = {
  noun: "campaign",
  kinds: ["campaign"],
  async *ids(context) {
    const query = { sort_field: "create_time", sort_dir: "ASC", fields: "campaigns.id,campaigns.recipients.list_id" };
    for await (const { rows } of listPages(context, "campaigns", "campaigns", query)) {
      yield rows
        .map((row) => Row.parse(row))
        .filter(({ recipients }) => selects(context.config, recipients?.list_id ?? undefined))
        .map(({ id }) => ({ id }));
    }
  },
  selects,
  holds: () => true,
  reaches: async ({ http }, audience) =>
    (await found(http.json(Row, "GET", pathOf(`lists/${audience}`, { fields: "id" })))) !== undefined,
};
