import { describe, expect, it, vi } from "vitest";
import { gauge, METRICS, type MetricName } from "../../shared/pipeline/metrics.ts";
import { counted } from "../../shared/platform/counted.ts";
import { hub } from "../../shared/platform/current.ts";
import { emf } from "../../shared/platform/emf.ts";
import { registry } from "../../shared/platform/metrics.ts";
import { openOnAws } from "../../shared/platform/on-aws.ts";
import { openMetrics } from "./open-metrics.ts";

const NOW = new Date("2026-03-02T10:00:00.000Z");

describe("the registry", () => {
  it("tells counts, durations and what is looked up in OpenMetrics, every metric with its help", () => {
    const counts = registry();
    counts.add("records_read", { connection: "jira", stream: "issues" }, 3);
    counts.add("records_read", { connection: "jira", stream: "issues" });
    counts.add("records_read", { connection: 'a"b\\c\nd', stream: "issues" });
    for (const seconds of [0.004, 0.005, 0.3, 99])
      counts.observe("http_request_duration_seconds", { route: "/" }, seconds);
    const families = openMetrics(counts.text([gauge("feed_lag_records", {}, 7)]));
    expect([...families.keys()]).toEqual(Object.keys(METRICS).map((name) => `throughline_${name}`));
    expect([...families.values()].filter(({ help }) => help === "")).toEqual([]);
    const name = "throughline_records_read_total";
    expect(families.get("throughline_records_read")?.samples).toEqual([
      { name, labels: { connection: "jira", stream: "issues" }, value: 4 },
      { name, labels: { connection: 'a"b\\c\nd', stream: "issues" }, value: 1 },
    ]);
    expect(families.get("throughline_feed_lag_records")?.samples.map(({ value }) => value)).toEqual([7]);
    const { unit, samples = [] } = families.get("throughline_http_request_duration_seconds") ?? {};
    expect(unit).toBe("seconds");
    const below = (le: string) => samples.find(({ labels }) => labels["le"] === le)?.value;
    expect(["0.005", "0.25", "0.5", "10.0", "+Inf"].map(below)).toEqual([2, 2, 3, 3, 4]);
    expect(samples.slice(-2).map(({ name, value }) => [name.split("_").at(-1), value])).toEqual([
      ["count", 4],
      ["sum", 99.309],
    ]);
  });

  it("keeps a bounded number of series, whoever makes up labels", () => {
    const counts = registry();
    for (let at = 0; at < 2100; at++) counts.add("webhooks_received", { connection: `c${at}` });
    const samples = openMetrics(counts.text([])).get("throughline_webhooks_received")?.samples ?? [];
    expect(samples).toHaveLength(2001);
    expect(samples.at(-1)).toMatchObject({ labels: { connection: "other" }, value: 100 });
  });

  it("has names and units as OpenMetrics asks for, and no more names in CloudWatch than are free beside the alarms'", () => {
    for (const name of Object.keys(METRICS) as MetricName[]) {
      const metric = METRICS[name];
      expect(name).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
      expect([name, "bounds" in metric]).toEqual([name, metric.type === "histogram"]);
      if ("unit" in metric) expect(name.endsWith(`_${metric.unit}`)).toBe(true);
    }
    expect(Object.values(METRICS).filter((metric) => "cloud" in metric)).toHaveLength(6);
  });
});

describe("counts on AWS", () => {
  it("are one line of an invocation, of which CloudWatch makes the metrics with a name there", () => {
    const written: string[] = [];
    const counts = emf({ namespace: "Throughline/test", now: () => NOW, write: (line) => written.push(line) });
    counts.add("vendor_requests", { connection: "jira", status: "2xx" }, 2);
    counts.add("vendor_requests", { connection: "jira", status: "429" });
    counts.add("webhooks_received", { connection: "jira" });
    for (let at = 1; at <= 150; at++) counts.observe("event_age_seconds", {}, at);
    counts.flush();
    counts.flush();
    expect(written).toHaveLength(1);
    const line = JSON.parse(written[0] ?? "") as Record<string, unknown>;
    expect(line["_aws"]).toEqual({
      Timestamp: NOW.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: "Throughline/test",
          Dimensions: [[]],
          Metrics: [
            { Name: "VendorRequests", Unit: "Count" },
            { Name: "EventAgeSeconds", Unit: "Seconds" },
          ],
        },
      ],
    });
    expect(line["VendorRequests"]).toBe(3);
    expect(line["EventAgeSeconds"]).toEqual(Array.from({ length: 100 }, (_, at) => at + 51));
    expect(line["counts"]).toEqual({
      "vendor_requests jira 2xx": 2,
      "vendor_requests jira 429": 1,
      "webhooks_received jira": 1,
      event_age_seconds: 150,
    });
  });
});

describe("a function on AWS", () => {
  it.each(["returns", "throws"])("tells what was counted when it %s", async (how) => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stderr, "write").mockImplementation((line) => written.push(String(line)) > 0);
    const told = openOnAws({ config: { connections: {} }, ports: {}, knows: "none", url: "https://h", namespace: "N" });
    const work = told(async (kind: string) => {
      hub().meter?.add("webhooks_received", { connection: kind });
      if (how === "throws") throw new Error("no");
      return kind;
    });
    await work("jira", {}).then(
      (result) => expect([how, result]).toEqual(["returns", "jira"]),
      () => expect(how).toBe("throws"),
    );
    spy.mockRestore();
    expect(written.map((line) => (JSON.parse(line) as { counts: unknown }).counts)).toEqual([
      { "webhooks_received jira": 1 },
    ]);
  });
});

describe("a connection's requests", () => {
  it("are counted by how they were answered, failures and waits too", async () => {
    const counts = registry();
    let now = 0;
    const answers = [200, 429, 503, 0];
    const around = counted(
      {
        fetch: async () => {
          const status = answers.shift() ?? 0;
          if (status === 0) throw new TypeError("no route");
          return new Response("", { status });
        },
        now: () => now,
        async sleep(milliseconds) {
          now += milliseconds;
        },
        random: Math.random,
      },
      counts,
      "jira",
    );
    for (let at = 0; at < 3; at++) await around.fetch("https://tool.example");
    await expect(around.fetch("https://tool.example")).rejects.toThrow("no route");
    await around.sleep(1500, new AbortController().signal);
    const families = openMetrics(counts.text([]));
    expect(
      families.get("throughline_vendor_requests")?.samples.map(({ labels, value }) => [labels["status"], value]),
    ).toEqual([
      ["2xx", 1],
      ["429", 1],
      ["5xx", 1],
      ["none", 1],
    ]);
    expect(families.get("throughline_vendor_wait_seconds")?.samples.map(({ value }) => value)).toEqual([1.5]);
  });
});
