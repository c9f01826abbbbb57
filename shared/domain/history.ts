import type { Instant } from "./instant.ts";

/** One field changed once, raw: ids and names are the tool's, mapped only when read. */
export interface Change {
  /** Our name of the field where we have one (`status`, `assignee`, `parent`, `cycle`, `estimate`, `key`), else the tool's. */
  readonly field: string;
  readonly from: { readonly id?: string | undefined; readonly name?: string | undefined } | null;
  readonly to: { readonly id?: string | undefined; readonly name?: string | undefined } | null;
}

/** What one person changed in one go, as the tool recorded it. Immutable: one id, one content. */
export interface HistoryEntry {
  /** The tool's id of the entry; unique within the entity. */
  readonly id: string;
  readonly at: Instant;
  /** The tool's account id of the author, absent where the tool does not tell. */
  readonly by?: string | undefined;
  readonly changes: readonly Change[];
}
