import { handler as ingest } from "../../functions/ingest-record.ts";
import { handler as poll } from "../../functions/poll-source.ts";
import { endless, queuePump } from "../../infra/local/pumps.ts";
import { openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import type { Log } from "../../shared/pipeline/hub.ts";
import type { Job } from "../../shared/pipeline/messages.ts";
import { useHub } from "../../shared/platform/current.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { openHub } from "../../shared/platform/open-hub.ts";

/** Milliseconds since the epoch, shared by hub and company; it also passes while somebody sleeps. */
export interface Time {
  now: number;
}

/** Requests by endpoint; those that were answered 304, which cost no allowance, end in ` (304)`. */
export type Asked = Map<string, number>;

const URL_ = "http://localhost:4100";
const MESSAGES_AT_ONCE = 10;
const WAIT_MS = 30_000;

/** Failures that a bench must not hide: each would make its figures those of something else. */
const strict = (failures: string[]): Log => ({
  info: () => {},
  warn: (fields, verb) => failures.push(`${verb} ${JSON.stringify(fields)}`),
});

/** The real handlers on the real embedded adapters in a data folder, counting what they ask the tools. */
export const openBenchHub = async (options: {
  readonly config: HubConfig;
  readonly secrets: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly time: Time;
}) => {
  const { config, secrets, folder, time } = options;
  const clock = {
    now: () => new Date(time.now),
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      time.now += Math.max(0, milliseconds);
    },
  };
  const embedded = openEmbedded({
    folder,
    exclusive: true,
    environment: secrets,
    envFile: `${folder}/.env`,
    url: URL_,
    clock,
  });
  const failures: string[] = [];
  let asked: Asked = new Map();
  const hub = await openHub({
    config,
    ports: embedded.ports,
    log: strict(failures),
    url: URL_,
    alone: true,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const name = endpointOf(new URL(input instanceof Request ? input.url : input), init);
      const key = response.status === 304 ? `${name} (304)` : name;
      asked.set(key, (asked.get(key) ?? 0) + 1);
      return response;
    },
  });
  useHub(hub);
  const { inbox, jobs } = embedded.consumers;
  const pumps = [
    queuePump("ingest-record", "inbox", inbox, MESSAGES_AT_ONCE, ingest),
    queuePump("poll-source", "jobs", jobs, 1, (event) => poll(event, endless)),
  ];
  const drain = async (): Promise<void> => {
    for (;;) {
      if (await someStep(pumps)) continue;
      const [i, j] = [await inbox.depth(), await jobs.depth()];
      if (failures.length > 0 || i.dead + j.dead > 0) throw new Error(`the sync failed: ${failures.slice(0, 3)}`);
      if (i.waiting + i.inFlight + j.waiting + j.inFlight === 0) return;
      time.now += WAIT_MS;
    }
  };
  return {
    hub,
    embedded,
    /** Does a job and all that follows from it. @returns the requests that took */
    async run(job: Job): Promise<Asked> {
      asked = new Map();
      await embedded.ports.jobs.send([JSON.stringify(job)]);
      await drain();
      return asked;
    },
    /** Ingests what these messages name. */
    async ingest(messages: readonly string[]): Promise<void> {
      await embedded.ports.inbox.send(messages);
      await drain();
    },
    close: () => embedded.close(),
  };
};

const someStep = async (pumps: readonly { step(): Promise<boolean> }[]): Promise<boolean> => {
  for (const pump of pumps) if (await pump.step()) return true;
  return false;
};

/** An address without its numbers and names, or the name of a GraphQL query. */
const endpointOf = ({ pathname }: URL, init: RequestInit | undefined): string => {
  const query = pathname.endsWith("/graphql") ? /query (\w+)/.exec(String(init?.body))?.[1] : undefined;
  if (query !== undefined) return query;
  return pathname
    .replace(/^\/(?:jira|github)\//, "/")
    .replace(/\/(repos)\/[^/]+\/[^/]+/, "/$1/{repo}")
    .replace(/\/compare\/.+/, "/compare/{range}")
    .replaceAll(/\/(?:\d+|[A-Z]+|[0-9a-f]{40})(?=\/|$)/g, "/{id}");
};

export const countOf = (asked: Asked): number => [...asked.values()].reduce((sum, count) => sum + count, 0);

/** Requests that counted against the tool's allowance. */
export const countedOf = (asked: Asked): number =>
  [...asked].reduce((sum, [name, count]) => sum + (name.endsWith(" (304)") ? 0 : count), 0);
