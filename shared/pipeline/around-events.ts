import { type Entity, isKind } from "../domain/entity.ts";
import type { HubEvent } from "../domain/event.ts";
import type { StoredEntity } from "../store/entities.ts";
import { happened, isNews, named, type When } from "./happened.ts";
import type { Hub } from "./hub.ts";
import { thresholdEvents } from "./thresholds.ts";

type Cause = "sync" | "rule_change";

/** What a new version of a record around the work means: plans, exposure, use, marketing, support. */
export const aroundEvents = (
  hub: Pick<Hub, "url" | "events">,
  was: StoredEntity | undefined,
  is: StoredEntity,
  when: When,
  cause: Cause,
): HubEvent[] => {
  const common = { productIds: [...is.productIds], cause };
  if (isKind(is, "initiative"))
    return initiativeEvents(hub.url, isKind(was, "initiative") ? was : undefined, is, when, common);
  if (isKind(is, "keyResult")) return progressEvents(isKind(was, "keyResult") ? was : undefined, is, when, common);
  if (isKind(is, "featureFlag")) return rolloutEvents(isKind(was, "featureFlag") ? was : undefined, is, when, common);
  if (isKind(is, "experiment")) return experimentEvents(isKind(was, "experiment") ? was : undefined, is, when, common);
  if (isKind(is, "metric"))
    return thresholdEvents(hub.events, isKind(was, "metric") ? was : undefined, is, when, common);
  if (isKind(is, "campaign")) return campaignEvents(isKind(was, "campaign") ? was : undefined, is, when, common);
  if (isKind(is, "supportTicket"))
    return ticketEvents(isKind(was, "supportTicket") ? was : undefined, is, when, common);
  if (isKind(is, "surveyResponse") && was === undefined) return answerEvents(is, common);
  return [];
};

interface Common {
  readonly productIds: string[];
  readonly cause: Cause;
}
type Stored<K extends Parameters<typeof isKind>[1]> = StoredEntity & Entity<K>;

const initiativeEvents = (
  url: string,
  was: Stored<"initiative"> | undefined,
  is: Stored<"initiative">,
  when: When,
  common: Common,
): HubEvent[] => {
  if (was === undefined) return [];
  const initiative = named(is);
  const [from, to] = [was, is].map(({ fields }) => fields.declaredHealth?.category ?? "unknown");
  const { declaredHealthAt: at } = is.fields;
  return [
    ...(from !== undefined && to !== undefined && from !== to
      ? [happened("initiative.health.changed", when, { initiative, from, to, ...common })]
      : []),
    ...(at !== undefined && at > (was.fields.declaredHealthAt ?? "")
      ? [
          happened("initiative.update.posted", when, {
            initiative: { id: is.id, url: `${url}/initiatives/${is.id}` },
            update: `${is.id}@${at}`,
            by: is.source.tool,
            ...(to !== undefined && to !== "unknown" && { health: to }),
            cause: common.cause,
          }),
        ]
      : []),
  ];
};

const progressEvents = (
  was: Stored<"keyResult"> | undefined,
  is: Stored<"keyResult">,
  when: When,
  common: Common,
): HubEvent[] => {
  if (was === undefined || was.fields.current === is.fields.current) return [];
  const { objectiveId = null, baseline = 0, target = null, current: to = null } = is.fields;
  const isAway = to !== null && target !== null && target !== baseline;
  const progress = isAway ? Math.round(((to - baseline) / (target - baseline)) * 1e4) / 1e4 : null;
  const from = was.fields.current ?? null;
  const data = { keyResult: named(is), objectiveId, from, to, target, progress, ...common };
  return [happened("objective.progress.changed", when, data)];
};

type Environment = Entity<"featureFlag">["fields"]["environments"][number];

const exposureOf = (environment: Environment | undefined) =>
  environment === undefined
    ? null
    : {
        on: environment.on,
        rolloutPercent: environment.rolloutPercent ?? null,
        segments: [...(environment.segments ?? [])],
      };

const rolloutEvents = (
  was: Stored<"featureFlag"> | undefined,
  is: Stored<"featureFlag">,
  when: When,
  common: Common,
): HubEvent[] => {
  if (was === undefined) return [];
  const [before, after] = [was, is].map(
    ({ fields }) => new Map(fields.environments.map((environment) => [environment.name, environment])),
  );
  const environments = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].sort().flatMap((name) => {
    const [old, now] = [before?.get(name), after?.get(name)];
    const [from, to] = [exposureOf(old), exposureOf(now)];
    const type = now?.category ?? old?.category ?? "other";
    return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ name, type, from, to }];
  });
  if (environments.length === 0) return [];
  return [happened("flag.rollout.changed", when, { flag: named(is), environments, ...common })];
};

const experimentEvents = (
  was: Stored<"experiment"> | undefined,
  is: Stored<"experiment">,
  when: When,
  common: Common,
): HubEvent[] => {
  const experiment = named(is);
  const { status, decision, result = null, winner = null, flagKey = null, startedAt } = is.fields;
  const began =
    status.category === "running" &&
    (was === undefined
      ? startedAt !== undefined && isNews(startedAt, is.firstSeenAt)
      : was.fields.status.category !== "running");
  const isDecided = was !== undefined && decision !== undefined && decision.category !== was.fields.decision?.category;
  return [
    ...(began ? [happened("experiment.started", when, { experiment, flagKey, ...common })] : []),
    ...(isDecided ? [happened("experiment.decided", when, { experiment, decision, result, winner, ...common })] : []),
  ];
};

const campaignEvents = (
  was: Stored<"campaign"> | undefined,
  is: Stored<"campaign">,
  when: When,
  common: Common,
): HubEvent[] => {
  const { status, channel, sentAt = null, sent = null } = is.fields;
  const isSent =
    status.category === "sent" &&
    (was === undefined ? sentAt !== null && isNews(sentAt, is.firstSeenAt) : was.fields.status.category !== "sent");
  return isSent ? [happened("campaign.sent", when, { campaign: named(is), channel, sentAt, sent, ...common })] : [];
};

const isSolved = ({ fields }: Entity<"supportTicket">): boolean =>
  fields.status.category === "solved" || fields.status.category === "closed";

const ticketEvents = (
  was: Stored<"supportTicket"> | undefined,
  is: Stored<"supportTicket">,
  when: When,
  common: Common,
): HubEvent[] => {
  const data = { ticket: named(is), priority: is.fields.priority?.category ?? null, ...common };
  const isOpened = was === undefined && is.sourceCreatedAt !== undefined && isNews(is.sourceCreatedAt, is.firstSeenAt);
  const solves = isSolved(is) && (was === undefined ? isOpened : !isSolved(was));
  return [
    ...(isOpened ? [happened("ticket.opened", when, data)] : []),
    ...(solves ? [happened("ticket.solved", when, { ...data, solveMinutes: is.fields.solveMinutes ?? null })] : []),
  ];
};

const HOUR_MS = 60 * 60 * 1000;

/** All answers of an hour make one event: it has the same id whichever of them it is made from. */
const answerEvents = (is: Stored<"surveyResponse">, { productIds, cause }: Common): HubEvent[] => {
  const hour = Math.floor(Date.parse(is.recordedAt) / HOUR_MS);
  const at = new Date(hour * HOUR_MS).toISOString();
  const { surveyId: subject } = is.fields;
  const when = { subject, sequence: hour, time: at, recordedAt: is.recordedAt };
  return [happened("survey.results.updated", when, { survey: { id: subject }, hour: at, productIds, cause })];
};
