import type { ConnectionState, ConnectionView } from "../../store/views.ts";
import { waitsForData } from "../../store/waits-for-data.ts";
import type { Freshness } from "../freshness.ts";
import { CONNECTION_WORDS } from "../words.ts";

export const COMPONENT_STATUSES = ["operational", "degraded_performance", "partial_outage", "major_outage"] as const;
export type ComponentStatus = (typeof COMPONENT_STATUSES)[number];
export const INDICATORS = ["none", "minor", "major", "critical"] as const;
export type Indicator = (typeof INDICATORS)[number];

const STATUSES: Readonly<Record<ConnectionState, ComponentStatus>> = {
  healthy: "operational",
  paused: "operational",
  syncing: "operational",
  degraded: "degraded_performance",
  stale: "degraded_performance",
  pending: "degraded_performance",
  needs_auth: "partial_outage",
  failed: "major_outage",
};

/**
 * A connection's state in the words of Statuspage. Before its first success a running one is not called operational; one
 * that only sends, and has nothing to send yet, is.
 */
export const componentStatus = (connection: ConnectionView): ComponentStatus => {
  const { state, dataAsOf } = connection;
  if (waitsForData(connection)) return "operational";
  return state === "syncing" && dataAsOf === undefined ? "degraded_performance" : STATUSES[state];
};

/** How bad it is over all connections: critical if not one of them is of use. */
export const indicatorOf = (connections: readonly ConnectionView[]): Indicator => {
  const statuses = connections.map(componentStatus);
  const isOut = (status: ComponentStatus) => status === "partial_outage" || status === "major_outage";
  if (statuses.length > 0 && statuses.every(isOut)) return "critical";
  if (statuses.some(isOut)) return "major";
  return statuses.includes("degraded_performance") ? "minor" : "none";
};

/** The indicator in one sentence that names what is behind. */
export const describe = (connections: readonly ConnectionView[], freshness: Freshness): string => {
  const { asOf, fresh, stale, waiting } = freshness;
  if (connections.length === 0) return "No tool is connected yet";
  const behind = [...stale, ...fresh.filter((one) => componentStatus(one) !== "operational")];
  const [worst] = behind;
  if (worst === undefined) {
    const [first] = waiting;
    if (first === undefined) return asOf === null ? "No data yet" : "All connections are fresh";
    const waits =
      waiting.length > 1 ? `${waiting.length} wait for their first data` : `${first.title} waits for its first data`;
    return asOf === null
      ? `No data yet; ${waits}`
      : `${fresh.length} of ${fresh.length + waiting.length} connections are fresh; ${waits}`;
  }
  const data = worst.dataAsOf === undefined ? "no data yet" : `data as of ${worst.dataAsOf.slice(0, 16)}Z`;
  const others = behind.length > 1 ? `, and ${behind.length - 1} more` : "";
  return `${worst.title}: ${CONNECTION_WORDS[worst.state].word.toLowerCase()}, ${data}${others}`;
};
