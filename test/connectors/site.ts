import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { handler } from "../../functions/receive-webhook.ts";
import { answer, httpEvent } from "../../infra/local/http-event.ts";
import { endless } from "../../infra/local/pumps.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import type { Connector, Page } from "../../shared/connector/contract.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { archivePage } from "../../shared/pipeline/archive-page.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import type { Job } from "../../shared/pipeline/messages.ts";
import { useHub } from "../../shared/platform/current.ts";
import { openPipeline } from "../pipeline/open-pipeline.ts";

type Settings = Readonly<Record<string, unknown>>;
export type AnyPage = Page<Settings>;

const SECRET = "the secret of this test";

/** One of the sandbox's tools beside the trackers, its connector, and a hub that takes its webhooks. */
export const openSite = async (declared: Connector<never>, settings: Settings = {}) => {
  const connector = declared as unknown as Connector;
  const begun = Date.now();
  // The hub under test stands at the hour that every pipeline of the tests begins at.
  const clock = () => Date.parse("2026-03-02T10:00:00Z") + Date.now() - begun;
  const sandbox: Sandbox = await startSandbox({ size: 60, seed: 7, until: new Date("2026-03-02T00:00:00Z"), clock });
  const site = sandbox.sites[connector.id];
  if (site === undefined) throw new Error(`the sandbox has no ${connector.id}`);
  const waits: number[] = [];
  const configOf = (more: Settings) =>
    connector.config.parse({
      ...site.settings,
      baseUrl: site.baseUrl,
      requestsPerMinute: 1e6,
      ...(connector.webhook !== undefined && { webhookSecret: SECRET }),
      ...settings,
      ...more,
    });
  const context = (more: Settings = {}) => {
    const config = configOf(more);
    const { signal } = new AbortController();
    const sleep = async (milliseconds: number): Promise<void> => {
      waits.push(milliseconds);
      await setTimeout(0);
    };
    const around = { fetch, now: Date.now, sleep, random: () => 0 };
    return { config, signal, http: vendorHttp({ ...connector.http(config), requestsPerMinute: 1e6 }, around, signal) };
  };
  const streamOf = (name: string) => {
    const found = connector.streams[name];
    if (found === undefined) throw new Error(`no stream ${name}`);
    return found;
  };
  const normalised = (name: string, records: readonly unknown[]): Draft[] =>
    records.flatMap((record) =>
      streamOf(name).normalise(streamOf(name).record.parse(record), { connectionId: "con_acme", statuses: new Map() }),
    );

  const pipeline = openPipeline({ connector, config: configOf({}) });
  const server = createServer(async (request, response) =>
    answer(response, (await handler(await httpEvent(request), endless)) as Parameters<typeof answer>[1]),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const hubUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hub = { ...pipeline.hub("one"), url: hubUrl };
  useHub(hub);
  sandbox.setWebhooks({ [connector.id]: { url: `${hubUrl}/hooks/acme`, secret: SECRET } });

  return {
    sandbox,
    connector,
    context,
    streamOf,
    hubUrl,
    table: pipeline.real.table,
    /** How long the requests were told to wait, in milliseconds. */
    waits,
    async read(name: string, cursor?: Settings, more?: Settings): Promise<AnyPage[]> {
      const { poll } = streamOf(name);
      if (poll === undefined) throw new Error(`${name} is not polled`);
      const reading = context(more);
      const from = poll.cursor.parse(cursor ?? poll.start);
      const pages: AnyPage[] = [];
      for (const scope of poll.scopes?.(reading.config) ?? [""])
        pages.push(...(await Array.fromAsync(poll.read(reading, from, scope))));
      return pages;
    },
    draftsOf: (name: string, pages: readonly AnyPage[]): Draft[] =>
      normalised(
        name,
        pages.flatMap(({ records }) => records),
      ),
    reread: async (name: string, ids: readonly string[]): Promise<Draft[]> =>
      normalised(name, (await streamOf(name).reread?.(context(), ids)) ?? []),
    /** How many payloads are kept and wait to be taken in. */
    queued: async (): Promise<number> => (await pipeline.queued()).length,
    /** Takes in pages as a poll would, a second after what came before. */
    async take(name: string, pages: readonly AnyPage[]): Promise<void> {
      pipeline.pass(1);
      const records = { [name]: pages.flatMap((page) => page.records) };
      await archivePage(hub, await hub.connection("acme"), { what: "page", stream: name }, { records });
    },
    /** Takes in what the receiver queued, and tells what the tool would be asked because of it. */
    async ingested(): Promise<{ readonly written: number; readonly jobs: readonly Job[] }> {
      let written = 0;
      for (const { message } of await pipeline.queued()) written += (await ingest(hub, message)).written;
      const jobs = await pipeline.consumers.jobs.receive(100, 3600);
      await pipeline.consumers.jobs.delete(jobs.map(({ id }) => id));
      return { written, jobs: jobs.map(({ body }) => JSON.parse(body) as Job) };
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await sandbox.stop();
      pipeline[Symbol.dispose]();
    },
  };
};

/** Ids of drafts, each once, in order. */
export const idsOf = (drafts: readonly Draft[]): string[] =>
  [...new Set(drafts.map(({ external }) => `${external.noun} ${external.id}`))].toSorted();
