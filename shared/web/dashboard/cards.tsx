import type { Child } from "hono/jsx";

/** Named, since some browsers forget that a table is one where its style shows it as cards. */
export const ROLE = {
  table: { role: "table" },
  group: { role: "rowgroup" },
  row: { role: "row" },
  rowHeader: { role: "rowheader" },
  columnHeader: { role: "columnheader" },
} as const;

const CELL = { role: "cell" } as const;

/** A cell of a table that phones show as cards: there the name of its column stands beside it. */
export const Cell = (props: { readonly label: string; readonly class?: string; readonly children?: Child }) => (
  <td {...CELL} class={props.class} data-label={props.label}>
    {props.children}
  </td>
);
