import type { Entity } from "../../domain/entity.ts";
import type { TrustLimits } from "../../domain/experiment-trust.ts";
import type { ConnectionView, Views } from "../../store/views.ts";
import { FeatureCustomers } from "./feature-customers.tsx";
import { FeatureExperiments } from "./feature-experiments.tsx";
import { FeatureMarketing } from "./feature-marketing.tsx";
import { FeatureNumbers } from "./feature-numbers.tsx";

/** Of each kind; a feature with more has the rest in the API. */
const AT_MOST = 50;
const TICKETS_AT_MOST = 500;
const ACCOUNTS_AT_MOST = 10;

/** What other tools know of a feature beside its work. */
type Around = Awaited<ReturnType<typeof readAround>>;

export const readAround = async (views: Pick<Views, "entities" | "entity">, feature: string) => {
  const of = async <K extends Parameters<Views["entities"]>[0]>(kind: K, limit = AT_MOST) =>
    (await views.entities(kind, { feature }, undefined, limit)) as {
      readonly items: readonly Entity<K>[];
      readonly next: string | undefined;
    };
  const [metrics, releases, deployments, flags, experiments, campaigns, announcements, tickets, feedback] =
    await Promise.all([
      of("metric"),
      of("release"),
      of("deployment"),
      of("featureFlag"),
      of("experiment"),
      of("campaign"),
      of("announcement"),
      of("supportTicket", TICKETS_AT_MOST),
      of("feedback", TICKETS_AT_MOST),
    ]);
  const frequent = Map.groupBy(
    [...tickets.items, ...feedback.items].flatMap(({ fields }) => fields.customerId ?? []),
    (id) => id,
  );
  const ids = [...frequent].sort(([, a], [, b]) => b.length - a.length).map(([id]) => id);
  const named = await Promise.all(ids.slice(0, ACCOUNTS_AT_MOST).map((id) => views.entity("customer", id)));
  return {
    metrics: metrics.items,
    around: {
      releases: releases.items,
      deployments: deployments.items,
      flags: flags.items,
      experiments: experiments.items,
      campaigns: campaigns.items,
    },
    announcements: announcements.items,
    tickets: tickets.items,
    feedback: feedback.items,
    customers: new Map(named.flatMap((one) => (one === undefined ? [] : [[one.id, one] as const]))),
    isCut: tickets.next !== undefined,
  };
};

/** Numbers, experiments, customers and marketing of a feature. */
export const FeatureAround = ({
  read: { metrics, around, announcements, tickets, feedback, customers, isCut },
  limits,
  connections,
  now,
}: {
  readonly read: Around;
  /** Of experiments. */
  readonly limits: TrustLimits;
  readonly connections: readonly ConnectionView[];
  readonly now: Date;
}) => (
  <>
    <FeatureNumbers metrics={metrics} around={around} connections={connections} />
    <FeatureExperiments experiments={around.experiments} limits={limits} connections={connections} now={now} />
    <FeatureCustomers
      tickets={tickets}
      feedback={feedback}
      customers={customers}
      connections={connections}
      now={now}
      isCut={isCut}
    />
    <FeatureMarketing campaigns={around.campaigns} announcements={announcements} connections={connections} />
  </>
);
