import type { Entity } from "../../domain/entity.ts";
import { changeText, counted, shareOf } from "../figures.ts";
import { addDays, dayIn, dayWords } from "../period.ts";
import { byText, featureCell, isIn, line, linked, type Section, safeUrl, top } from "../section.ts";
import { changeOf } from "../statistics.ts";
import { STAGE_WORDS } from "../words.ts";

const ROWS = 40;
const COUNTS = [
  "sent",
  "delivered",
  "opens",
  "clicks",
  "unsubscribes",
  "bounces",
  "complaints",
  "conversions",
] as const;
type Count = (typeof COUNTS)[number];
/** `reached`: delivered, or sent where the tool does not tell; `told`: sent by those that tell what was delivered. */
type Sums = Record<Count | "campaigns" | "reached" | "told", number>;
type Campaign = Entity<"campaign">;

const NO_SUMS: Sums = {
  campaigns: 0,
  reached: 0,
  told: 0,
  sent: 0,
  delivered: 0,
  opens: 0,
  clicks: 0,
  unsubscribes: 0,
  bounces: 0,
  complaints: 0,
  conversions: 0,
};

const add = (sums: Sums, { fields }: Campaign): void => {
  sums.campaigns += 1;
  for (const count of COUNTS) sums[count] += fields[count] ?? 0;
  sums.reached += fields.delivered ?? fields.sent ?? 0;
  if (fields.delivered !== undefined) sums.told += fields.sent ?? 0;
};

const sum = (all: Iterable<Sums>): Sums => {
  const total = { ...NO_SUMS };
  for (const one of all) for (const key of Object.keys(total) as (keyof Sums)[]) total[key] += one[key];
  return total;
};

/** A campaign that only holds others would count what they count once more. */
const isSend = ({ fields }: Campaign): boolean =>
  fields.sentAt !== undefined && fields.sent !== undefined && fields.sent > 0;

/** What was sent, by channel and one by one, beside the period before. */
const campaigns: Section = {
  id: "campaigns",
  title: "Campaigns",
  open: ({ period, previous, thresholds, runUrl }) => {
    const now = new Map<string, Sums>();
    const before = new Map<string, Sums>();
    const sent = top<Campaign>(ROWS, (a, b) => (b.fields.sent ?? 0) - (a.fields.sent ?? 0) || byText(a.id, b.id));
    const into = (sums: Map<string, Sums>, campaign: Campaign) => {
      const channel = campaign.fields.channel.category;
      const held = sums.get(channel) ?? { ...NO_SUMS };
      sums.set(channel, held);
      add(held, campaign);
    };
    return {
      entity: {
        campaign(campaign) {
          if (!isSend(campaign)) return;
          if (isIn(previous, campaign.fields.sentAt)) into(before, campaign);
          if (!isIn(period, campaign.fields.sentAt)) return;
          into(now, campaign);
          sent.add(campaign);
        },
      },
      end() {
        const [all, past] = [sum(now.values()), sum(before.values())];
        const figure = (label: string, count: keyof Sums) => {
          const change = changeOf(all[count], past[count]);
          const isMarked =
            change !== undefined &&
            Math.abs(change) >= thresholds.change &&
            Math.max(all[count], past[count]) >= thresholds.least;
          return {
            label,
            value: all[count],
            previous: past[count],
            change: change ?? null,
            ...(isMarked && { note: `${changeText(change)}: beyond the limit of ${changeText(thresholds.change)}` }),
            url: runUrl,
          };
        };
        return {
          blocks: [
            {
              type: "metrics",
              items: [
                figure("Campaigns sent", "campaigns"),
                figure("Mails and messages sent", "sent"),
                figure("Opened", "opens"),
                figure("Clicked", "clicks"),
                figure("Converted", "conversions"),
              ],
            },
            {
              type: "chart",
              shape: "bars",
              caption: "From sent to converted",
              series: [
                {
                  name: "This period",
                  points: (["sent", "reached", "opens", "clicks", "conversions"] as const).map((count) => ({
                    label: count,
                    value: all[count],
                  })),
                },
              ],
              marks: [],
            },
            {
              type: "table",
              caption: "By channel",
              columns: columnsOf("Channel"),
              rows: [...now]
                .sort(([a], [b]) => byText(a, b))
                .map(([channel, sums]) => [line(channel), ...ratesOf(sums)]),
              more: 0,
              url: runUrl,
            },
            {
              type: "table",
              caption: "Campaigns that were sent, the largest first",
              columns: columnsOf("Campaign"),
              rows: sent.items().map((one) => {
                const sums = { ...NO_SUMS };
                add(sums, one);
                return [linked(one.fields.name, one.source.url), ...ratesOf(sums)];
              }),
              more: sent.more(),
              url: runUrl,
            },
          ],
          ...(all.campaigns > 0 && {
            lead: [
              `${counted(all.campaigns, "campaign")} sent`,
              ...(all.clicks > 0 ? [counted(all.clicks, "click")] : []),
            ],
          }),
          isNews: all.campaigns > 0,
        };
      },
    };
  },
};

