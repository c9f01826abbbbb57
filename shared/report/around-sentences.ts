import type { EventName } from "../domain/event.ts";
import { about, fields, label, plain, type Teller } from "./sentence.ts";
import { HEALTH_WORDS } from "./words.ts";

const health = (value: keyof typeof HEALTH_WORDS): string => HEALTH_WORDS[value].word.toLowerCase();
const count = (many: number, word: string): string => `${many} ${word}${many === 1 ? "" : "s"}`;

/** Events around the work, and of the hub itself, in words. */
export const AROUND_TELLERS = {
  "product.created": ({ product }) => ({ name: product.name, happened: "appeared as a product" }),
  "product.updated": ({ product, changed }) => ({ name: product.name, happened: `changed: ${fields(changed)}` }),
  "objective.progress.changed": ({ keyResult, from, to, target }) => ({
    name: label(keyResult),
    happened: `moved from ${from ?? "nothing"} to ${to ?? "nothing"}${target === null ? "" : `, of ${target}`}`,
  }),
  "initiative.health.changed": ({ initiative, from, to }) => ({
    name: label(initiative),
    happened: `went from ${health(from)} to ${health(to)}`,
  }),
  "work_item.changed": ({ workItem, changed }) => ({
    name: label(workItem),
    happened: changed.length === 0 ? "appeared" : `changed: ${fields(changed)}`,
  }),
  "feature.archived": (data) => about(data, `was closed: ${plain(data.how)}`),
  "feature.blocked": (data) => about(data, `is blocked by ${data.by.join(", ")}`),
  "feature.unblocked": (data) => about(data, "is not blocked any more"),
  "work_item.scope.changed": (data) =>
    about(
      data,
      [
        data.added.length > 0 && `got ${count(data.added.length, "work item")}`,
        data.removed.length > 0 && `lost ${count(data.removed.length, "work item")}`,
      ]
        .filter((part) => part !== false)
        .join(" and "),
    ),
  "support.spike.detected": (data) =>
    about(data, `got ${count(data.tickets, "ticket")} within seven days, ${data.usual} a week is usual`),
  "feature.linked": ({ feature, record, type }) => ({
    name: feature.id,
    feature,
    happened: `is linked with ${record.id} (${plain(type)})`,
  }),
  "feature.unlinked": ({ feature, record, type }) => ({
    name: feature.id,
    feature,
    happened: `is no longer linked with ${record.id} (${plain(type)})`,
  }),
  "feedback.linked": ({ feedback, feature }) => ({
    name: feature.id,
    feature,
    happened: `is asked for by ${feedback.id}`,
  }),
  "flag.rollout.changed": ({ flag, environments }) => ({
    name: label(flag),
    happened: `is given otherwise in ${environments
      .map(({ name, to }) => {
        if (to === null) return `${name}: gone`;
        if (!to.on) return `${name}: off`;
        return to.rolloutPercent === null ? `${name}: on` : `${name}: on for ${to.rolloutPercent} %`;
      })
      .join(", ")}`,
  }),
  "experiment.started": ({ experiment }) => ({ name: label(experiment), happened: "started" }),
  "experiment.decided": ({ experiment, decision }) => ({
    name: label(experiment),
    happened: `was decided: ${decision.detail}`,
  }),
  "metric.threshold.crossed": ({ metric, side, limit, points }) => ({
    name: label(metric),
    happened: `is ${side} ${limit}: ${points.map(({ value }) => value).join(", ")}`,
  }),
  "campaign.sent": ({ campaign, sent }) => ({
    name: label(campaign),
    happened: sent === null ? "was sent" : `was sent to ${sent}`,
  }),
  "survey.results.updated": ({ survey }) => ({ name: survey.id, happened: "has new answers" }),
  "ticket.opened": ({ ticket }) => ({ name: label(ticket), happened: "came in" }),
  "ticket.solved": ({ ticket }) => ({ name: label(ticket), happened: "was solved" }),
  "connection.lag.exceeded": ({ connection, dataAsOf }) => ({
    name: connection.name,
    happened: `is stale: its data is from ${dataAsOf}`,
  }),
  "replay.completed": ({ id, counts }) => ({
    name: id,
    happened: `was replayed: ${Object.entries(counts)
      .map(([what, many]) => `${many} ${plain(what)}`)
      .join(", ")}`,
  }),
  "webhook_endpoint.disabled": ({ endpoint, reason }) => ({
    name: endpoint.host,
    happened: `gets no more webhooks: ${reason}`,
  }),
} as const satisfies { readonly [N in EventName]?: Teller<N> };
