import { afterEach, describe, expect, it } from "vitest";
import { handler as pollSource } from "../../functions/poll-source.ts";
import { handler as publishEvents } from "../../functions/publish-events.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { deferJobs, takeUpJobs } from "../../shared/pipeline/deferred-jobs.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { pollRound } from "../../shared/pipeline/poll-round.ts";
import { useHub } from "../../shared/platform/current.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

let pipeline: ReturnType<typeof openPipeline> | undefined;
afterEach(() => pipeline?.[Symbol.dispose]());

const never = new AbortController().signal;
const job = (id: string, connection = "acme") => JSON.stringify({ connection, stream: "items", ids: [id] });

const opened = (parts: Partial<Parameters<typeof openPipeline>[0]> = {}) => {
  pipeline = openPipeline({ connector: bareTool, elastic: true, ...parts });
  const { consumers, hub } = pipeline;
  const sent = async () => {
    const messages = await consumers.jobs.receive(1000, 1);
    await consumers.jobs.delete(messages.map(({ id }) => id));
    return messages.map(({ body }) => body).sort();
  };
  return { ...pipeline, one: hub("one"), sent };
};

describe("jobs that wait in the table", () => {
  it("are sent once their time has come, once, and those of others are left alone", async () => {
    const { one, sent, pass } = opened();
    await deferJobs(one.ports, [job("a"), job("b"), job("c", "other")], 60);
    await takeUpJobs(one, "acme", never);
    expect(await sent()).toEqual([]);
    pass(60);
    await takeUpJobs(one, "acme", never);
    expect(await sent()).toEqual([job("a"), job("b")]);
    await takeUpJobs(one, "acme", never);
    expect(await sent()).toEqual([]);
  });

  it("wait once, however often the same job was put back", async () => {
    const { one, sent, pass } = opened();
    for (let time = 0; time < 3; time++) await deferJobs(one.ports, [job("a")], 60);
    pass(61);
    await takeUpJobs(one, "acme", never);
    expect(await sent()).toEqual([job("a")]);
  });

  it("are all sent, more than one page of them", async () => {
    const { one, sent, pass } = opened();
    const bodies = Array.from({ length: 230 }, (_, at) => job(String(at))).sort();
    await deferJobs(one.ports, bodies, 1);
    pass(2);
    await takeUpJobs(one, "acme", never);
    expect(await sent()).toEqual(bodies);
  });

  it("are not lost when one is put back while it is taken up", async () => {
    const around = { deferAgain: async () => {} };
    const { one, sent, pass, real } = opened({
      around: (ports) => ({
        ...ports,
        jobs: {
          async send(bodies) {
            await ports.jobs.send(bodies);
            await around.deferAgain();
          },
        },
      }),
    });
    await deferJobs(real, [job("a")], 1);
    pass(2);
    around.deferAgain = () => deferJobs(real, [job("a")], 300);
    await takeUpJobs(one, "acme", never);
    around.deferAgain = async () => {};
    expect(await sent()).toEqual([job("a")]);
    pass(301);
    await takeUpJobs(one, "acme", never);
    expect(await sent()).toEqual([job("a")]);
  });

  it("wait on when they could not be sent", async () => {
    let tries = 0;
    const { one, sent, pass } = opened({
      around: (ports) => ({
        ...ports,
        jobs: {
          async send(bodies) {
            if (++tries === 1) throw new HubError("storage_unavailable", "no", { retry: "later" });
            await ports.jobs.send(bodies);
          },
        },
      }),
    });
    await deferJobs(one.ports, [job("a")], 1);
    pass(2);
    await expect(takeUpJobs(one, "acme", never)).rejects.toThrow("no");
    await takeUpJobs(one, "acme", never);
    expect(await sent()).toEqual([job("a")]);
  });

  it("vanish by themselves a month after their time", async () => {
    const { one } = opened();
    await deferJobs(one.ports, [job("a")], 60);
    const [row] = await one.ports.table.query({ pk: "J#acme" });
    const due = one.ports.clock.now().getTime() / 1000 + 60;
    expect(row?.expiresAt).toBe(due + 30 * 86_400);
  });
});

describe("events that Lambda keeps itself", () => {
  const context = { getRemainingTimeInMillis: () => 60_000 };

  it("are jobs of poll-source: done, given up, or thrown", async () => {
    const { one, logged } = opened();
    useHub(one);
    expect(await pollSource(JSON.parse(job("a")), context)).toBeUndefined();
    expect(logged).toMatchObject([{ verb: "job failed", code: "stream_unknown" }]);
    await expect(pollSource({ connection: 1 } as never, context)).rejects.toThrow("internal_error: ZodError");
  });

  it("are rounds of poll-source", async () => {
    const { one, sent, pass } = opened();
    useHub(one);
    await deferJobs(one.ports, [job("a")], 1);
    pass(2);
    await pollSource({ connection: "acme", timer: "<aws.scheduler.scheduled-time>" }, context);
    expect(await sent()).toEqual([job("a")]);
  });

  it("are what the feed lost, for publish-events", async () => {
    const { one } = opened();
    useHub(one);
    expect(await publishEvents({ ids: ["wrk_1"] })).toBeUndefined();
    await expect(publishEvents({ id: "wrk_1" } as never)).rejects.toThrow("internal_error: ZodError");
  });
});

describe("a timer's round", () => {
  const round = (hub: Hub, lateSeconds = 0) => ({
    connection: "acme",
    timer: new Date(hub.ports.clock.now().getTime() - lateSeconds * 1000).toISOString(),
  });

  it("takes up what waited", async () => {
    const { one, sent, pass } = opened();
    await deferJobs(one.ports, [job("a")], 1);
    pass(2);
    await pollRound(one, round(one), never);
    expect(await sent()).toEqual([job("a")]);
  });

  it("is left out when two others have come since, and reads when it is merely late", async () => {
    const { one, sent, pass } = opened();
    await deferJobs(one.ports, [job("a")], 1);
    pass(2);
    await pollRound(one, round(one, 601), never);
    expect(await sent()).toEqual([]);
    await pollRound(one, round(one, 599), never);
    expect(await sent()).toEqual([job("a")]);
  });

  it("says a named failure and leaves it to the next; a defect is thrown", async () => {
    const { one, logged } = opened();
    const failing = (error: Error): Hub => ({ ...one, connection: () => Promise.reject(error) });
    await pollRound(failing(new HubError("secret_missing", "X is not set", { retry: "never" })), round(one), never);
    expect(logged).toEqual([
      { connection: "acme", code: "secret_missing", reason: "X is not set", verb: "round failed" },
    ]);
    await expect(pollRound(failing(new TypeError("a defect")), round(one), never)).rejects.toThrow("a defect");
  });
});
