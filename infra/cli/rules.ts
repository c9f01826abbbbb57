import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { isKind } from "../../shared/domain/entity.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { project, projectAll } from "../../shared/pipeline/project.ts";
import { type RulesInForce, reviewRules } from "../../shared/pipeline/review-rules.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { quietLog } from "../../shared/platform/log.ts";
import { type MappingInForce, openHub } from "../../shared/platform/open-hub.ts";
import type { RulesPart } from "../../shared/platform/rules.ts";
import { everyOf } from "../../shared/store/entities.ts";
import { mappingKey, rulesKey, viewKey } from "../../shared/store/keys.ts";
import type { FeatureView } from "../../shared/store/views.ts";
import { type Command, EXIT, type Terminal } from "./command.ts";
import { type OpenStore, openStore } from "./open-store.ts";

type Table = Hub["ports"]["table"];

const READER = "project-lifecycle";

export const rules: Command = {
  usage: "throughline rules test",
  does: "which features and work items would move, and why, if the changed mapping and rules of the config were applied to all that is stored; changes nothing",
  words: [1, 1],
  async run({ words: [what], terminal, json }) {
    if (what !== "test") throw new HubError("usage", "say `throughline rules test`", { retry: "never" });
    const store = await openStore(terminal);
    const folder = mkdtempSync(join(tmpdir(), "throughline-rules-"));
    try {
      const moves = await compared(store, folder, terminal);
      if (json) terminal.out(`${JSON.stringify(moves)}\n`);
      else terminal.out(inWords(moves));
      return EXIT.ok;
    } finally {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Shown {
  readonly stage: string | null;
  readonly health: string;
  /** Why it is in that stage. */
  readonly because?: string;
}

interface Moves {
  readonly features: {
    readonly id: string;
    readonly key?: string;
    readonly name: string;
    readonly from?: Shown;
    readonly to?: Shown;
  }[];
  readonly work_items: {
    readonly status: string;
    readonly from: string;
    readonly to: string;
    readonly count: number;
  }[];
  readonly of: { readonly features: number; readonly work_items: number };
}

/** On a copy of the store: all of it under the mapping in force, then under the config's, read again from the archive. */
const compared = async (store: OpenStore, folder: string, terminal: Terminal): Promise<Moves> => {
  store.embedded.db.prepare("VACUUM INTO ?").run(join(folder, "hub.db"));
  symlinkSync(join(store.folder, "archive"), join(folder, "archive"), "junction");
  const copy = openEmbedded({
    folder,
    exclusive: true,
    environment: terminal.environment,
    envFile: join(terminal.root, ".env"),
    url: store.hub.url,
  });
  try {
    const open = (config: HubConfig) =>
      openHub({ config, ports: copy.ports, log: quietLog(() => {}), url: store.hub.url, alone: true });
    const { table } = copy.ports;
    const row = await table.get<MappingInForce>(mappingKey.pk, mappingKey.sk);
    const inForce = await table.get<RulesInForce>(rulesKey.pk, rulesKey.sk);
    await projectAll(await open(withRules(withMapping(store.config, row?.data), inForce?.data.part as RulesPart)));
    const before = await shown(table);
    const hub = await open(store.config);
    for (const connection of hub.connectionNames) {
      for await (const rawRef of copy.ports.archive.list(connection)) {
        await ingest(hub, { connection, rawRef, replay: true }).catch((error: unknown) => {
          // What could not be read when it came was set aside, and cannot be read now.
          if (!(error instanceof HubError) || error.code !== "payload_unreadable") throw error;
        });
      }
    }
    for (;;) {
      const records = copy.feed.read(copy.feed.place(READER), 1000);
      const last = records.at(-1);
      if (last === undefined) break;
      await project(
        hub,
        records.map(({ record }) => record),
      );
      copy.feed.passed(READER, last.seq);
    }
    await projectAll(hub);
    await reviewRules(hub, Number.POSITIVE_INFINITY);
    return moved(before, await shown(table));
  } finally {
    copy.close();
  }
};

const withMapping = (config: HubConfig, held: MappingInForce | undefined): HubConfig => {
  const { products: _, statuses: _s, environments: _e, ...rest } = config;
  if (held === undefined) return config;
  const { products, statuses, environments } = held;
  return {
    ...rest,
    ...(products && { products }),
    ...(statuses && { statuses }),
    ...(environments && { environments }),
  };
};

/** The same config with the rules that the hub was last at work under. */
const withRules = (config: HubConfig, held: RulesPart | undefined): HubConfig => {
  const { rules: _, features: _f, ...rest } = config;
  const { rules, features, statuses = {}, products: own = {} } = held ?? {};
  const names = new Set([...Object.keys(rest.statuses ?? {}), ...Object.keys(statuses)]);
  return {
    ...rest,
    ...(rules && { rules }),
    ...(features && { features }),
    statuses: Object.fromEntries([...names].map((name) => [name, { ...rest.statuses?.[name], ...statuses[name] }])),
    ...(rest.products && {
      products: Object.fromEntries(
        Object.entries(rest.products).map(([slug, { rules: _r, ...product }]) => {
          const ruled = own[slug]?.rules;
          return [slug, { ...product, ...(ruled && { rules: ruled }) }];
        }),
      ),
    }),
  };
};

interface Snapshot {
  readonly features: Map<string, { readonly key?: string; readonly name: string; readonly shown: Shown }>;
  readonly statuses: Map<string, { readonly status: string; readonly category: string }>;
}

const shown = async (table: Table): Promise<Snapshot> => {
  const features: Snapshot["features"] = new Map();
  const statuses: Snapshot["statuses"] = new Map();
  for await (const { id } of everyOf(table, "feature")) {
    const { pk, sk } = viewKey(id);
    const view = (await table.get<FeatureView>(pk, sk))?.data;
    if (view === undefined) continue;
    const { name, key, explanation, health } = view;
    const [why] = explanation.because.filter(({ stage }) => stage === explanation.headline);
    const shown = {
      stage: explanation.headline,
      health: health.value,
      ...(why && { because: `${why.text} [${why.rule}]` }),
    };
    features.set(id, { name, ...(key && { key }), shown });
  }
  for await (const entity of everyOf(table, "workItem")) {
    if (!isKind(entity, "workItem")) continue;
    const { detail, category } = entity.fields.status;
    statuses.set(entity.id, { status: detail, category });
  }
  return { features, statuses };
};

const moved = (before: Snapshot, after: Snapshot): Moves => {
  const features = [...after.features].flatMap(([id, { shown: to, ...named }]) => {
    const from = before.features.get(id)?.shown;
    const isSame = from?.stage === to.stage && from?.health === to.health;
    return isSame ? [] : [{ id, ...named, ...(from && { from }), to }];
  });
  const counts = new Map<string, Moves["work_items"][number]>();
  for (const [id, { status, category: to }] of after.statuses) {
    const from = before.statuses.get(id)?.category ?? "absent";
    if (from === to) continue;
    const key = JSON.stringify([status, from, to]);
    counts.set(key, { status, from, to, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return {
    features,
    work_items: [...counts.values()].sort((a, b) => b.count - a.count),
    of: { features: after.features.size, work_items: after.statuses.size },
  };
};

const inWords = ({ features, work_items, of }: Moves): string => {
  const of_ = (shown: Shown | undefined) =>
    shown === undefined ? "absent" : `${shown.stage ?? "unknown"}, ${shown.health.replaceAll("_", " ")}`;
  const lines = [
    ...features.map(({ key, name, from, to }) =>
      `${key ?? ""} ${name}: ${of_(from)} -> ${of_(to)}${to?.because === undefined ? "" : `\n    because ${to.because}`}`.trim(),
    ),
    ...work_items.map(({ status, from, to, count }) => `${count} work items in "${status}": ${from} -> ${to}`),
  ];
  const items = work_items.reduce((sum, { count }) => sum + count, 0);
  const sum = `${features.length} of ${of.features} features and ${items} of ${of.work_items} work items would move`;
  return `${[...lines, sum].join("\n")}\n`;
};
