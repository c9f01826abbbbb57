import type { DeployedPart, PartName } from "./deployed-parts.ts";

/**
 * Runs at once: nothing else of the account may take them, and no flood can start more. A connection polls by its timer
 * and by two jobs; the publisher is alone, so that the change log keeps its order.
 */
export const RUNS_AT_ONCE: Readonly<Record<PartName, number>> = {
  "receive-webhook": 20,
  "poll-source": 3,
  "ingest-record": 10,
  "project-lifecycle": 5,
  "publish-events": 1,
  "serve-api": 20,
  "serve-mcp": 5,
  sweep: 1,
  "deliver-outputs": 1,
  "send-report": 1,
  "deliver-webhooks": 1,
};

/** What all functions together take from the account. */
export const reservedBy = (deployed: readonly DeployedPart[]): number =>
  deployed.reduce((sum, { part }) => sum + RUNS_AT_ONCE[part], 0);
