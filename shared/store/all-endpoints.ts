import type { Row, Table } from "../ports/table.ts";
import { lists } from "./keys.ts";
import type { StoredEndpoint } from "./webhook-rows.ts";

const PAGE = 200;

/** Every endpoint that is not removed, by id. */
export const allEndpoints = async (table: Table): Promise<StoredEndpoint[]> => {
  const found: StoredEndpoint[] = [];
  for (let after: string | undefined; ; ) {
    const rows: Row<StoredEndpoint>[] = await table.query<StoredEndpoint>({
      pk: lists.endpoints,
      by: "list",
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    found.push(...rows.map(({ data }) => data));
    after = rows.at(-1)?.list?.sk;
    if (rows.length < PAGE || after === undefined) return found;
  }
};
