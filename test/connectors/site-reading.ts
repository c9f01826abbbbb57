import type { Sandbox } from "../../infra/sandbox/index.ts";
import type { Connector, Page } from "../../shared/connector/contract.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import type { Draft, FieldedKind } from "../../shared/domain/entity.ts";

type Cursor = Record<string, unknown>;

/** A connector at work on a vendor's server, over real HTTP; every request is counted. */
export const reading = (declared: unknown, settings: Readonly<Record<string, unknown>>) => {
  const connector = declared as Connector;
  const config = connector.config.parse(settings);
  const asked: string[] = [];
  const counted: typeof fetch = (input, init) => {
    asked.push(`${init?.method ?? "GET"} ${new URL(String(input)).pathname}${new URL(String(input)).search}`);
    return fetch(input, init);
  };
  const around = { fetch: counted, now: Date.now, sleep: () => Promise.resolve(), random: () => 0 };
  const signal = new AbortController().signal;
  const http = vendorHttp({ ...connector.http(config), requestsPerMinute: 1e6 }, around, signal);
  const context = { http, config, signal };
  const streamOf = (name: string) => {
    const stream = connector.streams[name];
    if (stream === undefined) throw new Error(`${connector.id} has no stream ${name}`);
    return stream;
  };
  const draftsOf = <K extends FieldedKind>(name: string, kind: K, records: readonly unknown[]): Draft<K>[] =>
    records
      .flatMap((record) => streamOf(name).normalise(streamOf(name).record.parse(record), CONTEXT))
      .filter((draft): draft is Draft<K> => draft.kind === kind);
  return {
    connector,
    config,
    context,
    /** Requests since the last look, in order. */
    asked: () => asked.splice(0),
    count: async (name: string, scope: string) => {
      const { census } = streamOf(name);
      if (census === undefined) throw new Error(`${name} is not counted`);
      return (await Array.fromAsync(census.ids(context, scope))).flat();
    },
    reaches: (name: string, place: string) => streamOf(name).census?.reaches(context, place),
    poll: async (name: string, scope: string, cursor?: Cursor): Promise<Page<Cursor>[]> => {
      const poll = streamOf(name).poll;
      if (poll === undefined) throw new Error(`${name} is not polled`);
      return Array.fromAsync(poll.read(context, poll.cursor.parse(cursor ?? poll.start), scope));
    },
    reread: async <K extends FieldedKind>(name: string, kind: K, ids: readonly string[]): Promise<Draft<K>[]> =>
      draftsOf(name, kind, (await streamOf(name).reread?.(context, ids)) ?? []),
    draftsOf,
  };
};

const CONTEXT = { connectionId: "con_site", statuses: new Map() };

/** Where a tool of the sandbox answers, and its made-up credentials. */
export const settingsOf = ({ sites }: Sandbox, id: string): Readonly<Record<string, unknown>> => {
  const found = Object.entries(sites).find(([name]) => name === id)?.[1];
  if (found === undefined) throw new Error(`the sandbox has no ${id}`);
  return { baseUrl: found.baseUrl, ...found.settings };
};

export const recordsOf = (pages: readonly Page<Cursor>[]): unknown[] => pages.flatMap(({ records }) => records);
