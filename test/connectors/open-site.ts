import { setTimeout } from "node:timers/promises";
import type { Sandbox } from "../../infra/sandbox/index.ts";
import type { Connector, Page } from "../../shared/connector/contract.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { emailHash } from "../fixtures/email-hash.ts";

/** A tool of the sandbox read by its own connector, over HTTP and without pace. */
export const openSite = <Config>(declared: Connector<Config>, sandbox: Sandbox, more: object = {}) => {
  const connector = declared as Connector;
  const site = sandbox.sites[connector.id];
  if (site === undefined) throw new Error(`the sandbox has no ${connector.id}`);
  const config = connector.config.parse({ ...site.settings, baseUrl: site.baseUrl, webhookSecret: "s", ...more });
  const signal = new AbortController().signal;
  const around = { fetch, now: Date.now, sleep: () => setTimeout(0), random: () => 0 };
  const context = () => {
    const http = vendorHttp({ ...connector.http(config), requestsPerMinute: 1e6 }, around, signal);
    return { http, config, signal };
  };
  const streamOf = (name: string) => {
    const stream = connector.streams[name];
    if (stream === undefined) throw new Error(`${connector.id} has no stream ${name}`);
    return stream;
  };
  const draftsOf = (name: string, records: readonly unknown[]): readonly Draft[] =>
    records.flatMap((record) =>
      streamOf(name).normalise(streamOf(name).record.parse(record), {
        connectionId: "con_s",
        statuses: new Map(),
        emailHash,
      }),
    );
  return {
    config,
    context,
    draftsOf,
    scopes: (name: string): readonly string[] => streamOf(name).poll?.scopes?.(config) ?? [""],
    async read(name: string, scope = "", cursor?: unknown): Promise<readonly Page<unknown>[]> {
      const { poll } = streamOf(name);
      if (poll === undefined) throw new Error(`${name} is not polled`);
      // As the store gives it back.
      const from = poll.cursor.parse(JSON.parse(JSON.stringify(cursor ?? poll.start)));
      return Array.fromAsync(poll.read(context(), from, scope));
    },
    /** All of every stream and scope, with what was read along. */
    async everything(): Promise<ReadonlyMap<string, readonly Draft[]>> {
      const found = new Map<string, Draft[]>();
      for (const [name, { poll }] of Object.entries(connector.streams)) {
        for (const scope of poll === undefined ? [] : this.scopes(name)) {
          for (const { records, also = {} } of await this.read(name, scope)) {
            for (const [of, list] of Object.entries({ [name]: records, ...also }))
              found.set(of, [...(found.get(of) ?? []), ...draftsOf(of, list)]);
          }
        }
      }
      return found;
    },
    reread: async (name: string, ids: readonly string[]) =>
      draftsOf(name, (await streamOf(name).reread?.(context(), ids)) ?? []),
  };
};

/** What each draft is about, to look something up in a test's words. */
export const called = (drafts: readonly Draft[] | undefined, name: string): Draft | undefined =>
  drafts?.find(({ fields }) => Object.values(fields).includes(name));
