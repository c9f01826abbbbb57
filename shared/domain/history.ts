import type { Instant } from "./instant.ts";

/** A value as the tool told it at the time: ids and names are the tool's, mapped only when read. */
export interface PastValue {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** The tool's word for the record that it is (`sprint`, `user`), as in a Ref; absent for plain values. */
  readonly noun?: string | undefined;
}

/** One field changed once, raw. */
export interface Change {
  /** Our name of the field where we have one (`status`, `assignee`, `parent`, `cycle`, `estimate`, `key`), else the tool's. */
  readonly field: string;
  readonly from: PastValue | null;
  readonly to: PastValue | null;
  /** The field holds several values at once: `from` left them, `to` joined them, and the others stayed. */
  readonly isOneOfMany?: true | undefined;
}

/** What one person changed in one go, as the tool recorded it. Immutable: one id, one content. */
export interface HistoryEntry {
  /** The tool's id of the entry; unique within the entity. */
  readonly id: string;
  readonly at: Instant;
  /** The tool's account id of the author (a record of noun `user`), absent where the tool does not tell. */
  readonly by?: string | undefined;
  readonly changes: readonly Change[];
}
