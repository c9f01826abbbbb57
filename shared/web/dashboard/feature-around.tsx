import type { Entity } from "../../domain/entity.ts";
import type { TrustLimits } from "../../domain/experiment-trust.ts";
import type { ConnectionView, Views } from "../../store/views.ts";
import { FeatureCustomers, themesOf } from "./feature-customers.tsx";
import { FeatureExperiments } from "./feature-experiments.tsx";
import { FeatureMarketing } from "./feature-marketing.tsx";
import { FeatureNumbers } from "./feature-numbers.tsx";

/** Of each kind; a feature with more has the rest in the API. */
const AT_MOST = 50;
const TICKETS_AT_MOST = 500;
const ACCOUNTS_AT_MOST = 10;

/** What other tools know of a feature beside its work. */
type Around = Awaited<ReturnType<typeof readAround>>;

export const readAround = async (views: Pick<Views, "entities" | "entity" | "feature">, feature: string) => {
  const of = async <K extends Parameters<Views["entities"]>[0]>(kind: K, limit = AT_MOST) =>
    (await views.entities(kind, { feature }, undefined, limit)) as {
      readonly items: readonly Entity<K>[];
      readonly next: string | undefined;
    };
  const [metrics, releases, deployments, flags, experiments, campaigns, announcements, tickets, feedback, answers] =
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
      of("surveyResponse", TICKETS_AT_MOST),
    ]);
  // A score without words asks for nothing.
  const asked = answers.items.filter(({ fields }) => fields.text !== undefined);
  const frequent = Map.groupBy(
    [...tickets.items, ...feedback.items, ...asked].flatMap(({ fields }) => fields.customerId ?? []),
    (id) => id,
  );
  const ids = [...frequent].sort(([, a], [, b]) => b.length - a.length).map(([id]) => id);
  const named = await Promise.all(ids.slice(0, ACCOUNTS_AT_MOST).map((id) => views.entity("customer", id)));
  const themes = await Promise.all(
    themesOf([...tickets.items, ...feedback.items]).map(
      async ([label, count]) => [await themeName(views, label), count] as const,
    ),
  );
  return {
    themes,
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
    answers: asked,
    customers: new Map(named.flatMap((one) => (one === undefined ? [] : [[one.id, one] as const]))),
    isCut: tickets.next !== undefined,
  };
};

/** A label that marks a feature is called as that feature is. */
const themeName = async (views: Pick<Views, "feature">, label: string): Promise<string> => {
  const [, key] = /^feature:\s?([a-z][a-z0-9_]*-\d+)$/i.exec(label) ?? [];
  return (key && (await views.feature(key.toUpperCase()))?.name) || label;
};

/** Numbers, experiments, customers and marketing of a feature. */
export const FeatureAround = ({
  read: { themes, metrics, around, announcements, tickets, feedback, answers, customers, isCut },
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
      themes={themes}
      tickets={tickets}
      feedback={feedback}
      answers={answers}
      customers={customers}
      connections={connections}
      now={now}
      isCut={isCut}
    />
    <FeatureMarketing campaigns={around.campaigns} announcements={announcements} connections={connections} />
  </>
);
