import { median } from "d3-array";
import { resultWords, waitsSince } from "../../domain/experiment-outcome.ts";
import { STAGES, type Stage } from "../../domain/stage.ts";
import type { FeatureBrief } from "../../store/counted-reads.ts";
import type { FeatureView } from "../../store/views.ts";
import { counted } from "../figures.ts";
import { addDays, dayIn, daysFrom, dayWords } from "../period.ts";
import {
  type About,
  byText,
  featureCell,
  isIn,
  line,
  linked,
  proof,
  type Section,
  top,
  withViews,
  withViewsThen,
} from "../section.ts";
import { begunAt, movement, reasonOf, shippedAt, stageAt } from "../stage-path.ts";
import { HEALTH_WORDS, STAGE_WORDS } from "../words.ts";

const ROWS = 40;
const DECISIONS = 12;
const EVIDENCE = 3;
const PRODUCTION = STAGES.indexOf("production");
const COLUMNS = [...STAGES, "none"] as const;

const stageWord = (stage: Stage | null): string => STAGE_WORDS[stage ?? "none"];
const evidenceOf = (view: FeatureView, stage: Stage | null) =>
  view.explanation.because
    .filter((one) => one.stage === stage)
    .flatMap(({ evidence }) => evidence)
    .slice(0, EVIDENCE)
    .map(proof);

/** How many features stand in each stage at the end of the period, and at its beginning. */
const stages: Section = {
  id: "stages",
  title: "Features by stage",
  open: ({ period, hubUrl }) => {
    const now: Record<string, number> = {};
    const before: Record<string, number> = {};
    return {
      feature(view) {
        const [is, was] = [stageAt(view, period.end) ?? "none", stageAt(view, period.start) ?? "none"];
        now[is] = (now[is] ?? 0) + 1;
        before[was] = (before[was] ?? 0) + 1;
      },
      end: () => ({
        blocks: [
          {
            type: "chart",
            shape: "bars",
            caption: "Features by stage at the end of the period, beside its beginning",
            series: [
              { name: "End", points: COLUMNS.map((stage) => ({ label: STAGE_WORDS[stage], value: now[stage] ?? 0 })) },
              {
                name: "Beginning",
                points: COLUMNS.map((stage) => ({ label: STAGE_WORDS[stage], value: before[stage] ?? 0 })),
              },
            ],
            marks: [],
          },
          {
            type: "table",
            caption: "Features by stage",
            columns: [
              { name: "Stage", kind: "text" },
              { name: "End", kind: "number" },
              { name: "Beginning", kind: "number" },
            ],
            rows: COLUMNS.map((stage) => [
              { text: STAGE_WORDS[stage], url: `${hubUrl}/features?stage=${stage}` },
              now[stage] ?? 0,
              before[stage] ?? 0,
            ]),
            more: 0,
            url: `${hubUrl}/`,
          },
        ],
      }),
    };
  },
};

/** What came into production, with how long it took, and how many did in the weeks before. */
const shipped: Section = {
  id: "shipped",
  title: "Shipped",
  open: ({ period, periods, hubUrl, runUrl }) => {
    const found = top<{ brief: FeatureBrief; at: string }>(ROWS, (a, b) => byText(a.at, b.at));
    const leadDays: number[] = [];
    const perPeriod = periods.map(() => 0);
    return {
      feature(brief) {
        const at = shippedAt(brief);
        const index = periods.findIndex((one) => isIn(one, at));
        if (at === undefined || index < 0) return;
        perPeriod[index] = (perPeriod[index] ?? 0) + 1;
        if (!isIn(period, at)) return;
        found.add({ brief, at });
        const begun = begunAt(brief);
        if (begun !== undefined) leadDays.push(daysFrom(begun.slice(0, 10), at.slice(0, 10)));
      },
      end: async (lookups) => ({
        blocks: [
          {
            type: "metrics",
            items: [
              {
                label: "Features shipped",
                value: found.count(),
                previous: perPeriod[1] ?? 0,
                url: runUrl,
              },
              {
                label: "Median time from development to production",
                value: median(leadDays) ?? null,
                unit: "d",
                url: runUrl,
              },
            ],
          },
          {
            type: "chart",
            shape: "bars",
            caption: `Features shipped in each ${period.length}, the last ${periods.length}`,
            series: [
              {
                name: "Shipped",
                points: periods
                  .map(({ first }, at) => ({ label: first.slice(5), value: perPeriod[at] ?? 0 }))
                  .reverse(),
              },
            ],
            marks: [],
          },
          {
            type: "list",
            items: (await withViewsThen(lookups, found.items())).map(({ view, at }) => {
              const cell = featureCell(hubUrl, view);
              const why = reasonOf(view, "production");
              return {
                ...cell,
                details: [
                  `on ${dayWords(dayIn(new Date(at), period.zone))}${why === "" ? "" : `: ${line(why, 400)}`}`,
                  ...evidenceOf(view, "production"),
                ],
              };
            }),
            more: found.more(),
            url: runUrl,
          },
        ],
        ...(found.count() > 0 && { lead: [`${counted(found.count(), "feature")} shipped`] }),
        isNews: found.count() > 0,
      }),
    };
  },
};

