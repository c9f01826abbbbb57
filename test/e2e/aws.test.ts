import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { update } from "../../shared/store/entities.ts";
import { budgetKey, mappingKey } from "../../shared/store/keys.ts";
import type { AwsCall } from "../doubles/aws-calls.ts";
import { allows } from "../doubles/policy.ts";
import { type AwsCompany, openAwsCompany } from "./aws-company.ts";
import { type Both, openBoth, TOOLS, type Tool } from "./both-hubs.ts";

let company: AwsCompany;
let both: Both;
beforeAll(async () => {
  company = await openAwsCompany();
  both = await openBoth(company);
  // Two seconds of work, which Linear's second page of issues does not fit into.
  both.hub.left.set("poll-source-linear", 7000);
  const slow = { vendor: "linear", how: "slow", path: "issuesPage", after: 1, times: 1, ms: 2500 };
  await company.sandbox.control({ do: "misbehave", ...slow });
  await both.poll(...TOOLS);
  both.hub.left.clear();
}, 180_000);
afterAll(async () => {
  await both?.close();
  await company?.close();
});

const MINUTE_MS = 60_000;
/** Of a run that found nothing new there is no event on AWS, where each write of its state would be paid for. */
const isOfARun = (event: string) => event.includes("connection.sync.completed");

const itemsOf = (tool: Tool) =>
  company.sandbox
    .truth()
    .filter(
      ({ tracker, deleted, type }) => tracker === tool && !deleted && !["epic", "idea", "initiative"].includes(type),
    );
type Item = ReturnType<typeof itemsOf>[number];
const isOpen = ({ status }: Item) => !/done|closed|cancel/i.test(status);
const first = (tool: Tool, fits: (item: Item, all: readonly Item[]) => boolean = () => true): string => {
  const all = itemsOf(tool);
  const found = all.find((item) => fits(item, all)) ?? all.at(-1);
  if (found === undefined) throw new Error(`nothing in ${tool}`);
  return found.key;
};
const hourAgo = () => new Date(company.time.now - 60 * MINUTE_MS).toISOString();
const change = (what: string, key: string, more: object = {}) => company.sandbox.control({ do: what, key, ...more });

const expectSame = async ({ known, announced }: Both): Promise<void> => {
  const { onAws, embedded } = await known();
  expect(onAws.entities).toEqual(embedded.entities);
  expect(onAws.views).toEqual(embedded.views);
  const events = announced();
  expect(events.onAws.filter((event) => !isOfARun(event))).toEqual(events.embedded.filter((event) => !isOfARun(event)));
};

describe("the whole hub on AWS: its bundles under their own roles, and nothing else", { timeout: 120_000 }, () => {
  it("knows and announces the same as the embedded hub after the first sync, entity by entity", async () => {
    const { onAws } = await both.known();
    expect(new Set([...onAws.views.keys()].map((id) => id.slice(0, 4)))).toEqual(new Set(["ftr_"]));
    expect(onAws.views.size).toBeGreaterThan(20);
    expect(onAws.entities.size).toBeGreaterThan(150);
    expect(both.announced().onAws.length).toBeGreaterThan(100);
    await expectSame(both);
  });

  it("handed a read on when its time was up, and the next run went on from there", async () => {
    const ended = both.hub
      .log()
      .split("\n")
      .filter((line) => line.includes('"polled"') && line.includes('"linear"'))
      .map((line) => JSON.parse(line) as { stream: string; records: number });
    // The timer's run began the streams as jobs of their own; the last one read what was left of the issues.
    expect(ended.length).toBe(7);
    expect(ended.find(({ stream }) => stream === "issues")?.records).toBeLessThan(itemsOf("linear").length);
    expect(both.hub.fn("poll-source-linear").runs()).toBeGreaterThan(1 + ended.length);
    const { pk, sk } = budgetKey("linear");
    expect((await both.hub.table.get<{ until: number }>(pk, sk))?.data.until).toBeGreaterThan(
      company.time.now - MINUTE_MS,
    );
  });

  it("takes webhooks of all three tools to the same entities, features and events", async () => {
    // Outputs begin with what happens from now on.
    both.hub.timer("deliver-outputs");
    await both.hub.drain();
    company.time.now += MINUTE_MS;
    for (const tool of TOOLS) {
      await change("close", first(tool, isOpen));
      await change("rename", first(tool), { title: `Renamed & <b>${tool}</b>` });
      // What it was the parent of is asked for again.
      await change(
        "delete",
        first(tool, ({ id }, all) => all.some(({ parent }) => parent === id)),
      );
    }
    await both.drain();
    expect(new Set(both.taken)).toEqual(new Set([202]));
    expect(both.taken.length).toBeGreaterThanOrEqual(18);
    expect(both.announced().onAws.filter((event) => event.includes("work_item.status.changed")).length).toBe(3);
    await expectSame(both);
  });

  it.each([
    "/v1/status",
    "/v1/features?limit=10",
    "/v1/work-items?limit=50",
    "/v1/people",
    "/v1/connections",
    "/v1/changes?since=2026-03-02T10:01:00Z&type=work_item.status.changed",
    "/features",
  ])("answers %s as the embedded hub does", async (path) => {
    const { onAws, embedded } = await both.asked(path);
    expect(onAws?.length).toBeGreaterThan(100);
    expect(onAws).toBe(embedded);
  });
});

