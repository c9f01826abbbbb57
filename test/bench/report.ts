/** Columns of words and figures, set in lines of equal width; figures stand right. */
export const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const isFigure = (text: string) => /^[\d.,]+x?$/.test(text);
  return lines
    .map((line) =>
      line
        .map((text, column) => (isFigure(text) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};

/** `1.25x`; a hyphen where there is nothing to compare with. */
export const times = (ours: number, other: number): string => (other === 0 ? "-" : `${(ours / other).toFixed(2)}x`);
