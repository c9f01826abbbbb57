import { beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import { repliesIn } from "../../shared/store/replies.ts";
import type { AskedOfConnection } from "../../shared/web/web-deps.ts";
import { HUB, NOW, sampleApp, sampleHub } from "./sample-hub.ts";

const MINUTE_MS = 60_000;
const hub = sampleHub(1);
let asked: AskedOfConnection[];
let now: Date;
let work: (one: AskedOfConnection) => Promise<void>;
let app: ReturnType<typeof sampleApp>;

beforeEach(() => {
  asked = [];
  now = NOW;
  work = async (one) => void asked.push(one);
  app = sampleApp(hub, {
    now: () => now,
    replies: repliesIn(sqliteTable(openDatabase(":memory:"))),
    ask: (one) => work(one),
    identify: async (request) => ({
      id: request.headers.get("x-who") ?? "key_1",
      name: "test",
      scopes: ["connections:operate", "connections:read"],
      products: "all",
    }),
  });
});

const post = async (path: string, key?: string, body?: object, headers: Record<string, string> = {}) => {
  const response = await app.request(path, {
    method: "POST",
    headers: {
      ...(key !== undefined && { "Idempotency-Key": key }),
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { response, status: response.status, body: JSON.parse(text) as Readonly<Record<string, unknown>> };
};
const SYNC = "/v1/connections/jira/sync";

describe("work that is asked for over the API", () => {
  it("is taken, and its runs can be followed", async () => {
    const { response, body } = await post(SYNC, undefined, { full: true });
    expect(response.status).toBe(202);
    expect(response.headers.get("location")).toBe(`${HUB}/v1/connections/jira/runs`);
    expect(body).toEqual({
      connection_id: "con_jira",
      asked: "sync",
      asked_at: NOW.toISOString(),
      runs_url: `${HUB}/v1/connections/jira/runs`,
    });
    expect(asked).toEqual([{ connection: "jira", what: "sync", full: true }]);
  });

  it("can be a replay or a check, by the connection's id too", async () => {
    await post("/v1/connections/con_jira/replay");
    await post("/v1/connections/jira/check");
    expect(asked).toEqual([
      { connection: "jira", what: "replay" },
      { connection: "jira", what: "check" },
    ]);
  });

  it("is refused for a connection that is none, and with a field that is none", async () => {
    expect((await post("/v1/connections/jirra/sync")).body["code"]).toBe("not_found");
    const { status, body } = await post(SYNC, undefined, { ful: true });
    expect([status, body["detail"]]).toEqual([400, "'ful' is not a field of this; did you mean 'full'?"]);
    expect(asked).toEqual([]);
  });
});

describe("a request that names itself", () => {
  it("is done once, and a repeat gets the first answer", async () => {
    const first = await post(SYNC, "a-1");
    now = new Date(NOW.getTime() + 23 * 60 * MINUTE_MS);
    const again = await post(SYNC, '"a-1"');
    expect(asked).toHaveLength(1);
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(again.response.headers.get("location")).toBe(first.response.headers.get("location"));
    expect([first, again].map(({ response }) => response.headers.get("idempotency-replayed"))).toEqual([null, "true"]);
  });

  it("is a new one after a day, under another name, from somebody else, and without a name", async () => {
    await post(SYNC, "a-1");
    await post(SYNC, "a-2");
    await post(SYNC, "a-1", undefined, { "x-who": "key_2" });
    await post(SYNC);
    now = new Date(NOW.getTime() + 24 * 60 * MINUTE_MS);
    await post(SYNC, "a-1");
    expect(asked).toHaveLength(5);
  });

  it("cannot be another request: 422", async () => {
    await post(SYNC, "a-1");
    const other = await post(SYNC, "a-1", { full: true });
    const elsewhere = await post("/v1/connections/jira/check", "a-1");
    expect([other, elsewhere].map(({ status, body }) => [status, body["code"]])).toEqual([
      [422, "idempotency_key_reused"],
      [422, "idempotency_key_reused"],
    ]);
    expect(asked).toHaveLength(1);
  });

  it("is refused while the first still runs, 409, and taken over when that was broken off", async () => {
    let end = () => {};
    let begun = () => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    work = (one) => {
      asked.push(one);
      begun();
      return new Promise((resolve) => {
        end = resolve;
      });
    };
    const first = post(SYNC, "a-1");
    await running;
    const meanwhile = await post(SYNC, "a-1");
    expect([meanwhile.status, meanwhile.body["code"]]).toEqual([409, "idempotency_in_progress"]);
    end();
    expect((await first).status).toBe(202);

    work = async (one) => void asked.push(one);
    const replies = repliesIn(sqliteTable(openDatabase(":memory:")));
    expect(await replies.begin(["key_1", "b"], "digest", NOW)).toEqual({ is: "new" });
    expect(await replies.begin(["key_1", "b"], "digest", new Date(NOW.getTime() + MINUTE_MS))).toEqual({
      is: "running",
    });
    expect(await replies.begin(["key_1", "b"], "digest", new Date(NOW.getTime() + 2 * MINUTE_MS))).toEqual({
      is: "new",
    });
  });

  it("begins once, however many come at the same moment", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(SYNC, "a-1")));
    expect(asked).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 202 && status !== 409)).toEqual([]);
  });

  it("gets a refusal again, and runs again after a failure inside", async () => {
    const refused = await post("/v1/connections/none/sync", "a-1");
    expect((await post("/v1/connections/none/sync", "a-1")).body["code"]).toBe(refused.body["code"]);
    work = () => Promise.reject(new Error("the queue is down"));
    expect((await post(SYNC, "a-2")).status).toBe(500);
    work = async (one) => void asked.push(one);
    expect((await post(SYNC, "a-2")).status).toBe(202);
    expect(asked).toHaveLength(1);
  });

  it.each(["", " ", "a b", "ä", "x".repeat(256), '""'])("is refused when it is called %j", async (name) => {
    const headers = new Headers();
    try {
      headers.set("Idempotency-Key", name);
    } catch {
      return;
    }
    const response = await app.request(SYNC, { method: "POST", headers });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([400, "invalid_parameter"]);
    expect(asked).toEqual([]);
  });
});
