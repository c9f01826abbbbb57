import { HubError } from "../../shared/connector/errors.ts";
import { LAKE_TABLES } from "../../shared/lake/tables.ts";
import { viewsThen } from "./as-of.ts";
import { type Call, EXIT } from "./command.ts";
import { openStore } from "./open-store.ts";

/** Whole numbers and times as text formats have them. */
const textOf = (value: unknown): unknown =>
  typeof value === "bigint" ? Number(value) : value instanceof Date ? value.toISOString() : (value ?? null);

/** Features as they are shown, or were with `--as-of`, in the columns of the lake's table of them. */
export const exportStatus = async (
  call: Call,
  format: string,
  row: (cells: readonly unknown[]) => string,
): Promise<number> => {
  const table = LAKE_TABLES.find(({ name }) => name === "feature_status");
  if (table === undefined) throw new HubError("internal_error", "the lake has no feature_status", { retry: "never" });
  const store = await openStore(call.terminal);
  try {
    const views = viewsThen(call, store.views, store.hub.timezone);
    const names = table.columns.map(({ name }) => name);
    if (format === "csv") call.terminal.out(row(names));
    for (let after: string | undefined; ; ) {
      const page = await views.features({}, after, 200);
      for (const view of page.items) {
        const cells = table.columns.map(({ of }) => textOf(of(view)));
        if (format === "csv") call.terminal.out(row(cells));
        else
          call.terminal.out(
            `${JSON.stringify(Object.fromEntries(names.map((name, index) => [name, cells[index]])))}\n`,
          );
      }
      after = page.next;
      if (after === undefined) return EXIT.ok;
    }
  } finally {
    store.close();
  }
};
