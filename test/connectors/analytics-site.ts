import type { Sandbox } from "../../infra/sandbox/index.ts";
import type { Connector, Page } from "../../shared/connector/contract.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import type { Draft } from "../../shared/domain/entity.ts";

/** A connector on its tool of the sandbox, as a run would use it; `asked` are the paths of all requests. */
export const openSite = <Config>(connector: Connector<Config>, sandbox: Sandbox, more: object = {}) => {
  const site = sandbox.sites[connector.id];
  const asked: string[] = [];
  const config = connector.config.parse({ ...site?.settings, baseUrl: site?.baseUrl, ...more });
  const signal = new AbortController().signal;
  const around = {
    fetch: ((input: URL, init?: RequestInit) => {
      asked.push(input.pathname + input.search);
      return fetch(input, init);
    }) as typeof fetch,
    now: Date.now,
    sleep: () => Promise.resolve(),
    random: () => 0,
  };
  const http = vendorHttp({ ...connector.http(config), requestsPerMinute: 1e6 }, around, signal);
  const context = { http, config, signal };
  return {
    asked,
    context,
    read: async (name: string, cursor?: unknown, scope?: string): Promise<Page<unknown>[]> => {
      const poll = connector.streams[name]?.poll;
      if (poll === undefined) throw new Error(`no stream ${name}`);
      const from = poll.cursor.parse(cursor ?? poll.start);
      return Array.fromAsync(poll.read(context, from, scope ?? poll.scopes?.(config)[0] ?? ""));
    },
    reread: async (name: string, ids: readonly string[]) =>
      (await connector.streams[name]?.reread?.(context, ids)) ?? [],
  };
};

export const draftsOf = <Config>(
  connector: Connector<Config>,
  name: string,
  pages: readonly Pick<Page<unknown>, "records">[],
): readonly Draft[] => {
  const stream = connector.streams[name];
  if (stream === undefined) throw new Error(`no stream ${name}`);
  return pages.flatMap(({ records }) =>
    records.flatMap((record) =>
      stream.normalise(stream.record.parse(record), { connectionId: "con_s", statuses: new Map() }),
    ),
  );
};

/** The records themselves, without the people that came along. */
export const own = (drafts: readonly Draft[]): readonly Draft[] => drafts.filter(({ kind }) => kind !== "account");
