import type { Archive } from "./archive.ts";
import type { Bus } from "./bus.ts";
import type { Clock } from "./clock.ts";
import type { Mailer } from "./mailer.ts";
import type { Queue } from "./queue.ts";
import type { Secrets } from "./secrets.ts";
import type { Table } from "./table.ts";

/** Everything that Throughline needs of the world. An adapter set provides all of it. */
export interface Ports {
  readonly table: Table;
  /** Raw payloads that wait to become entities. */
  readonly inbox: Queue;
  /** Reads that somebody asked for: one connection, or single records. */
  readonly jobs: Queue;
  /** Entities whose last version may never have been announced. */
  readonly unpublished: Queue;
  readonly bus: Bus;
  readonly archive: Archive;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly mailer: Mailer;
}
