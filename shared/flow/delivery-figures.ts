import type { Instant } from "../domain/instant.ts";
import type { Figure } from "./figures.ts";
import { inPeriod, type Period, rate, share, spread } from "./measure.ts";
import type { DeploymentRecord, FlowRecord } from "./record.ts";
import { DAY_MS } from "./week.ts";

const HOUR_MS = DAY_MS / 24;
/** An incident whose cause nobody names is the deployment's that came so shortly before it. */
const BLAMED_WITHIN_MS = DAY_MS;

interface Incident extends Pick<FlowRecord, "id" | "name" | "url"> {
  readonly detectedAt: Instant;
  readonly resolvedAt?: Instant | undefined;
  readonly causes: readonly string[];
}

/** Deployments to production, those of them that went wrong, and how long it took to be well again. */
export const deliveryFigures = (records: readonly FlowRecord[], period: Period): Figure[] => {
  const deployments = records
    .filter((record): record is DeploymentRecord => record.kind === "deployment")
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
  const incidents = records.flatMap(incidentIn);
  const blamed = new Set(incidents.flatMap((incident) => causesOf(incident, deployments)));
  const finished = deployments.filter(({ at }) => inPeriod(at, period));
  const succeeded = finished.filter(({ succeeded: is }) => is);
  const failures = failuresOf(finished);
  const restored = [...incidents, ...failures].filter(({ resolvedAt }) => inPeriod(resolvedAt, period));
  return [
    rate("deployment_frequency", succeeded, ({ at }) => at, period),
    share("change_failure_rate", finished, ({ id, succeeded: is }) => !is || blamed.has(id)),
    spread("time_to_restore", restored, ({ detectedAt, resolvedAt = "" }) =>
      Math.max(0, (Date.parse(resolvedAt) - Date.parse(detectedAt)) / HOUR_MS),
    ),
  ];
};

/** Trackers keep incidents as items of that type. */
const incidentIn = (record: FlowRecord): Incident[] => {
  const { id, name, url } = record;
  if (record.kind === "incident")
    return [
      { id, name, url, detectedAt: record.detectedAt, resolvedAt: record.resolvedAt, causes: record.causes ?? [] },
    ];
  if (record.kind !== "item" || record.type !== "incident" || record.cancelledAt !== undefined) return [];
  return [{ id, name, url, detectedAt: record.createdAt, resolvedAt: record.completedAt, causes: record.causes ?? [] }];
};

/** The deployments that an incident is counted for: one, or those that its tool names. */
const causesOf = ({ causes, detectedAt }: Incident, deployments: readonly DeploymentRecord[]): string[] => {
  const named = deployments.filter(({ id }) => causes.includes(id)).map(({ id }) => id);
  if (named.length > 0) return named;
  const last = deployments.findLast(({ at, succeeded }) => succeeded && at <= detectedAt);
  return last !== undefined && Date.parse(detectedAt) - Date.parse(last.at) <= BLAMED_WITHIN_MS ? [last.id] : [];
};

/** The first failure of each row of failures: it is over with the next success of the same target. */
const failuresOf = (deployments: readonly DeploymentRecord[]): Incident[] => {
  const open = new Map<string, DeploymentRecord>();
  const found: Incident[] = [];
  for (const one of deployments) {
    const failed = open.get(one.target);
    if (!one.succeeded) {
      if (failed === undefined) open.set(one.target, one);
    } else if (failed !== undefined) {
      open.delete(one.target);
      found.push({
        id: failed.id,
        name: failed.name,
        url: failed.url,
        detectedAt: failed.at,
        resolvedAt: one.at,
        causes: [],
      });
    }
  }
  return found;
};
