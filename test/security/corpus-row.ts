/** A line of a corpus: a text, or what a body is made of. */
export type Row = Readonly<
  Partial<Record<"s" | "raw" | "rawjson" | "b64" | "body" | "query" | "expect" | "id", unknown>>
> & {
  readonly gen?: { readonly kind: string; readonly depth?: number; readonly kb?: number };
};
/** A row as a body: its own bytes where it is one, else a record that holds it. */
export const bodyOf = ({ s, raw, rawjson, b64, body, gen }: Row): Buffer => {
  if (typeof b64 === "string") return Buffer.from(b64, "base64");
  const text = [raw, rawjson, body].find((one) => typeof one === "string");
  if (typeof text === "string") return Buffer.from(text);
  if (gen?.kind === "nest") return Buffer.from(`${"[".repeat(gen.depth ?? 0)}${"]".repeat(gen.depth ?? 0)}`);
  if (gen !== undefined) return Buffer.from(JSON.stringify({ id: "1", name: "x".repeat((gen.kb ?? 0) * 1024) }));
  return Buffer.from(JSON.stringify({ id: "1", name: s ?? null }));
};
export const textOf = (row: Row): string =>
  typeof row.s === "string" ? row.s : typeof row.query === "string" ? row.query : bodyOf(row).toString("utf8");

/** What became of the rows of one corpus at one door. */
export interface Tally {
  accepted: number;
  refused: number;
  failed: string[];
}
export const tally = (): Tally => ({ accepted: 0, refused: 0, failed: [] });
export const count = (into: Tally, status: number, what: string): void => {
  if (status < 400) into.accepted += 1;
  else if (status < 500) into.refused += 1;
  else into.failed.push(`${status} ${what.slice(0, 80)}`);
};

/** Puts rows through one of the hub's doors. */
export type Door = (rows: readonly Row[], into: Tally) => Promise<void>;
