import { type Entity, type FieldedKind, isKind, type StatusCategory } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import { KINDS } from "../domain/kind.ts";
import type { Mapped } from "../domain/mapped.ts";
import type { Table } from "../ports/table.ts";
import { entitiesById, entityById } from "./entities.ts";
import { partition } from "./keys.ts";
import type { Slice } from "./views.ts";

/** One record that speaks about a feature, with how sure the way to it is. */
export interface EvidenceLine {
  readonly id: string;
  /** `assertion`: a person said it here. */
  readonly kind: FieldedKind | "assertion";
  readonly key?: string | undefined;
  readonly name: string;
  readonly tool: string;
  readonly url: string;
  readonly status?: Mapped<StatusCategory> | Mapped | undefined;
  readonly confidence: number;
  /** How it is connected, e.g. `key ACME-12 in the branch name`. */
  readonly via: string;
  readonly at: Instant;
}

/** One line of a feature's timeline, from whatever tool. */
export interface TimelineLine {
  readonly at: Instant;
  readonly tool: string;
  readonly kind: FieldedKind | "assertion";
  readonly recordId: string;
  readonly key?: string | undefined;
  /** One sentence, plain text, e.g. `ACME-12 moved from To Do to In Progress`. */
  readonly text: string;
  readonly url: string;
}

/** Records of any kind as they are now. */
export interface RecordReads {
  /** What speaks about a feature, of one kind, by id, ascending. */
  entities<K extends FieldedKind>(
    kind: K,
    filter: { readonly feature: string },
    after: string | undefined,
    limit: number,
  ): Promise<Slice<Entity<K>>>;
  /** By id. */
  entity<K extends FieldedKind>(kind: K, id: string): Promise<Entity<K> | undefined>;
}

/** What speaks about a feature is read from where the feature keeps it. */
export const recordReads = (table: Table): RecordReads => ({
  async entities<K extends FieldedKind>(
    kind: K,
    { feature }: { readonly feature: string },
    after: string | undefined,
    limit: number,
  ): Promise<Slice<Entity<K>>> {
    const rows = await table.query<{ gone: boolean; line: EvidenceLine }>({
      pk: partition.ofEntity(feature),
      prefix: `F#${KINDS[kind]}_`,
      limit: limit + 1,
      ...(after !== undefined && { after: `F#${after}` }),
    });
    const shown = rows.slice(0, limit);
    const found: ReadonlyMap<string, Entity> = await entitiesById(
      table,
      shown.flatMap(({ data }) => (data.gone ? [] : [data.line.id])),
    );
    const items = shown.flatMap(({ data }) => {
      const entity = found.get(data.line.id);
      return isKind(entity, kind) && entity.presence.state !== "deleted" ? [entity] : [];
    });
    return { items, next: rows.length > limit ? shown.at(-1)?.data.line.id : undefined };
  },
  async entity(kind, id) {
    const found: Entity | undefined = await entityById(table, id);
    return isKind(found, kind) ? found : undefined;
  },
});
