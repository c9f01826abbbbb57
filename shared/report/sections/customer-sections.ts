import { median } from "d3-array";
import { createdAt, isKind } from "../../domain/entity.ts";
import type { SaidBrief } from "../../store/counted-reads.ts";
import { counted, numberText, rounded, shareOf } from "../figures.ts";
import { byText, featureCell, isIn, line, linked, type Section, top } from "../section.ts";
import { changeOf } from "../statistics.ts";

const TOP = 5;
const VOICES = 10;
/** Features that are told apart; what comes after counts into the totals alone. */
const FEATURES = 5000;
/** Of figures whose median is told: a sample that any period fits into. */
const SAMPLE = 20_000;

const countUp = (counts: Map<string, number>, id: string): void => {
  if (counts.has(id) || counts.size < FEATURES) counts.set(id, (counts.get(id) ?? 0) + 1);
};

const mostOf = (counts: ReadonlyMap<string, number>): (readonly [id: string, count: number])[] =>
  [...counts].sort(([a, many], [b, others]) => others - many || byText(a, b)).slice(0, TOP);

/** New tickets, and the features that they are about. */
const support: Section = {
  id: "support",
  title: "Support",
  open: ({ period, previous, hubUrl, runUrl }) => {
    const [now, before] = [new Map<string, number>(), new Map<string, number>()];
    const replies: number[] = [];
    let [came, cameBefore, solved, isOpen, breached] = [0, 0, 0, 0, 0];
    return {
      said: {
        supportTicket(ticket) {
          const at = createdAt(ticket);
          const { features } = ticket;
          const { solvedAt, status, firstReplyMinutes, isSlaBreached } = ticket.fields;
          if (isIn(period, solvedAt)) solved += 1;
          if (!["solved", "closed"].includes(status.category)) isOpen += 1;
          if (isIn(previous, at)) {
            cameBefore += 1;
            for (const id of features) countUp(before, id);
          }
          if (!isIn(period, at)) return;
          came += 1;
          if (isSlaBreached === true) breached += 1;
          if (firstReplyMinutes !== undefined && replies.length < SAMPLE) replies.push(firstReplyMinutes);
          for (const id of features) countUp(now, id);
        },
      },
      async end(lookups) {
        const most = mostOf(now);
        const named = await lookups.features(most.map(([id]) => id));
        return {
          blocks: [
            {
              type: "metrics",
              items: [
                {
                  label: "New tickets",
                  value: came,
                  previous: cameBefore,
                  change: changeOf(came, cameBefore) ?? null,
                  url: runUrl,
                },
                { label: "Tickets solved", value: solved, url: runUrl },
                { label: "Open now", value: isOpen, url: runUrl },
                { label: "SLAs breached", value: breached, url: runUrl },
                { label: "Median time to the first reply", value: median(replies) ?? null, unit: "min", url: runUrl },
              ],
            },
            {
              type: "table",
              caption: "Features with the most tickets",
              columns: [
                { name: "Feature", kind: "text" },
                { name: "Tickets", kind: "number" },
                { name: "Before", kind: "number" },
              ],
              rows: most.map(([id, count]) => {
                const feature = named.get(id);
                return [
                  feature === undefined ? "(a feature that is gone)" : featureCell(hubUrl, feature),
                  count,
                  before.get(id) ?? 0,
                ];
              }),
              more: Math.max(0, now.size - most.length),
              url: `${hubUrl}/features`,
            },
          ],
          ...(came > 0 && { lead: [`${counted(came, "ticket")} came`] }),
          isNews: came > 0,
        };
      },
    };
  },
};

const WORST_FIRST = ["negative", "neutral", "positive", "unknown"] as const;

