import { waitingGauges } from "../../shared/pipeline/gauges.ts";
import type { Check } from "./doctor-checks.ts";

/** Longer than any message of a healthy hub waits. */
const LATE_SECONDS = 3600;

/** What waits in the queues and in the change feed: the numbers of `/metrics`. */
export const waiting: Check = async function* ({ store, running }) {
  const check = "queues";
  if (store === undefined) return;
  const gauges = await waitingGauges(store.embedded);
  const numberOf = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    gauges.find(
      (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    )?.value ?? 0;
  for (const queue of Object.keys(store.embedded.consumers)) {
    const [wait, dead] = ["waiting", "dead"].map((state) => numberOf("queue_messages", { queue, state }));
    const oldest = numberOf("queue_oldest_seconds", { queue });
    const isLate = running && oldest > LATE_SECONDS;
    const since = isLate ? `, the oldest for ${Math.round(oldest / 60)} minutes` : "";
    yield {
      check,
      state: dead !== 0 || isLate ? "warn" : "ok",
      what: `${queue}: ${wait} waiting${since}, ${dead} given up`,
      ...(dead !== 0 && { fix: "look for their failures with LOG_FORMAT=json, then throughline sync" }),
      ...(isLate && dead === 0 && { fix: "look for what fails with LOG_FORMAT=json, or start the hub again" }),
    };
  }
  yield { check, state: "ok", what: `change feed: ${numberOf("feed_lag_records")} not read yet` };
};
