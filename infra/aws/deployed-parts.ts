import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { ON_AWS, type Part, type QueueName, type Store, type Trigger, topology } from "../topology.ts";

export type PartName = keyof typeof topology;

/** One Lambda function: a part of the topology, or a part for one connection. */
export interface DeployedPart {
  /** `sweep`, or `poll-source-jira` where a connection has a function of its own. */
  readonly name: string;
  readonly part: PartName;
  readonly row: Part;
  readonly connection?: string | undefined;
  /** What it knows of the config: a connection's own function knows no other connection. */
  readonly config: HubConfig;
}

/** Every function that a config needs, in the order the data takes. */
export const deployedParts = (config: HubConfig): DeployedPart[] =>
  (Object.entries(topology) as [PartName, Part][]).flatMap(([part, row]): DeployedPart[] => {
    if (row.onlyWith !== undefined && Object.keys(config[row.onlyWith] ?? {}).length === 0) return [];
    if (row.per === undefined) return [{ name: part, part, row, config }];
    return Object.entries(config.connections).map(([connection, settings]) => ({
      name: `${part}-${connection}`,
      part,
      row,
      connection,
      config: { ...config, connections: { [connection]: settings } },
    }));
  });

/** Ids of the connectors that it can meet. */
export const connectorsOf = ({ config }: DeployedPart): string[] =>
  [...new Set(Object.values(config.connections).map(({ connector }) => connector))].sort();

const SECONDS = 60;
const MEGABYTES = 256;

export const timeoutSecondsOf = ({ timeoutSeconds = SECONDS }: Part): number => timeoutSeconds;
export const memoryMbOf = ({ memoryMb = MEGABYTES }: Part): number => memoryMb;

/** Stores that it works with. What starts it is read by Lambda. */
export const storesOf = ({ reads = [], writes = [] }: Part): ReadonlySet<Store> => new Set([...reads, ...writes]);

/** Queues that start it. */
const queuesOf = (on: readonly Trigger[]): QueueName[] =>
  on.flatMap((trigger) => ("queue" in trigger ? [trigger.queue] : []));

/** Queues of SQS that Lambda asks on its behalf. */
export const polledBy = (on: readonly Trigger[]): QueueName[] =>
  queuesOf(on).filter((name) => ON_AWS[name] === "polled");

/** Queues whose messages are invocations of it. */
export const invokedBy = (on: readonly Trigger[]): QueueName[] =>
  queuesOf(on).filter((name) => ON_AWS[name] === "invoked");

/** Queues whose messages it sends as invocations. */
export const invokes = ({ writes = [] }: Part): QueueName[] =>
  Object.entries(ON_AWS).flatMap(([name, way]) =>
    way === "invoked" && (writes as readonly string[]).includes(name) ? [name as QueueName] : [],
  );
