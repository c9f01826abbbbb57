import { join } from "node:path";
import { handler as serveApi } from "../../functions/serve-api.ts";
import { answer, httpEvent } from "../../infra/local/http-event.ts";
import { endless } from "../../infra/local/pumps.ts";
import { derivedKey, serveAs } from "../../shared/platform/serving.ts";
import { makeCredential } from "../../shared/store/access.ts";
import { accessKey, identityKeyKey } from "../../shared/store/keys.ts";
import { digestOf } from "../../shared/store/token.ts";
import { startAws } from "../doubles/aws.ts";
import { HubUnderTest, webhookDoor } from "../simulation/hub-under-test.ts";
import { type AwsCompany, CURSOR_KEY } from "./aws-company.ts";
import { openAwsHub } from "./aws-hub.ts";
import { SECRET } from "./company-config.ts";
import { knowledgeIn } from "./local-hub.ts";
import { bodyOf, served } from "./served.ts";

export const TOOLS = ["jira", "linear", "github"] as const;
export type Tool = (typeof TOOLS)[number];

/** Less is no time of day: what the embedded hub's budget of requests lets pass between two of them. */
const COUNTS_FROM_MS = 1000;

/** A hub on each adapter set, over the same company and at the same times. */
export const openBoth = async ({ config, stack, folder, time, secrets, sandbox }: AwsCompany) => {
  const aws = await startAws();
  const hub = await openAwsHub(aws, stack, { code: folder, time, secrets: secrets() });
  const clock = {
    get now() {
      return time.now;
    },
    set now(at) {
      if (at - time.now >= COUNTS_FROM_MS) time.now = at;
    },
  };
  const embedded = await HubUnderTest.open(config, secrets(), clock, join(folder, "archive"));
  // One key, so that both hash addresses alike.
  const key = await embedded.hub.ports.table.get(identityKeyKey.pk, identityKeyKey.sk);
  if (key !== undefined) await hub.table.put(key);
  // And one key of the API, by which both are asked.
  const by = { id: "test", name: "test" };
  const reader = { kind: "key", name: "test", role: "admin", products: "all", createdBy: by } as const;
  const { token } = await makeCredential(embedded.hub.ports.table, reader, new Date(time.now));
  const bearer = { Authorization: `Bearer ${token}` };
  const { pk, sk } = accessKey(digestOf(token));
  const made = await embedded.hub.ports.table.get(pk, sk);
  if (made !== undefined) await hub.table.put(made);
  serveAs({
    demo: false,
    signIn: { required: true },
    cursorKey: async () => derivedKey(CURSOR_KEY, "cursors"),
    sealKey: async () => derivedKey(CURSOR_KEY, "webhook secrets"),
  });
  const api = await served((request, response) =>
    httpEvent(request).then(async (event) => answer(response, await serveApi(event, endless))),
  );
  const hooks = await webhookDoor();
  /** What was answered to each webhook. */
  const taken: number[] = [];
  const door = await served(async (request, response) => {
    const { host: _host, connection: _connection, "content-length": _length, ...headers } = request.headers;
    const init = { method: "POST", headers: headers as Record<string, string>, body: await bodyOf(request) };
    for (const url of [hub.url, hooks.url]) taken.push((await fetch(`${url}${request.url}`, init)).status);
    response.writeHead(Math.max(...taken.slice(-2))).end();
  });
  const target = (name: string) => ({ url: `${door.url}/hooks/${name}`, secret: SECRET });
  sandbox.setWebhooks({ jira: target("jira"), linear: target("linear"), github: target("github") });
  /** Whatever time the one lets pass, the other begins at the same. */
  const drain = async (): Promise<void> => {
    const at = time.now;
    await hub.drain();
    const after = time.now;
    time.now = at;
    await embedded.drain(true);
    time.now = Math.max(after, time.now);
  };
  return {
    aws,
    hub,
    embedded,
    taken,
    /** Of an administrator, to both. */
    bearer,
    drain,
    async poll(...tools: readonly Tool[]): Promise<void> {
      for (const tool of tools) {
        hub.timer(`poll-source-${tool}`);
        await embedded.ask({ connection: tool });
      }
      await drain();
    },
    async known() {
      return { onAws: await knowledgeIn(hub.table), embedded: await knowledgeIn(embedded.hub.ports.table) };
    },
    /** What subscribers got. */
    announced: () => ({
      onAws: aws.bus.taken.map(({ Detail }) => told(Detail)).sort(),
      embedded: embedded.db
        .prepare("SELECT detail FROM bus")
        .all()
        .map(({ detail }) => told(String(detail)))
        .sort(),
    }),
    /**
     * Bodies of the same question, without the name that each gives it, without how often something was stored, and
     * without what a run counted, which of one that was handed on is its last part; nor what each was told of requests that
     * are left, of which both spend the same.
     */
    async asked(path: string) {
      const [onAws, here] = await Promise.all(
        [hub.url, api.url].map(async (url) =>
          (await (await fetch(`${url}${path}`, { headers: bearer })).text())
            .replaceAll(/req_[0-9a-f]+/g, "req")
            .replaceAll(/"(version|pages|records)":\d+/g, '"$1":0')
            .replaceAll(/"quota":\{[^}]*\}/g, '"quota":{}'),
        ),
      );
      return { onAws, embedded: here };
    },
    async close(): Promise<void> {
      await Promise.all([api.close(), door.close(), hooks.close()]);
      embedded.close();
      await hub.close();
      await aws.stop();
    },
  };
};

export type Both = Awaited<ReturnType<typeof openBoth>>;

/**
 * An event without what tells how often something was stored or when it was noticed: `id` and `sequence` count the
 * versions of the subject, which pages read at the same time may come to in another order; `recordedtime` is the hub's;
 * `traceparent` names the page that came first to tell it, where one can be named.
 */
const told = (text: string): string => {
  const {
    id: _i,
    sequence: _s,
    recordedtime: _r,
    traceparent: _t,
    ...event
  } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(event);
};
