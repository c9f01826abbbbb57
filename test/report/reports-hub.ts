import { type Entity, FIELDS, type FieldedKind, type Fields } from "../../shared/domain/entity.ts";
import { KINDS } from "../../shared/domain/kind.ts";
import { deliverReports } from "../../shared/pipeline/deliver-report.ts";
import { sendReports } from "../../shared/pipeline/send-reports.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { reportingOf } from "../../shared/platform/reporting.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import type { Report } from "../../shared/report/document.ts";
import { contributionKey, entityKey, lists, viewKey } from "../../shared/store/keys.ts";
import { deliveriesOf, runsOf } from "../../shared/store/report-store.ts";
import type { FeatureView } from "../../shared/store/views.ts";
import { bareTool, openPipeline } from "../pipeline/open-pipeline.ts";
import { sampleFeature } from "../web/sample-hub.ts";

const HEX = (n: number) => n.toString(16).padStart(26, "0");

/** A hub with reports, over the embedded stores, with a clock that stands still until it is moved. */
export const openReports = (
  config: Omit<HubConfig, "connections">,
  secrets: Readonly<Record<string, string>> = {},
  around: (ports: Ports) => Ports = (ports) => ports,
) => {
  const open = openPipeline({
    connector: bareTool,
    around: (ports) => around({ ...ports, secrets: { ...ports.secrets, get: async (name) => secrets[name] } }),
  });
  const hub = open.hub("one");
  const { table, clock } = hub.ports;
  const whole: HubConfig = { connections: {}, ...config };
  const reporting = reportingOf(hub, { config: whole });
  const signal = new AbortController().signal;
  const putRow = async (key: { pk: string; sk: string }, data: unknown, list?: { pk: string; sk: string }) => {
    const held = await table.get(key.pk, key.sk);
    await table.put({ ...key, version: (held?.version ?? 0) + 1, data, ...(list && { list }) });
  };
  return {
    ...open,
    one: hub,
    reporting,
    config: whole,
    now: () => clock.now(),
    passTo: (time: string) => open.pass((Date.parse(time) - clock.now().getTime()) / 1000),
    tick: () => sendReports(hub, reporting, signal),
    deliver: () => deliverReports(hub, reporting.post, signal),
    runs: async (report: string) => (await runsOf<Report>(table, report, undefined, 1000)).items,
    deliveries: async (report: string, run: string) =>
      (await deliveriesOf(table, report, run)).map(({ recipient, state, code }) => [
        recipient,
        state,
        ...(code ? [code] : []),
      ]),
    /** A feature whose headline went through the stages at these times. */
    async feature(n: number, path: FeatureView["explanation"]["path"], over: Partial<FeatureView> = {}) {
      const last = path.at(-1)?.headline ?? null;
      const sample = sampleFeature(n, last);
      const id = `ftr_${HEX(n)}`;
      const view: FeatureView = {
        ...sample,
        id,
        ...over,
        explanation: { ...sample.explanation, conflicts: [], featureId: id, path, headline: last, ...over.explanation },
      };
      await putRow(viewKey(id), view);
      await putRow(entityKey(id), { id }, lists.ofKind("feature", id));
      return view;
    },
    /** A record of any kind, with the features that it speaks about. */
    async record<K extends FieldedKind>(
      kind: K,
      n: number,
      fields: Fields<K>,
      features: readonly string[] = [],
      over: Partial<Entity<K>> = {},
    ) {
      const id = `${KINDS[kind]}_${HEX(n)}`;
      const entity: Entity<K> = {
        id,
        kind,
        productIds: ["prd_web"],
        source: {
          tool: "tool",
          connectionId: "con_acme",
          externalId: String(n),
          keyHistory: [],
          url: `https://tool.example/${kind}/${n}`,
        },
        scopes: [],
        presence: { state: "present", since: "2026-01-01T00:00:00.000Z", how: "read" },
        sourceUpdatedAt: "2026-01-01T00:00:00.000Z",
        firstSeenAt: "2026-01-01T00:00:00.000Z",
        recordedAt: "2026-01-01T00:00:00.000Z",
        version: 1,
        contentHash: "",
        mappingVersion: 1,
        rawRef: "",
        fields: FIELDS[kind].parse(fields) as Fields<K>,
        aliases: [],
        references: [],
        relations: [],
        customFields: [],
        ...over,
      };
      await putRow(entityKey(id), entity, lists.ofKind(kind, id));
      await putRow(contributionKey(id), { features: features.map((featureId) => ({ featureId })) });
      return entity;
    },
  };
};