/** Features whose headline stage at the end of the period is another than at its beginning. */
const moved: Section = {
  id: "moved",
  title: "Moved forward and back",
  open: ({ period, hubUrl }) => {
    const found = top<{ brief: FeatureBrief; from: Stage | null; to: Stage | null }>(
      ROWS,
      (a, b) => movement(a.from, a.to) - movement(b.from, b.to) || byText(a.brief.id, b.brief.id),
    );
    let back = 0;
    return {
      feature(brief) {
        const [from, to] = [stageAt(brief, period.start), stageAt(brief, period.end)];
        if (from === to) return;
        if (movement(from, to) < 0) back += 1;
        found.add({ brief, from, to });
      },
      end: async (lookups) => ({
        blocks: [
          {
            type: "table",
            caption: "Moves of the headline stage, back first",
            columns: ["Feature", "From", "To", "Why"].map((name) => ({ name, kind: "text" as const })),
            rows: (await withViewsThen(lookups, found.items())).map(({ view, from, to }) => [
              featureCell(hubUrl, view),
              stageWord(from),
              stageWord(to),
              line(reasonOf(view, movement(from, to) < 0 ? from : to) || reasonOf(view, to) || "no reason given", 300),
            ]),
            more: found.more(),
            url: `${hubUrl}/activity?since=${period.first}`,
          },
        ],
        ...(back > 0 && { lead: [`${counted(back, "feature")} moved back`] }),
        isNews: found.count() > 0,
      }),
    };
  },
};

/** What is at risk or off track now, with the reasons that the rules give. */
const risks: Section = {
  id: "risks",
  title: "At risk and off track",
  open: ({ hubUrl }) => {
    const found = top<{ brief: FeatureBrief }>(ROWS, ({ brief: a }, { brief: b }) =>
      a.health.value === b.health.value ? byText(a.id, b.id) : a.health.value === "off_track" ? -1 : 1,
    );
    let off = 0;
    return {
      feature(brief) {
        if (brief.health.value !== "off_track" && brief.health.value !== "at_risk") return;
        if (brief.health.value === "off_track") off += 1;
        found.add({ brief });
      },
      end: async (lookups) => ({
        blocks: [
          {
            type: "metrics",
            items: [
              { label: "Off track", value: off, url: `${hubUrl}/features?health=off_track` },
              { label: "At risk", value: found.count() - off, url: `${hubUrl}/features?health=at_risk` },
            ],
          },
          {
            type: "table",
            caption: "Features in trouble, off track first",
            columns: ["Feature", "Health", "Stage", "Reasons", "Target"].map((name) => ({
              name,
              kind: name === "Target" ? ("day" as const) : ("text" as const),
            })),
            rows: (await withViews(lookups, found.items())).map(({ view }) => [
              featureCell(hubUrl, view),
              HEALTH_WORDS[view.health.value].word,
              stageWord(view.explanation.headline),
              line([...declared(view), ...view.health.derived.reasons].join("; ") || "declared so", 400),
              view.targetDate ?? null,
            ]),
            more: found.more(),
            url: `${hubUrl}/features?health=off_track`,
          },
        ],
        ...(off > 0 && { lead: [`${counted(off, "feature")} off track`] }),
      }),
    };
  },
};

