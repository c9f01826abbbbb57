import type { Instant } from "../domain/instant.ts";
import type { Row, Table } from "../ports/table.ts";
import { timedId, type Who } from "./access.ts";
import { auditKey, lists } from "./keys.ts";
import type { Slice } from "./views.ts";

/** One administrative act. Rows are only ever added. */
export interface Act {
  /** `act_…` */
  readonly id: string;
  readonly at: Instant;
  readonly by: Who;
  /** A thing and what was done to it: `key.create`, `member.remove`, `override.set`. */
  readonly act: string;
  /** Id of the thing. */
  readonly subject: string;
  /** What else is worth knowing. Never a secret. */
  readonly detail: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

/** Where acts are written and by which clock; a `Hub` is one. */
export interface Audited {
  readonly ports: { readonly table: Table; readonly clock: { now(): Date } };
}

/** Adds an administrative act to the audit log. Whoever changes something for others to feel calls it, once it is done. */
export const audit = async (
  { ports: { table, clock } }: Audited,
  { id, name }: Who,
  act: string,
  subject: string,
  detail: Act["detail"] = {},
): Promise<void> => {
  const now = clock.now();
  const at = now.toISOString();
  const data: Act = { id: timedId("act", now), at, by: { id, name }, act, subject, detail };
  await table.put({ ...auditKey(at, data.id), version: 1, data, list: lists.ofAct(at, data.id) });
};

/** Newest first. */
export const acts = async (table: Table, after: string | undefined, limit: number): Promise<Slice<Act>> => {
  const rows: Row<Act>[] = await table.query<Act>({
    pk: lists.acts,
    by: "list",
    descending: true,
    limit: limit + 1,
    ...(after !== undefined && { after }),
  });
  const shown = rows.slice(0, limit);
  return { items: shown.map(({ data }) => data), next: rows.length > limit ? shown.at(-1)?.list?.sk : undefined };
};

/** All of it, newest first, page by page. */
export async function* everyAct(table: Table): AsyncGenerator<Act> {
  for (let after: string | undefined; ; ) {
    const page: Slice<Act> = await acts(table, after, 500);
    yield* page.items;
    after = page.next;
    if (after === undefined) return;
  }
}
