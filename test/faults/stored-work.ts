import { readFileSync } from "node:fs";
import { join } from "node:path";
import { handler as project } from "../../functions/project-lifecycle.ts";
import { handler as publish } from "../../functions/publish-events.ts";
import { feedPump } from "../../infra/local/pumps.ts";
import { type Embedded, openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { storedRows } from "../../shared/adapters/sqlite/table.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { useHub } from "../../shared/platform/current.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { openHub } from "../../shared/platform/open-hub.ts";

export const ENVIRONMENT: Readonly<Record<string, string>> = {
  JIRA_TOKEN: "t",
  THROUGHLINE_IDENTITY_KEY: "an-identity-key-of-32-characters",
};
export const CONFIG = {
  connections: {
    jira: { connector: "jira", config: { site: "acme", email: "a@acme.example", apiToken: { secret: "JIRA_TOKEN" } } },
  },
} as HubConfig;
export const LOG = { info: () => {}, warn: () => {} };

const recorded = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../fixtures/jira/${name}.json`, import.meta.url), "utf8")).record;

export const open = (folder: string, environment: Readonly<Record<string, string>> = ENVIRONMENT): Embedded =>
  openEmbedded({
    folder,
    exclusive: true,
    environment,
    envFile: join(folder, ".env"),
    url: "http://localhost:4100",
  });

/** A store of an epic and its stories, as pages of Jira bring them; derived and announced. Left open. */
export const storedWork = async (folder: string, stories = 12, environment = ENVIRONMENT): Promise<Embedded> => {
  const embedded = open(folder, environment);
  const { ports, feed } = embedded;
  const hub = await openHub({ config: CONFIG, ports, log: LOG, url: "http://localhost:4100", alone: true });
  useHub(hub);
  const story = recorded("story");
  const copies = Array.from({ length: stories }, (_, at) => ({ ...story, id: `3${at}`, key: `ACME-3${at}` }));
  for (const records of [[recorded("epic"), story], copies.slice(0, 6), copies.slice(6)]) {
    const receivedAt = ports.clock.now().toISOString();
    const note = { connectionId: "jira", receivedAt, what: "page", stream: "issues" } as const;
    const bytes = new TextEncoder().encode(JSON.stringify({ records: { issues: records } }));
    await ingest(hub, { connection: "jira", rawRef: await ports.archive.put(note, bytes) });
    for (const [name, handler] of [
      ["project-lifecycle", project],
      ["publish-events", publish],
    ] as const) {
      const pump = feedPump(name, feed, 1000, handler, LOG);
      while (await pump.step());
    }
  }
  await ports.table.put({ pk: "A#member#1", sk: "A", version: 1, data: { name: "ana" } });
  return embedded;
};

/** What is known and shown, without when it was written and how often. */
export const knowledgeOf = ({ db }: Embedded): Map<string, unknown> => {
  const found = new Map<string, unknown>();
  for (const { stored, whole } of storedRows(db)) {
    if (!whole) throw new Error(`damaged: ${stored.pk} ${stored.sk}`);
    if (stored.pk.startsWith("A#") || (stored.pk.startsWith("E#") && (stored.sk === "A" || stored.sk === "V")))
      found.set(`${stored.pk} ${stored.sk}`, timeless(JSON.parse(stored.data)));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
};

const WHEN = new Set([
  "version",
  "recordedAt",
  "asOf",
  "knownAt",
  "observedAt",
  "firstSeenAt",
  "receivedAt",
  "asOf",
  "knownAt",
  "mappingVersion",
  "since",
]);

const timeless = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(timeless);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !WHEN.has(key))
      .map(([key, inner]) => [key, timeless(inner)]),
  );
};
