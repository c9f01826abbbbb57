import type { FieldedKind } from "../../domain/entity.ts";
import type { ConnectionView } from "../../store/views.ts";

/** Whether some connection reads one of these kinds; a row of an earlier version, which does not say so, counts as one. */
export const readsAny = (connections: readonly ConnectionView[], kinds: readonly FieldedKind[]): boolean =>
  connections.some((one) => one.kinds === undefined || kinds.some((kind) => one.kinds?.includes(kind)));

/** What a part of a page says that has nothing: either nothing is there, or no tool could tell. */
export const Nothing = ({
  connections,
  kinds,
  what,
  none,
}: {
  readonly connections: readonly ConnectionView[];
  readonly kinds: readonly FieldedKind[];
  /** What is missing: `an experiment`. */
  readonly what: string;
  /** Said where a tool could tell. */
  readonly none: string;
}) =>
  readsAny(connections, kinds) ? (
    <p class="quiet">{none}</p>
  ) : (
    <p class="quiet">
      Needs {what} connection: <a href="/connections">connect a tool</a>.
    </p>
  );
