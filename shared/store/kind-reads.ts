import type { Entity, FieldedKind } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import type { ConnectionDetail, MappedWord } from "./connection-detail.ts";
import type { Slice } from "./views.ts";

export interface EntityFilter {
  /** A product's id. */
  readonly product?: string | undefined;
  /** Ids: what belongs to none of them is left out. */
  readonly products?: readonly string[] | undefined;
  /** A feature's id: what speaks about it. */
  readonly feature?: string | undefined;
  readonly tool?: string | undefined;
  /** Categories of its status, state or result. */
  readonly status?: readonly string[] | undefined;
  readonly updatedSince?: Instant | undefined;
}

/** One thing that a search found. */
export interface SearchHit {
  readonly id: string;
  readonly kind: FieldedKind;
  readonly key?: string | undefined;
  readonly name: string;
  readonly tool: string;
  /** Where it lives in its tool. */
  readonly url: string;
  readonly productIds: readonly string[];
  readonly match: "key" | "name";
}

/** A status word of a tool that nothing maps. */
export interface UnmappedWord {
  /** The tool's. */
  readonly id: string;
  readonly name: string;
  /** The tool's own coarse type. */
  readonly type: string;
  readonly scope?: string | undefined;
}

/** Reads over records of every kind, as their tools hold them. */
export interface KindReads {
  /** By id, ascending. */
  entities<K extends FieldedKind>(
    kind: K,
    filter: EntityFilter,
    after: string | undefined,
    limit: number,
  ): Promise<Slice<Entity<K>>>;
  /** By id or key, present or past. */
  entity<K extends FieldedKind>(kind: K, idOrKey: string): Promise<Entity<K> | undefined>;
  /**
   * By key first, then by words of names; at most `limit` of each kind.
   *
   * @param products ids: what belongs to none of them is left out
   */
  search(text: string, limit: number, products?: readonly string[]): Promise<readonly SearchHit[]>;
  /** Status words of a connection with what each means, by id. */
  words(connectionId: string, after: string | undefined, limit: number): Promise<Slice<MappedWord>>;
  /** What its page tells beside how it is; undefined where it could not be opened. */
  connectionDetail(connectionId: string): Promise<ConnectionDetail | undefined>;
  /** Status words of a connection that nothing maps, by id. */
  unmapped(connectionId: string, after: string | undefined, limit: number): Promise<Slice<UnmappedWord>>;
}
