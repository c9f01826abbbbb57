import type { Surroundings } from "../connector/http.ts";
import type { Meter } from "../pipeline/metrics.ts";

/** Surroundings of one connection that count what it asks of its tool, and how long it waits to ask. */
export const counted = (around: Surroundings, meter: Meter | undefined, connection: string): Surroundings => {
  if (meter === undefined) return around;
  return {
    ...around,
    async fetch(input, init) {
      let status = "none";
      try {
        const response = await around.fetch(input, init);
        status = response.status === 429 ? "429" : `${Math.floor(response.status / 100)}xx`;
        return response;
      } finally {
        meter.add("vendor_requests", { connection, status });
      }
    },
    async sleep(milliseconds, signal) {
      const began = around.now();
      try {
        await around.sleep(milliseconds, signal);
      } finally {
        if (milliseconds > 0) meter.add("vendor_wait_seconds", { connection }, (around.now() - began) / 1000);
      }
    },
  };
};
