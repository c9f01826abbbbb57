import { setTimeout } from "node:timers/promises";
import type { startSandbox } from "../../infra/sandbox/index.ts";
import type { Connector, Page, ReadContext } from "../../shared/connector/contract.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import type { Draft, FieldedKind } from "../../shared/domain/entity.ts";
import { entityId } from "../../shared/domain/kind.ts";
import { emailHash } from "../fixtures/email-hash.ts";

type Sandbox = Awaited<ReturnType<typeof startSandbox>>;
type AnyPage = Page<Record<string, unknown>>;

/** A connector at its server in the sandbox, over real HTTP: reads streams as a run does, without a store. */
export const atSite = <Config>(
  declared: Connector<Config>,
  sandbox: Sandbox,
  more: Readonly<Record<string, unknown>> = {},
) => {
  const connector = declared as Connector;
  const site = sandbox.sites[declared.id];
  if (site === undefined) throw new Error(`the sandbox has no ${connector.id}`);
  const { baseUrl, settings } = site;
  const config = declared.config.parse({ requestsPerMinute: 1e6, baseUrl, ...settings, ...more });
  const waits: number[] = [];
  const open = (): ReadContext<Config> => {
    const signal = new AbortController().signal;
    const sleep = async (ms: number) => {
      waits.push(ms);
      await setTimeout(0);
    };
    const http = vendorHttp(declared.http(config), { fetch, now: Date.now, sleep, random: () => 0 }, signal);
    return { http, config, signal };
  };
  const streamOf = (name: string) => {
    const stream = connector.streams[name];
    if (stream === undefined) throw new Error(`${connector.id} has no stream ${name}`);
    return stream;
  };
  const poll = async (name: string, cursor?: unknown): Promise<AnyPage[]> => {
    const { poll: reading } = streamOf(name);
    if (reading === undefined) throw new Error(`${name} is not polled`);
    const from = reading.cursor.parse(JSON.parse(JSON.stringify(cursor ?? reading.start)));
    return Array.fromAsync(reading.read(open(), from, reading.scopes?.(config)[0] ?? ""));
  };
  const draftsOf = (name: string, records: readonly unknown[]): readonly Draft[] =>
    records.flatMap((record) => {
      const { normalise, record: shape } = streamOf(name);
      return normalise(shape.parse(record), { connectionId: "con_test", statuses: new Map(), emailHash });
    });
  return {
    config,
    /** Milliseconds of every wait that was asked for. */
    waits,
    open,
    poll,
    draftsOf,
    /** A stream read whole: its pages, and what they become. */
    async all(name: string, cursor?: unknown) {
      const pages = await poll(name, cursor);
      return {
        pages,
        cursor: pages.at(-1)?.cursor,
        drafts: draftsOf(
          name,
          pages.flatMap(({ records }) => records),
        ),
      };
    },
    reread: (name: string, ids: readonly string[]): Promise<readonly unknown[]> =>
      streamOf(name).reread?.(open(), ids) ?? Promise.reject(new Error(`${name} is not read by id`)),
  };
};

/** Ids of ours that drafts name in their fields or relations, and those that they are. */
export const idsIn = (drafts: readonly Draft[]) => ({
  named: new Set(drafts.flatMap(({ fields, relations }) => refsIn([fields, relations]))),
  known: new Set(drafts.map(({ kind, external }) => entityId("con_test", { kind, ...external }))),
});

const refsIn = (value: unknown): string[] => {
  if (typeof value !== "object" || value === null) return [];
  if ("noun" in value && "kind" in value && "id" in value)
    return [entityId("con_test", { kind: value.kind as FieldedKind, noun: String(value.noun), id: String(value.id) })];
  return Object.values(value).flatMap(refsIn);
};
