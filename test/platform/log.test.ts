import { describe, expect, it } from "vitest";
import { logLines, logLinesIn } from "../../infra/tools/log-lines.ts";
import { LOG_FIELDS } from "../../shared/pipeline/log.ts";
import { jsonLog } from "../../shared/platform/log.ts";
import { ROOT } from "../source-files.ts";

const NOW = new Date("2026-03-02T10:00:00.000Z");

const lines = (least?: "info" | "warn") => {
  const written: string[] = [];
  return {
    written,
    log: jsonLog(
      () => NOW,
      (line) => written.push(line),
      least,
    ),
  };
};

describe("the log", () => {
  it("writes one JSON line of the fields that are listed, whatever else an object holds", () => {
    const { written, log } = lines();
    const careless = { connection: "jira", records: 3, body: { token: "s3cret" }, authorization: "Bearer x" };
    log.info(careless, "polled");
    expect(written).toEqual([
      '{"time":"2026-03-02T10:00:00.000Z","level":"info","message":"polled","connection":"jira","records":3}\n',
    ]);
  });

  it("takes out addresses of people and cuts what is long", () => {
    const { written, log } = lines();
    log.warn({ reason: `no user ana.b+x@mail.example.com, <bob@acme.io> here ${"x".repeat(1000)}` }, "poll failed");
    const { reason } = JSON.parse(written[0] ?? "") as { reason: string };
    expect(reason).toHaveLength(500);
    expect(reason.startsWith("no user [address], <[address]> here xxx")).toBe(true);
  });

  it("tells a defect of ours from what may happen, and leaves out what nobody wants", () => {
    const { written, log } = lines("warn");
    log.info({}, "polled");
    log.warn({ code: "vendor_unreachable" }, "poll failed");
    log.warn({ code: "internal_error" }, "poll failed");
    expect(written.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(["warn", "error"]);
  });
});

describe("every log line of the source", () => {
  const all = logLines(ROOT);

  it("has a constant for its message", () => {
    expect(all.length).toBeGreaterThan(35);
    expect(all.filter(({ verb }) => verb === undefined || !/^[a-z]/.test(verb)).map(({ at }) => at)).toEqual([]);
  });

  it("names fields of the list alone", () => {
    const wrong = all.flatMap(({ at, fields }) =>
      fields
        .filter((name) => !name.startsWith("...") && !Object.hasOwn(LOG_FIELDS, name))
        .map((name) => `${at} ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it("is found with its level, fields and message, however it is written", () => {
    const source = 'hub.log.warn(\n  { code, reason: f(a, "b, c"), ...(x && { trace }), body },\n  "poll failed",\n);';
    expect(logLinesIn("x.ts", source)).toEqual([
      { at: "x.ts:1", level: "warn", fields: ["code", "reason", "...(x", "body"], verb: "poll failed" },
    ]);
    expect(logLinesIn("x.ts", ["log.info({}, `read $", "{name}`);"].join(""))[0]?.verb).toBeUndefined();
  });
});