describe("what happens seldom, under the same roles", { timeout: 120_000 }, () => {
  it("counts what the tools list, a while after the first sync", async () => {
    company.time.now += 16 * MINUTE_MS;
    await both.poll(...TOOLS);
    const { onAws } = await both.asked("/v1/connections");
    expect(onAws?.match(/"census":\{/g)?.length).toBeGreaterThanOrEqual(3);
    await expectSame(both);
  });

  it("tells the team's channel what happened since it was there", async () => {
    expect(company.cards).toEqual([]);
    both.hub.timer("deliver-outputs");
    await both.hub.drain();
    expect(company.cards.length).toBe(1);
    for (const key of ["ACME-", "INS-", "acme/devkit#"]) expect(company.cards[0]).toContain(key);
  });

  it("reads the archive again when another config maps it, and comes to the same", async () => {
    const { hub, aws } = both;
    const { views } = (await both.known()).onAws;
    await update<object>(
      hub.table,
      mappingKey,
      (held) => held && { data: { ...held.data, hash: "of another config" } },
    );
    // A deployment ends the instances of the one before.
    for (const name of company.stack.functions.keys()) await hub.fn(name).kill();
    const read = aws.calls.length;
    hub.timer("poll-source-linear");
    // Behind what is read again stands nothing: the last step of a reading, which each tool's function has.
    for (const connection of ["jira", "github"])
      hub.invoke(`poll-source-${connection}`, { connection, replay: { after: `${connection}/9999-12-31/end` } });
    await hub.drain();
    const since = aws.calls.slice(read);
    const by = (action: string) => new Set(since.filter((call) => call.action === action).map((call) => call.by));
    expect(by("s3:ListBucket")).toEqual(new Set(TOOLS.map((tool) => `poll-source-${tool}`)));
    expect(by("s3:GetObject")).toEqual(new Set(["ingest-record"]));
    expect((await both.known()).onAws.views).toEqual(views);
  });

  it("announces by the sweep what the feed lost", async () => {
    await change("rename", first("github"), { title: "Lost on its way" });
    await both.hub.drain("queues");
    both.hub.loseFeed();
    company.time.now += 120 * MINUTE_MS;
    const told = async () => (await both.asked(`/v1/changes?since=${hourAgo()}&type=record.upserted`)).onAws ?? "";
    await both.hub.drain();
    expect(await told()).not.toContain("Lost on its way");
    both.hub.timer("sweep");
    await both.hub.drain();
    expect(await told()).toContain("Lost on its way");
  });

  it("sends webhooks by a function of its own, to an endpoint that was made through the API", async () => {
    const made = await fetch(`${both.hub.url}/v1/webhook-endpoints`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ url: "https://hooks.invalid/throughline", events: ["work_item.*"] }),
    });
    const { endpoint, secret } = (await made.json()) as { endpoint: { id: string }; secret: string };
    expect([made.status, secret.slice(0, 6)]).toEqual([201, "whsec_"]);
    const item = itemsOf("linear").at(-1);
    await change(item !== undefined && isOpen(item) ? "close" : "reopen", item?.key ?? "");
    await both.hub.drain();
    company.time.now += MINUTE_MS;
    both.hub.timer("deliver-webhooks");
    await both.hub.drain();
    const answer = await fetch(`${both.hub.url}/v1/webhook-endpoints/${endpoint.id}/deliveries`);
    const { data } = (await answer.json()) as {
      data: { type: string; state: string; attempts: { reason: string }[] }[];
    };
    expect(data[0]).toMatchObject({ type: "work_item.status.changed", state: "pending" });
    // Nobody has that name: it was tried, and noted under the function's own role.
    expect(data[0]?.attempts[0]?.reason).toContain("name");
    expect(both.hub.log()).not.toContain(secret);
  });

  it("announces an event that is too large for the bus by its ids and where the whole of it lies", async () => {
    const key = first("github", isOpen);
    await change("rename", key, { title: "L".repeat(300_000) });
    await change(isOpen(itemsOf("github").find((item) => item.key === key) as Item) ? "close" : "reopen", key);
    await both.hub.drain();
    const told = both.aws.bus.taken.map(({ Detail }) => JSON.parse(Detail)).findLast(({ data }) => data.claim_check);
    expect(told).toMatchObject({ data: { work_item: { id: expect.stringMatching(/^wrk_/) } } });
    expect(
      both.aws.calls.filter(({ action, by }) => action === "s3:PutObject" && by === "publish-events"),
    ).toMatchObject([{ resources: [`arn:aws:s3:::${company.stack.bucket}/${told.data.claim_check}.gz`] }]);
  });

  it("keeps what a person says of a feature, and carries it on", async () => {
    const [feature] = JSON.parse((await both.asked("/v1/features?limit=1")).onAws ?? "").data;
    const path = `/v1/features/${feature.id}`;
    const posted = await fetch(`${both.hub.url}${path}/updates`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...both.bearer },
      body: JSON.stringify({ health: "off_track", text: "Nobody is at it" }),
    });
    expect(posted.status).toBe(201);
    await both.hub.drain();
    const { health } = JSON.parse((await both.asked(path)).onAws ?? "");
    expect(health).toMatchObject({ value: "off_track", declared: { text: "Nobody is at it" } });
  });
});

