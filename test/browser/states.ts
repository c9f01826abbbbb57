import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import { makeCredential } from "../../shared/store/access.ts";
import type { ConnectionView } from "../../shared/store/views.ts";
import { identifier } from "../../shared/web/access/identify.ts";
import { NOBODY } from "../../shared/web/access/identity.ts";
import { moved } from "../pipeline/outputs-hub.ts";
import { openWebhooks, startReceiver } from "../pipeline/webhook-hub.ts";
import { NOTHING } from "../web/memory-views.ts";
import { NOW, sampleApp, sampleHub } from "../web/sample-hub.ts";
import type { Place } from "./page-checks.ts";
import { serve } from "./serve.ts";

const FIRST_SYNC = { state: "pending", dataAsOf: undefined } as const;

const firstSync = (connection: ConnectionView): ConnectionView => ({
  ...connection,
  ...FIRST_SYNC,
  streams: connection.streams.map(({ stream, scope }, at) =>
    at === 0
      ? {
          stream,
          scope,
          state: "syncing" as const,
          startedAt: NOW.toISOString(),
          pages: 12,
          records: 1204,
          quarantined: 0,
        }
      : { stream, scope, state: "pending" as const, pages: 0, records: 0, quarantined: 0 },
  ),
});

/** A hub that has told a webhook endpoint one event. */
const withWebhook = async () => {
  const there = await startReceiver();
  const hub = openWebhooks();
  const { id } = await hub.endpoint({ url: there.url, events: ["feature.*"] });
  await hub.log("feature.stage.changed", "ftr_1", moved("One"));
  await hub.run();
  const served = await serve(sampleApp(sampleHub(1), { webhooks: hub.desk, now: () => hub.one.ports.clock.now() }));
  const deliveries = await hub.deliveries(id);
  const page = `/settings/webhooks/${id}`;
  return {
    url: served.url,
    addresses: ["/settings/webhooks", page, ...deliveries.map((one) => `${page}/deliveries/${one.id}`)],
    close: async () => {
      served.close();
      hub[Symbol.dispose]();
      await there[Symbol.asyncDispose]();
    },
  };
};

/** A hub for each state that a page can be in (surfaces 3.13). */
export const states = async () => {
  const shown = { ...sampleHub(6), before: sampleHub(6) };
  const table = sqliteTable(openDatabase(":memory:"));
  const now = () => NOW;
  const { token } = await makeCredential(
    table,
    { kind: "key", name: "Ana", role: "admin", products: "all", createdBy: { id: "cli", name: "command line" } },
    NOW,
  );
  const failing = { ...shown.connections[0], state: "needs_auth", reason: "Jira refuses the token" } as ConnectionView;
  const [usual, empty, starting, broken, closed, hooks] = await Promise.all([
    serve(sampleApp(shown)),
    serve(sampleApp(NOTHING)),
    serve(sampleApp({ ...NOTHING, products: shown.products, connections: shown.connections.map(firstSync) })),
    serve(sampleApp({ ...shown, connections: [failing, ...shown.connections.slice(1)] })),
    serve(sampleApp(shown, { table, now, identify: identifier({ table, now }, NOBODY) })),
    withWebhook(),
  ]);
  const places: readonly Place[] = [
    {
      name: "empty",
      hub: empty.url,
      addresses: ["/", "/features", "/connections", "/activity", "/objectives", "/people"],
    },
    { name: "nothing matches", hub: usual.url, addresses: ["/?q=zzz", "/features?q=zzz&health=off_track"] },
    { name: "first sync", hub: starting.url, addresses: ["/", "/connections"] },
    {
      name: "partly failed, stale",
      hub: broken.url,
      addresses: ["/", "/connections", "/connections/zendesk", "/features/ACME-4"],
    },
    { name: "error", hub: usual.url, addresses: ["/nowhere", "/features/nothing"], status: 404 },
    { name: "wrong address", hub: usual.url, addresses: ["/?health=purple"], status: 400 },
    { name: "webhooks", hub: hooks.url, addresses: hooks.addresses },
    { name: "signed out", hub: closed.url, addresses: ["/login", "/"] },
  ];
  return {
    places,
    usual: usual.url,
    closed: { url: closed.url, token },
    close: async () => {
      for (const one of [usual, empty, starting, broken, closed]) one.close();
      await hooks.close();
    },
  };
};