const columnsOf = (first: string) => [
  { name: first, kind: "text" as const },
  { name: "Sent", kind: "number" as const },
  { name: "Opened", kind: "share" as const },
  { name: "Clicked", kind: "share" as const },
  { name: "Conversions", kind: "number" as const },
  { name: "Unsubscribed", kind: "number" as const },
];

const ratesOf = ({ sent, reached, opens, clicks, conversions, unsubscribes }: Sums) => {
  return [sent, shareOf(opens, reached), shareOf(clicks, reached), conversions, unsubscribes];
};

/** What each campaign of the period promotes, and what became of it. */
const promoted: Section = {
  id: "promoted",
  title: "What campaigns promoted",
  open: ({ period, hubUrl, runUrl }) => {
    const sums = new Map<string, Sums>();
    let aimless = 0;
    return {
      entity: {
        campaign(campaign, features) {
          if (!isSend(campaign) || !isIn(period, campaign.fields.sentAt)) return;
          if (features.length === 0) aimless += 1;
          for (const id of features) {
            const held = sums.get(id) ?? { ...NO_SUMS };
            if (sums.size < 1000) sums.set(id, held);
            add(held, campaign);
          }
        },
      },
      async end(lookups) {
        const largest = [...sums].sort(([a, x], [b, y]) => y.sent - x.sent || byText(a, b)).slice(0, ROWS);
        const named = await lookups.features(largest.map(([id]) => id));
        return {
          blocks: [
            {
              type: "table",
              caption: "Features by the reach of their campaigns",
              columns: [
                { name: "Feature", kind: "text" },
                { name: "Stage", kind: "text" },
                { name: "Campaigns", kind: "number" },
                { name: "Sent", kind: "number" },
                { name: "Clicks", kind: "number" },
              ],
              rows: largest.flatMap(([id, { campaigns: count, sent, clicks }]) => {
                const feature = named.get(id);
                if (feature === undefined) return [];
                return [
                  [
                    featureCell(hubUrl, feature),
                    STAGE_WORDS[feature.explanation.headline ?? "none"],
                    count,
                    sent,
                    clicks,
                  ],
                ];
              }),
              more: Math.max(0, sums.size - largest.length),
              url: runUrl,
            },
            ...(aimless === 0
              ? []
              : [
                  {
                    type: "text" as const,
                    text: `${counted(aimless, "campaign")} of the period name no feature (utm_campaign, a key, or feature:KEY).`,
                  },
                ]),
          ],
        };
      },
    };
  },
};

const sentOf = ({ sent, told }: Sums, count: Count): number => (count === "delivered" ? told : sent);

/** Whether mails arrive. */
const deliverability: Section = {
  id: "deliverability",
  title: "Deliverability",
  open: ({ period, previous, runUrl }) => {
    const [now, before] = [{ ...NO_SUMS }, { ...NO_SUMS }];
    return {
      entity: {
        campaign(campaign) {
          if (campaign.fields.channel.category !== "email" || !isSend(campaign)) return;
          if (isIn(previous, campaign.fields.sentAt)) add(before, campaign);
          if (isIn(period, campaign.fields.sentAt)) add(now, campaign);
        },
      },
      end: () => ({
        blocks: [
          {
            type: "table",
            caption: "Shares of what was sent",
            columns: [
              { name: "What", kind: "text" },
              { name: "Count", kind: "number" },
              { name: "Share", kind: "share" },
              { name: "Share before", kind: "share" },
            ],
            rows: (["delivered", "bounces", "complaints", "unsubscribes"] as const).map((count) => [
              line(count),
              now[count],
              shareOf(now[count], sentOf(now, count)),
              shareOf(before[count], sentOf(before, count)),
            ]),
            more: 0,
            url: runUrl,
          },
        ],
      }),
    };
  },
};

/** What is to be sent in the days ahead. */
const sends: Section = {
  id: "sends",
  title: "Next sends",
  open: ({ period, thresholds, runUrl }) => {
    const to = addDays(period.last, thresholds.aheadDays);
    const dayOf = ({ fields: { scheduledAt = "" } }: Campaign) =>
      scheduledAt === "" ? "" : dayIn(new Date(scheduledAt), period.zone);
    const found = top<Campaign>(ROWS, (a, b) => byText(a.fields.scheduledAt ?? "", b.fields.scheduledAt ?? ""));
    return {
      entity: {
        campaign(campaign) {
          const day = dayOf(campaign);
          if (campaign.fields.status.category === "scheduled" && day > period.last && day <= to) found.add(campaign);
        },
      },
      end: () => ({
        blocks: [
          {
            type: "list",
            items: found.items().map((one) => {
              const url = safeUrl(one.source.url);
              return {
                text: line(one.fields.name),
                ...(url !== undefined && { url }),
                details: [`${dayWords(dayOf(one))}, ${line(one.fields.audience ?? "audience not specified")}`],
              };
            }),
            more: found.more(),
            url: runUrl,
          },
        ],
      }),
    };
  },
};

export const CAMPAIGN_SECTIONS = { campaigns, promoted, deliverability, sends } as const;