const declared = ({ health }: FeatureView): string[] =>
  health.disagree && health.declared !== undefined
    ? [`declared ${HEALTH_WORDS[health.declared.value].word.toLowerCase()}, the evidence says otherwise`]
    : [];

/** Contradictions that somebody must settle. */
const decisions: Section = {
  id: "decisions",
  title: "Decisions waiting",
  open: ({ hubUrl, period }) => {
    const found = top<{ brief: FeatureBrief; conflict: FeatureBrief["explanation"]["conflicts"][number] }>(
      DECISIONS,
      (a, b) => byText(a.brief.id, b.brief.id),
    );
    const undecided = top<{ name: string; url: string; so: string; features: readonly string[] }>(DECISIONS, (a, b) =>
      byText(a.name, b.name),
    );
    return {
      feature(brief) {
        for (const conflict of brief.explanation.conflicts) found.add({ brief, conflict });
      },
      entity: {
        experiment(entity, features) {
          const { fields, source } = entity;
          const since = waitsSince(entity);
          if (since === undefined) return;
          const happened = fields.status.category === "running" ? "is ready" : "has ended";
          const so = `${happened} (${resultWords(fields) ?? "no result reported"}) and has been waiting since ${dayWords(dayIn(new Date(since), period.zone))}`;
          undecided.add({ name: fields.name, url: source.url, so, features });
        },
      },
      end: async (lookups) => {
        const named = await lookups.features(undecided.items().flatMap(({ features }) => features.slice(0, 1)));
        return {
          blocks: [
            {
              type: "list",
              items: [
                ...found.items().map(({ brief, conflict }) => ({
                  ...featureCell(hubUrl, brief),
                  details: [
                    line(`${conflict.claim}, but ${conflict.against}: which holds?`, 400),
                    ...conflict.evidence.slice(0, EVIDENCE).map(proof),
                  ],
                })),
                ...undecided.items().map(({ name, url, so, features: [first = ""] }) => {
                  const feature = named.get(first);
                  return {
                    text: line(name),
                    details: [
                      line(`the experiment ${so}: ship, roll back or repeat?`),
                      feature === undefined ? "not linked to any feature" : featureCell(hubUrl, feature),
                      linked("Open it", url),
                    ],
                  };
                }),
              ],
              more: found.more() + undecided.more(),
              url: `${hubUrl}/features`,
            },
          ],
          ...(found.count() + undecided.count() > 0 && {
            lead: [`${counted(found.count() + undecided.count(), "decision")} waiting`],
          }),
        };
      },
    };
  },
};

/** What should come within the days ahead. */
const next: Section = {
  id: "next",
  title: "Next",
  open: ({ period, thresholds, hubUrl }: About) => {
    const from = addDays(period.last, 1);
    const to = addDays(period.last, thresholds.aheadDays);
    const found = top<{ brief: FeatureBrief }>(
      ROWS,
      ({ brief: a }, { brief: b }) => byText(a.targetDate ?? "", b.targetDate ?? "") || byText(a.id, b.id),
    );
    return {
      feature(brief) {
        const { targetDate, explanation } = brief;
        if (targetDate === undefined || targetDate < from || targetDate > to) return;
        if (explanation.disposition !== "open" || STAGES.indexOf(explanation.headline ?? "vision") >= PRODUCTION)
          return;
        found.add({ brief });
      },
      end: async (lookups) => ({
        blocks: [
          {
            type: "table",
            caption: `Targets from ${dayWords(from)} to ${dayWords(to)}`,
            columns: [
              { name: "Feature", kind: "text" },
              { name: "Target", kind: "day" },
              { name: "Stage", kind: "text" },
              { name: "Done", kind: "number" },
              { name: "Of", kind: "number" },
              { name: "Health", kind: "text" },
            ],
            rows: (await withViews(lookups, found.items())).map(({ view }) => [
              featureCell(hubUrl, view),
              view.targetDate ?? null,
              stageWord(view.explanation.headline),
              view.progress.done,
              view.progress.total,
              HEALTH_WORDS[view.health.value].word,
            ]),
            more: found.more(),
            url: `${hubUrl}/features`,
          },
        ],
      }),
    };
  },
};

export const FEATURE_SECTIONS = { stages, shipped, moved, risks, decisions, next } as const;