describe("T20 least privilege", () => {
  /** What a function or Lambda in its name asked for. */
  const used = (name: string): AwsCall[] => [
    ...both.aws.calls.filter(({ by }) => by === name),
    ...(company.stack.functions.get(name)?.byLambda ?? []).map(({ action, resource }) => ({
      by: name,
      service: "",
      action,
      resources: [resource],
      context: {},
    })),
  ];

  it("lets every call through that was made, and would let no other one", () => {
    expect(both.aws.denied).toEqual([]);
    expect(both.hub.failures).toEqual([]);
    expect(both.hub.givenUp).toEqual([]);
    expect(new Set(both.aws.calls.map(({ by }) => by))).toEqual(new Set(company.stack.functions.keys()));
  });

  it("grants each function nothing that it has not used here: each action on each resource", () => {
    const unused = [...company.stack.functions.values()].flatMap(({ name, statements }) =>
      statements.flatMap(({ actions, resources, like }) =>
        actions.flatMap((action) =>
          resources
            .filter((resource) => {
              const one = { actions: [action], resources: [resource], like };
              return !used(name).some((call) => call.resources.some((asked) => allows(one, call, asked)));
            })
            .map((resource) => `${name}: ${action} ${resource}`),
        ),
      ),
    );
    expect(unused).toEqual([]);
  });

  it("names no action by a wildcard", () => {
    const actions = [...company.stack.functions.values()].flatMap(({ statements }) =>
      statements.flatMap((one) => one.actions),
    );
    expect(actions.length).toBeGreaterThan(50);
    expect(actions.filter((action) => action.includes("*"))).toEqual([]);
  });

  it("T18 tells no secret in any log", () => {
    const log = both.hub.log();
    expect(log).toContain('"message":"polled"');
    for (const [name, value] of Object.entries(company.secrets()))
      expect([name, log.includes(value)]).toEqual([name, false]);
    for (const { value } of both.aws.secrets.parameters.values()) expect(log.includes(value)).toBe(false);
  });
});

describe("a hub on AWS with which much goes wrong", { timeout: 120_000 }, () => {
  let other: Both;
  beforeAll(async () => {
    other = await openBoth(company);
  }, 60_000);
  afterAll(() => other?.close());

  it("comes to the same entities when the table throttles, answers are lost, and functions die between their steps", async () => {
    const { aws, hub, embedded } = other;
    const calls = new Map<string, number>();
    const died: string[] = [];
    const DIES_AT: Readonly<Record<string, number>> = {
      "ingest-record": 40,
      "project-lifecycle": 60,
      "publish-events": 12,
    };
    aws.control.fault = ({ by, service, action }) => {
      if (service !== "dynamodb") return undefined;
      const nth = (calls.get(by) ?? 0) + 1;
      calls.set(by, nth);
      if (nth === DIES_AT[by]) {
        died.push(by);
        void hub.fn(by).kill();
        return "lost";
      }
      // More often in turn than the client tries: its message fails, and comes again.
      if (by === "ingest-record" && nth >= 20 && nth < 26) return { status: 500, name: "InternalServerError" };
      if (nth === 9) return { status: 400, name: "ProvisionedThroughputExceededException" };
      return nth % 23 === 0 && action === "dynamodb:PutItem" ? "lost" : undefined;
    };
    for (const stream of ["milestones", "issues"]) {
      const job = { connection: "github", stream, scope: "acme/devkit" };
      hub.invoke("poll-source-github", job);
      await embedded.ask(job);
    }
    await other.drain();
    aws.control.fault = () => undefined;
    expect(died.toSorted()).toEqual(Object.keys(DIES_AT));
    expect(hub.failures.filter((why) => why.endsWith("ended")).length).toBe(3);
    expect(hub.log()).toContain('"message":"message failed"');
    expect(aws.denied).toEqual([]);
    const known = await other.known();
    expect(known.onAws.views.size).toBe(8);
    expect(known.onAws).toEqual(known.embedded);
  });
});
