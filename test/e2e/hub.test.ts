import { createHmac } from "node:crypto";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { listen } from "../../infra/cli/listen.ts";
import { trigger } from "../../infra/cli/trigger.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import { PUBLIC_EVENTS } from "../../shared/domain/event.ts";
import { eventSchema } from "../../shared/domain/event-schema.ts";
import { startReceiver } from "../pipeline/webhook-hub.ts";
import { asAssistants } from "./assistants.ts";
import { companyConfig, SECRET, secretsOf, WIDE } from "./company-config.ts";
import { liveAnswers } from "./live-answers.ts";
import { Checkout, openStoreAt, type RunningHub, settled, until } from "./local-hub.ts";

interface Truth {
  readonly tracker: "jira" | "linear" | "github";
  readonly key: string;
  readonly type: string;
  readonly title: string;
  readonly status: string;
  readonly stage?: string;
  readonly deleted: boolean;
  readonly archived?: boolean;
}

interface Listed<Item> {
  readonly data: readonly Item[];
}

/** A change is on every surface this soon after it was made; the machine's own slowness included. */
const SOON_MS = 5_000;

describe("the hub on one machine, over three real wire protocols", { timeout: 180_000 }, () => {
  let sandbox: Sandbox;
  let checkout: Checkout;
  let hub: RunningHub;
  let items: Truth[];
  const undo: (() => Promise<void>)[] = [];
  /** Features, ideas and initiatives are kinds of their own in the hub. */
  const isWork = ({ type, deleted }: Truth) => !deleted && !["epic", "idea", "initiative"].includes(type);
  const folder = () => join(checkout.data, "hub");
  const control = async (body: object) => {
    const response = await fetch(sandbox.urls.control, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
    const answer = (await response.json()) as Record<string, unknown>;
    expect(response.status, JSON.stringify(answer)).toBeLessThan(300);
    return answer;
  };
  const hooks = (on: boolean) => {
    const target = (name: string) => ({ url: `${hub.url}/hooks/${name}`, secret: SECRET });
    sandbox.setWebhooks(on ? { jira: target("jira"), linear: target("linear"), github: target("github") } : {});
  };
  const open = (tracker: Truth["tracker"], place = 0) => {
    const found = items.filter(
      (item) =>
        item.tracker === tracker && isWork(item) && item.archived !== true && !/done|closed|cancel/i.test(item.status),
    )[place];
    if (found === undefined) throw new Error(`no open item in ${tracker}`);
    return found;
  };
  const item = (key: string) =>
    hub.json<{ name: string; status: { category: string } }>(`/v1/work-items/${encodeURIComponent(key)}`);

  beforeAll(async () => {
    sandbox = await startSandbox({ size: 300, seed: 5, limits: WIDE });
    undo.push(() => sandbox.stop());
    checkout = await Checkout.make(
      { ...companyConfig(sandbox), webhooks: { allowLoopback: true } },
      secretsOf(sandbox),
    );
    undo.push(() => checkout.remove());
    hub = await checkout.start("--poll-every", "3600", "--verbose");
    undo.push(() => hub.stop());
    await settled(hub, folder());
    hooks(true);
    const text = await (await fetch(`${sandbox.urls.control}/truth`)).text();
    items = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Truth);
  });
  afterAll(async () => {
    for (const end of undo.toReversed()) await end();
  });

  it("knows every item of every tracker, by its title, and no other", async () => {
    const store = openStoreAt(folder());
    const titles = new Map<string, string>();
    for (const digit of "0123456789abcdef") {
      for (let after: string | undefined; ; ) {
        const rows = await store.ports.table.query<{
          source: { key?: string };
          fields: { title: string };
          presence: { state: string };
        }>({
          pk: `N#workItem#${digit}`,
          by: "list",
          limit: 500,
          ...(after !== undefined && { after }),
        });
        for (const { data } of rows)
          if (data.presence.state !== "deleted") titles.set((data.source.key ?? "").toLowerCase(), data.fields.title);
        after = rows.at(-1)?.list?.sk;
        if (rows.length < 500) break;
      }
    }
    store.close();
    const expected = items.filter(isWork);
    process.stdout.write(`${expected.length} work items in the tools, ${titles.size} in the hub\n`);
    expect(expected.filter(({ key, title }) => titles.get(key.toLowerCase()) !== title).map(({ key }) => key)).toEqual(
      [],
    );
    expect(titles.size).toBe(expected.length);
  });

  it("shows features of all three trackers on the board, in several stages", async () => {
    const board = await hub.text("/");
    const { data } =
      await hub.json<Listed<{ name: string; stage: string | null; source: { tool: string } }>>(
        "/v1/features?limit=200",
      );
    expect(new Set(data.map(({ source }) => source.tool))).toEqual(new Set(["jira", "linear", "github"]));
    expect(new Set(data.map(({ stage }) => stage)).size).toBeGreaterThan(3);
    const text = board.replaceAll(/&#39;|&quot;/g, "'").replaceAll("&amp;", "&");
    const inStage = (stage: string | null) => data.filter((other) => other.stage === stage).length;
    const missing = data.filter(({ name, stage }) => inStage(stage) <= 20 && !text.includes(name.replaceAll('"', "'")));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it.each(["jira", "linear", "github"] as const)(
    "brings a change in %s to every surface by webhook",
    async (tracker) => {
      const { key } = open(tracker);
      const since = new Date().toISOString();
      const title = `Renamed in ${tracker} & <b>bold</b>`;
      const begun = Date.now();
      await control({ do: "rename", key, title });
      await until(
        () => item(key),
        (found) => found.name === title,
        SOON_MS,
      );
      const arrived = Date.now() - begun;
      const log = await until(
        () => hub.json<Listed<{ type: string; data: object }>>(`/v1/changes?since=${since}&type=record.upserted`),
        ({ data }) => JSON.stringify(data).includes(JSON.stringify(title).slice(1, -1)),
        SOON_MS,
      );
      expect(log.data.length).toBeGreaterThan(0);
      process.stdout.write(`${tracker}: ${key} arrived by webhook after ${arrived} ms\n`);
    },
  );

  it("moves a feature when its work is done, and says why", async () => {
    const since = new Date().toISOString();
    const { key } = open("jira", 3);
    await control({ do: "close", key });
    await until(
      () => item(key),
      ({ status }) => status.category === "done",
      SOON_MS,
    );
    const { data } = await until(
      () =>
        hub.json<Listed<{ type: string; data: { work_item?: { key: string } } }>>(
          `/v1/changes?since=${since}&type=work_item.status.changed`,
        ),
      ({ data: events }) => events.some((event) => event.data.work_item?.key === key),
      SOON_MS,
    );
    expect(data.length).toBeGreaterThan(0);
  });

  it.each(["jira", "linear", "github"] as const)(
    "F04 brings a change in %s with the next poll when its webhooks are off",
    async (tracker) => {
      const { key } = open(tracker, 1);
      hooks(false);
      const title = `Polled from ${tracker}`;
      await control({ do: "rename", key, title });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect((await item(key)).name).not.toBe(title);
      const synced = await checkout.run(["sync", tracker, "--wait"]);
      expect(synced.code, synced.err).toBe(0);
      await until(
        () => item(key),
        (found) => found.name === title,
        SOON_MS,
      );
      hooks(true);
    },
  );

  it("follows the hint of a sprint's webhook by reading the sprint", async () => {
    const sprints = async () =>
      (await checkout.run(["export", "cycle"])).out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { name: string; state: { category: string }; source: { tool: string } })
        .filter(({ source }) => source.tool === "jira");
    const running = (await sprints()).find(({ state }) => state.category === "active");
    const number = Number(/\d+$/.exec(running?.name ?? "")?.[0]);
    expect(number).toBeGreaterThan(0);
    await control({ do: "sprint", number, action: "closed" });
    await until(sprints, (all) => all.find(({ name }) => name === running?.name)?.state.category === "closed", SOON_MS);
  });

  it("keeps a deleted item's record and says that it is gone", async () => {
    const since = new Date().toISOString();
    const { key } = open("github", 2);
    await control({ do: "delete", key });
    await until(
      () =>
        hub.json<Listed<{ data: { entity?: { key: string }; to?: string } }>>(
          `/v1/changes?since=${since}&type=record.presence.changed`,
        ),
      ({ data }) => data.some((event) => event.data.entity?.key === key && event.data.to === "deleted"),
      SOON_MS,
    );
  });

  it("F01 takes the same delivery twice and tells it once", async () => {
    const since = new Date().toISOString();
    const { key } = open("github", 4);
    await control({ do: "rename", key, title: "Delivered twice" });
    await until(
      () => item(key),
      (found) => found.name === "Delivered twice",
      SOON_MS,
    );
    const count = async () =>
      (
        await hub.json<Listed<{ data: { entity?: { name: string } } }>>(
          `/v1/changes?since=${since}&type=record.upserted&limit=200`,
        )
      ).data.filter((event) => event.data.entity?.name === "Delivered twice").length;
    await until(count, (events) => events === 1, SOON_MS);
    await control({ do: "redeliver" });
    await settled(hub, folder());
    expect(await count()).toBe(1);
  });

  it("refuses webhooks that are forged, unsigned, or for a connection nobody configured", async () => {
    const body = JSON.stringify({ action: "opened", issue: {} });
    const send = (path: string, headers: Record<string, string>) =>
      fetch(`${hub.url}${path}`, { method: "POST", body, headers: { "x-github-event": "issues", ...headers } });
    const forged = await send("/hooks/github", { "x-hub-signature-256": `sha256=${"0".repeat(64)}` });
    expect([forged.status, await forged.json()]).toEqual([401, { code: "signature_rejected" }]);
    expect((await send("/hooks/github", {})).status).toBe(401);
    const unknown = await send("/hooks/githob", { "x-hub-signature-256": "sha256=x" });
    expect([unknown.status, await unknown.json()]).toEqual([404, { code: "connection_unknown" }]);
    await until(
      () => hub.json<{ webhooks: { rejected: number } }>("/v1/connections/github"),
      ({ webhooks }) => webhooks.rejected >= 2,
    );
  });

  it("F14 sets a signed but unreadable record aside, goes on, and reads it when replayed", async () => {
    const body = JSON.stringify({
      action: "edited",
      issue: { title: "an issue without identity" },
      repository: { full_name: "acme/devkit" },
      sender: {},
    });
    const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
    const sent = await fetch(`${hub.url}/hooks/github`, {
      method: "POST",
      body,
      headers: { "x-github-event": "issues", "x-github-delivery": "poison-1", "x-hub-signature-256": signature },
    });
    expect(sent.status).toBe(202);
    const { data } = await until(
      () => hub.json<Listed<{ code: string; message: string; raw_ref: string }>>("/v1/connections/github/dead-letters"),
      (letters) => letters.data.length > 0,
      SOON_MS,
    );
    expect(data[0]).toMatchObject({ code: "payload_unreadable" });
    const { key } = open("github", 5);
    await control({ do: "rename", key, title: "After the poison" });
    await until(
      () => item(key),
      (found) => found.name === "After the poison",
      SOON_MS,
    );
    const replayed = await checkout.run(["replay", "github", "--quarantine", "--json"]);
    expect(replayed.code).toBe(6);
    expect(JSON.parse(replayed.out)).toMatchObject({ payloads: 1, set_aside: 1 });
  });

  it("answers a question about the beginning of time at once", async () => {
    const begun = Date.now();
    const { data } = await hub.json<Listed<unknown>>("/v1/changes?since=0001-01-01T00:00:00Z&limit=5");
    expect(data).toHaveLength(5);
    expect(Date.now() - begun).toBeLessThan(SOON_MS);
  });

  it("gives a follower of the change log every event, in pages, each once", async () => {
    const ids: string[] = [];
    let path = "/v1/changes?since=2026-01-01T00:00:00Z&limit=200";
    for (let pages = 0; pages < 500; pages++) {
      const page = await hub.json<{ data: { id: string }[]; next_cursor: string | null }>(path);
      ids.push(...page.data.map(({ id }) => id));
      if (page.next_cursor === null) break;
      path = `/v1/changes?since=2026-01-01T00:00:00Z&limit=200&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(64);
  });

  it("lists the work items of one feature, page by page, as many as its progress says", async () => {
    const { data } = await hub.json<Listed<{ id: string; counts: { work_items: number } }>>("/v1/features?limit=200");
    const [largest] = data.toSorted((a, b) => b.counts.work_items - a.counts.work_items);
    const keys: string[] = [];
    let path = `/v1/work-items?feature=${largest?.id}&limit=4`;
    for (;;) {
      const page = await hub.json<{ data: { key: string }[]; next_cursor: string | null }>(path);
      keys.push(...page.data.map(({ key }) => key));
      if (page.next_cursor === null) break;
      path = `/v1/work-items?feature=${largest?.id}&limit=4&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toHaveLength(largest?.counts.work_items ?? 0);
    expect(keys.length).toBeGreaterThan(8);
  });

  it("tells the past of items without gaps, and of cycles what came, left and was finished", async () => {
    type Past = { agrees: boolean; is_complete: boolean; intervals: { from: string; to: string | null }[] };
    type Sum = { items: number };
    for (const tool of ["jira", "linear", "github"]) {
      const { data } = await hub.json<Listed<{ id: string; key: string }>>(`/v1/work-items?tool=${tool}&limit=40`);
      for (const { id, key } of data) {
        const { intervals } = await hub.json<{ intervals: Record<"status" | "parent" | "keys", Past> }>(
          `/v1/work-items/${id}`,
        );
        expect([key, intervals.status.agrees, intervals.status.is_complete]).toEqual([key, true, true]);
        const stays = intervals.status.intervals;
        expect(stays.map(({ to }) => to)).toEqual([...stays.slice(1).map(({ from }) => from), null]);
      }
    }
    const { data: cycles } = await hub.json<Listed<{ id: string; tool: string }>>("/v1/cycles?state=closed&limit=200");
    for (const tool of ["jira", "linear"]) {
      const scopes = await Promise.all(
        cycles
          .filter((cycle) => cycle.tool === tool)
          .map(({ id }) => hub.json<{ scope: Record<string, Sum> }>(`/v1/cycles/${id}`)),
      );
      const sum = (part: string) => scopes.reduce((count, { scope }) => count + (scope[part]?.items ?? 0), 0);
      expect([tool, sum("completed") > 20, sum("carried_over") > 0, sum("added") > 0]).toEqual([
        tool,
        true,
        true,
        true,
      ]);
      // What was finished or was still open at the end was in it at the end.
      for (const { scope } of scopes)
        expect(scope["current"]?.items).toBeGreaterThanOrEqual(
          (scope["completed"]?.items ?? 0) + (scope["carried_over"]?.items ?? 0),
        );
    }
    const { key } = open("jira");
    const told = await checkout.run(["history", key]);
    expect([told.code, told.out.split("\n")[0]?.startsWith(key)]).toEqual([0, true]);
    expect(told.out).toContain("Time in status");
    expect(await checkout.run(["history", "NOPE-1"])).toMatchObject({ code: 1 });
  });

  it("has announced only what the published schemas take, of all that happens in these tools", () => {
    const store = openStoreAt(folder());
    const shapes = new Map(PUBLIC_EVENTS.map((name) => [name as string, z.fromJSONSchema(eventSchema(name))]));
    const seen = new Map<string, number>();
    for (let place = 0; ; ) {
      const some = store.bus.read(place, 1000);
      for (const { event } of some) {
        const name = event.type.replace("com.acme.hub.", "");
        expect(shapes.get(name)?.safeParse(event.data).error, `${name}: ${JSON.stringify(event.data)}`).toBeUndefined();
        expect(shapes.has(name), name).toBe(true);
        seen.set(name, (seen.get(name) ?? 0) + 1);
      }
      place = some.at(-1)?.seq ?? place;
      if (some.length < 1000) break;
    }
    store.close();
    process.stdout.write(`events: ${[...seen].map(([name, count]) => `${name} ${count}`).join(", ")}\n`);
    for (const name of ["product.created", "feature.created", "feature.stage.changed", "work_item.status.changed"])
      expect(seen.get(name), name).toBeGreaterThan(0);
    expect(seen.has("work_item.changed")).toBe(false);
  });

  it("sends a triggered event signed to an endpoint, and to whoever listens at a terminal", async () => {
    await using there = await startReceiver();
    const response = await fetch(`${hub.url}/v1/webhook-endpoints`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ url: there.url, events: ["campaign.*"] }),
    });
    expect(response.status).toBe(201);
    const { secret } = (await response.json()) as { secret: string };
    const since = new Date().toISOString();
    const printed: string[] = [];
    const call = (values: Record<string, string>, words: string[] = []) => ({
      words,
      values: { url: hub.url, ...values },
      json: true,
      terminal: {
        root: checkout.root,
        environment: {},
        input: (async function* () {})(),
        out: (line: string) => printed.push(line),
        note: (line: string) => printed.push(line),
      },
    });
    expect(await trigger.run(call({}, ["campaign.sent"]))).toBe(0);
    const { id } = JSON.parse(printed[0] ?? "") as { id: string };
    await until(
      async () => there.received.length,
      (count) => count > 0,
      SOON_MS,
    );
    const [{ text, headers } = expect.unreachable()] = there.received;
    expect(new Webhook(secret).verify(text, headers)).toMatchObject({ type: "campaign.sent", test: true });
    expect(headers["webhook-id"]).toBe(id);
    printed.length = 0;
    const listening = { events: "campaign.*", since, limit: "1", format: "json", "forward-to": there.url };
    expect(await listen.run(call(listening))).toBe(0);
    expect(printed.map((line) => line.trim())).toContainEqual(expect.stringContaining(`"id":"${id}"`));
    const own = /whsec_[\w+/]+=*/.exec(printed.join())?.[0] ?? "";
    const [, again = expect.unreachable()] = there.received;
    expect(new Webhook(own).verify(again.text, again.headers)).toMatchObject({ type: "campaign.sent", test: true });
    await expect(listen.run(call({ events: "campain.*" }))).rejects.toMatchObject({ code: "usage" });
    await expect(trigger.run(call({}, ["campaign.send"]))).rejects.toThrow('Did you mean "campaign.sent"?');
  });

  it("goes by the config's own event prefix and names of environments", async () => {
    const store = openStoreAt(folder());
    const types = new Set(store.bus.read(0, 500).map(({ event }) => event.type));
    store.close();
    expect(types.size).toBeGreaterThan(1);
    expect([...types].filter((type) => !type.startsWith("com.acme.hub."))).toEqual([]);
    const { out } = await checkout.run(["export", "deployment"]);
    const environments = out
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { environment: object }).environment);
    expect(environments).toContainEqual(
      expect.objectContaining({ detail: "staging", category: "test", mapped_by: "user" }),
    );
    expect(environments).toContainEqual(expect.objectContaining({ detail: "production", category: "production" }));
  });

  it("F42 refuses a second hub on the same data folder, and says what to do", async () => {
    const second = await checkout.run(["start", "--port", "0"]);
    expect(second.code).toBe(1);
    expect(second.err).toContain("data_folder_locked");
  });

  it("answers in the terminal what it shows in the browser", async () => {
    const { data } =
      await hub.json<Listed<{ id: string; key: string | null; name: string; stage: string | null }>>(
        "/v1/features?limit=200",
      );
    const listed = await checkout.run(["features", "--json"]);
    const rows = listed.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: string; explanation: { headline: string | null } });
    expect(new Map(rows.map(({ id, explanation }) => [id, explanation.headline]))).toEqual(
      new Map(data.map(({ id, stage }) => [id, stage])),
    );
    const one = data.find(({ key, stage }) => key?.startsWith("ACME") && stage !== null);
    const explained = await checkout.run(["explain", one?.key ?? ""]);
    expect(explained.code).toBe(0);
    expect(explained.out).toContain("Because");
    expect((await checkout.run(["explain", "NOPE-1"])).code).toBe(1);
  });

  it("answers every operation as its own description says", async () => {
    const { wrong, empty, asked } = await liveAnswers(hub);
    process.stdout.write(
      `${asked} operations asked, ${empty.length} without a thing to ask for: ${empty.join(", ")}\n`,
    );
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(25);
  });

  it("reads a tool when it is asked to over the API, once for each name of the request", async () => {
    const ask = () =>
      fetch(`${hub.url}/v1/connections/jira/sync`, { method: "POST", headers: { "Idempotency-Key": "e2e-1" } });
    const started = async () =>
      (await hub.json<Listed<{ started_at: string }>>("/v1/connections/jira/runs")).data.map((run) => run.started_at);
    const before = (await started()).toSorted().at(-1) ?? "";
    const first = await ask();
    expect([first.status, first.headers.get("location")]).toEqual([202, `${hub.url}/v1/connections/jira/runs`]);
    await until(started, (times) => times.every((at) => at > before), 30_000);
    const again = await ask();
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([202, "true"]);
    expect(await again.json()).toEqual(await first.json());
  });

  it("finds what it read by key, by number and by name", async () => {
    const kinds = async (q: string) =>
      (await hub.json<{ groups: { kind: string; hits: object[] }[] }>(`/v1/search?q=${encodeURIComponent(q)}`)).groups;
    const { key } = open("github", 6);
    expect(await kinds(key)).toMatchObject([{ kind: "work_item", hits: [{ key, match: "key" }] }]);
    const byNumber = (await kinds(`#${key.split("#")[1]}`)).flatMap(({ hits }) => hits);
    expect(byNumber).toContainEqual(expect.objectContaining({ key }));
    const [feature] = (await hub.json<Listed<{ id: string; name: string }>>("/v1/features?limit=1")).data;
    const byName = await kinds(feature?.name ?? "");
    expect(byName.flatMap(({ hits }) => hits)).toContainEqual(expect.objectContaining({ id: feature?.id }));
  });

  it("tells assistants of both revisions the same, over HTTP and over standard input", async () => {
    const told = await asAssistants(hub, checkout);
    const answers = Object.values(told);
    expect(Object.keys(told)).toHaveLength(4);
    expect(answers[0]?.names.length).toBe(20);
    expect(answers.every((one) => JSON.stringify(one) === JSON.stringify(answers[0]))).toBe(true);
  });

  it("exports what it holds as one line each, and as CSV", async () => {
    const exported = await checkout.run(["export", "feature"]);
    const rows = exported.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string; declared_status: { mapped_by: string } });
    expect(rows.length).toBeGreaterThan(55);
    expect(
      rows.every(({ kind, declared_status }) => kind === "feature" && declared_status.mapped_by !== undefined),
    ).toBe(true);
    const csv = await checkout.run(["export", "work_item", "--format", "csv"]);
    expect(csv.out.split("\r\n")[0]).toContain("id,product_ids,source");
    expect(await checkout.run(["export", "featur"])).toMatchObject({ code: 2 });
  });
});