/** What customers wrote, by what it asks for. */
const voice: Section = {
  id: "voice",
  title: "Customers' voice",
  open: ({ period, previous, hubUrl, runUrl }) => {
    const wishes = new Map<string, number>();
    const said = top<SaidBrief<"feedback">>(
      VOICES,
      (a, b) =>
        WORST_FIRST.indexOf(a.fields.sentiment?.category ?? "unknown") -
          WORST_FIRST.indexOf(b.fields.sentiment?.category ?? "unknown") || byText(b.fields.at, a.fields.at),
    );
    let before = 0;
    return {
      said: {
        feedback(brief) {
          if (isIn(previous, brief.fields.at)) before += 1;
          if (!isIn(period, brief.fields.at)) return;
          said.add(brief);
          for (const id of brief.features) countUp(wishes, id);
        },
      },
      async end(lookups) {
        const most = mostOf(wishes);
        const read = await lookups.entities(said.items().map(({ id }) => id));
        const shown = said.items().flatMap(({ id }) => {
          const entity = read.get(id);
          return entity !== undefined && isKind(entity, "feedback") ? [entity] : [];
        });
        const named = await lookups.features(most.map(([id]) => id));
        return {
          blocks: [
            {
              type: "metrics",
              items: [{ label: "Feedback items", value: said.count(), previous: before, url: runUrl }],
            },
            {
              type: "list",
              items: shown.map(({ fields, source }) => ({
                text: line(fields.title),
                details: [
                  line([fields.sentiment?.category, fields.channel].filter(Boolean).join(", ") || "feedback"),
                  linked("Read it", source.url),
                ],
              })),
              more: said.more(),
              url: runUrl,
            },
            {
              type: "table",
              caption: "Most requested features",
              columns: [
                { name: "Feature", kind: "text" },
                { name: "Feedback", kind: "number" },
              ],
              rows: most.flatMap(([id, count]) => {
                const feature = named.get(id);
                return feature === undefined ? [] : [[featureCell(hubUrl, feature), count]];
              }),
              more: Math.max(0, wishes.size - most.length),
              url: `${hubUrl}/features`,
            },
          ],
          isNews: said.count() > 0,
        };
      },
    };
  },
};

interface Answers {
  title: string;
  url: string;
  type: string;
  count: number;
  before: number;
  promoters: number;
  detractors: number;
  sum: number;
}

const SURVEYS = 200;

/** Surveys with answers: NPS as promoters less detractors, of others the mean score. */
const surveys: Section = {
  id: "surveys",
  title: "Surveys",
  open: ({ period, previous, runUrl }) => {
    const bySurvey = new Map<string, Answers>();
    return {
      entity: {
        survey({ id, fields, source }) {
          if (bySurvey.size === SURVEYS) return;
          const none = { count: 0, before: 0, promoters: 0, detractors: 0, sum: 0 };
          bySurvey.set(id, { title: fields.title, url: source.url, type: fields.type.category, ...none });
        },
      },
      said: {
        surveyResponse({ fields: { surveyId, at, score, scale } }) {
          const held = bySurvey.get(surveyId);
          if (held === undefined || score === undefined) return;
          if (isIn(previous, at)) held.before += 1;
          if (!isIn(period, at)) return;
          held.count += 1;
          held.sum += score;
          const highest = scale?.[1] ?? 10;
          if (score >= highest - 1) held.promoters += 1;
          else if (score <= highest - 4) held.detractors += 1;
        },
      },
      end() {
        const answered = [...bySurvey.values()].filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
        return {
          blocks: [
            {
              type: "table",
              caption: "Surveys with answers",
              columns: [
                { name: "Survey", kind: "text" },
                { name: "Answers", kind: "number" },
                { name: "Before", kind: "number" },
                { name: "Score", kind: "text" },
              ],
              rows: answered
                .slice(0, VOICES)
                .map((one) => [linked(one.title, one.url), one.count, one.before, scoreOf(one)]),
              more: Math.max(0, answered.length - VOICES),
              url: runUrl,
            },
          ],
          isNews: answered.length > 0,
        };
      },
    };
  },
};

const scoreOf = ({ type, count, promoters, detractors, sum }: Answers): string =>
  type === "nps"
    ? `NPS ${numberText(rounded(100 * ((shareOf(promoters, count) ?? 0) - (shareOf(detractors, count) ?? 0))))}`
    : `mean ${numberText(rounded(sum / count))}`;

export const CUSTOMER_SECTIONS = { support, voice, surveys } as const;
