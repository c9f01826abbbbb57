import type { Report } from "../document.ts";

/** A report with at most so many rows of each part; what is left out is counted. */
export const capped = (report: Report, most: number): Report => ({
  ...report,
  changed: {
    ...report.changed,
    rows: report.changed.rows.slice(0, most),
    more: report.changed.more + Math.max(0, report.changed.rows.length - most),
  },
  sections: report.isNews
    ? report.sections.map((section) => ({
        ...section,
        blocks: section.blocks.map((block) => {
          if (block.type === "table")
            return {
              ...block,
              rows: block.rows.slice(0, most),
              more: block.more + Math.max(0, block.rows.length - most),
            };
          if (block.type === "list")
            return {
              ...block,
              items: block.items.slice(0, most),
              more: block.more + Math.max(0, block.items.length - most),
            };
          return block;
        }),
      }))
    : [],
});
