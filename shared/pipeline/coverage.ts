import type { FieldedKind } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import { type Coverage, STAGES, type Stage } from "../domain/stage.ts";
import { rowsOf } from "../store/entities.ts";
import { partition } from "../store/keys.ts";
import type { Connection, Hub } from "./hub.ts";
import type { StreamState } from "./poll-stream.ts";

/** Kinds of entity that can give a stage its evidence, and what to call the tool that is missing. */
const SEEN_BY: Readonly<Record<Stage, { readonly kinds: readonly FieldedKind[]; readonly tool: string }>> = {
  vision: { kinds: ["feature", "objective", "feedback"], tool: "planning tool" },
  strategy: { kinds: ["feature", "initiative"], tool: "planning tool" },
  design: { kinds: ["design"], tool: "design tool" },
  development: { kinds: ["workItem", "pullRequest"], tool: "issue tracker" },
  testing: {
    kinds: ["testRun", "deployment", "experiment", "featureFlag"],
    tool: "source of test runs or deployments",
  },
  // A flag alone shows no production: whether one is seen decides if claims count for it.
  production: { kinds: ["deployment"], tool: "source of deployments" },
  marketing: { kinds: ["campaign", "release", "announcement"], tool: "source of releases or campaigns" },
  support: { kinds: ["supportTicket", "feedback", "incident"], tool: "support tool" },
};

/** A planning tool may hold a desk, and mostly does not: its stream of issues alone is no support tool. */
const isMostlyOther = ({ connector }: Connection, kind: FieldedKind): boolean =>
  kind === "supportTicket" && connector.category === "planning";

/** The stages that entities of these kinds can give evidence for. */
export const stagesSeenBy = (kinds: readonly FieldedKind[]): Stage[] =>
  STAGES.filter((stage) => SEEN_BY[stage].kinds.some((kind) => kinds.includes(kind)));

export interface Sight {
  readonly connection: Connection;
  /** Kinds whose stream was read to the end at least once and is not far behind. */
  readonly kinds: ReadonlySet<FieldedKind>;
  readonly pending: ReadonlySet<FieldedKind>;
  /** Read later than its limit, and not yet so late that it counts as unseen. */
  readonly late: ReadonlySet<FieldedKind>;
  readonly stale: ReadonlySet<FieldedKind>;
  /** When its work items had been read to the end for the first time; absent before. */
  readonly workReadAt?: Instant | undefined;
}

/** What every connection can see now; read once per batch. */
export const sightsOf = async (hub: Hub): Promise<readonly Sight[]> => {
  const now = hub.ports.clock.now().getTime();
  const sights: Sight[] = [];
  for (const name of hub.connectionNames) {
    // What cannot be opened cannot be seen; its page says why.
    const connection = await hub.connection(name).catch(() => undefined);
    if (connection === undefined) continue;
    const states = new Map<string, StreamState[]>();
    for await (const { sk, data } of rowsOf<StreamState>(hub.ports.table, partition.ofConnection(name), "")) {
      const stream = sk.split("#", 1)[0] ?? "";
      states.set(stream, [...(states.get(stream) ?? []), data]);
    }
    const kinds = new Set<FieldedKind>();
    const pending = new Set<FieldedKind>();
    const stale = new Set<FieldedKind>();
    const behind = new Set<FieldedKind>();
    const workReadAt: Instant[] = [];
    for (const [stream, { poll, kinds: yields }] of Object.entries(connection.connector.streams)) {
      if (poll === undefined) continue;
      const scopes = poll.scopes?.(connection.config).length ?? 1;
      const read = states.get(stream) ?? [];
      const complete = read.filter(({ firstCompletedAt }) => firstCompletedAt !== undefined);
      const lag = Math.max(...complete.map(({ lastCompletedAt = "" }) => now - Date.parse(lastCompletedAt)));
      const late = lag > 4000 * connection.freshWithinSeconds;
      if (yields.includes("workItem"))
        workReadAt.push(...complete.map(({ firstCompletedAt = "" }) => firstCompletedAt));
      for (const kind of yields) {
        if (isMostlyOther(connection, kind)) continue;
        (complete.length < scopes ? pending : late ? stale : kinds).add(kind);
        if (lag > 1000 * connection.freshWithinSeconds) behind.add(kind);
      }
    }
    const last = kinds.has("workItem") ? workReadAt.toSorted().at(-1) : undefined;
    sights.push({ connection, kinds, pending, stale, late: behind, ...(last !== undefined && { workReadAt: last }) });
  }
  return sights;
};

/** What can be seen of a product, stage by stage, in words where it cannot. */
export const coverageOf = (sights: readonly Sight[], productIds: readonly string[]): Coverage[] => {
  const relevant = sights.filter(({ connection }) => connection.productIds.some((id) => productIds.includes(id)));
  return STAGES.map((stage) => {
    const { kinds, tool } = SEEN_BY[stage];
    const has = (pick: (sight: Sight) => ReadonlySet<FieldedKind>) =>
      relevant.find((sight) => kinds.some((kind) => pick(sight).has(kind)));
    if (has((sight) => sight.kinds) !== undefined) return { stage, visible: true };
    const waiting = has((sight) => sight.pending)?.connection;
    if (waiting !== undefined)
      return { stage, visible: false, reason: `${waiting.connector.title} has not been read completely yet` };
    const late = has((sight) => sight.stale)?.connection;
    if (late !== undefined)
      return { stage, visible: false, reason: `${late.connector.title} was last read too long ago` };
    return { stage, visible: false, reason: `no ${tool} is connected` };
  });
};
