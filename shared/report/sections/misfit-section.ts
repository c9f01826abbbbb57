import { toolName } from "../../lifecycle/sentence.ts";
import type { FeatureBrief } from "../../store/counted-reads.ts";
import type { FeatureView } from "../../store/views.ts";
import type { Cell } from "../document.ts";
import { counted } from "../figures.ts";
import { dayIn, dayWords } from "../period.ts";
import { byText, featureCell, isIn, line, linked, proof, type Section, top, withViews } from "../section.ts";
import { HEALTH_WORDS } from "../words.ts";

const ROWS = 12;
const EVIDENCE = 3;
const NAMES = 5;

/** Something about a feature that people in one tool alone do not see, with its proof. */
interface Misfit {
  readonly brief: FeatureBrief;
  readonly text: string;
  readonly evidence: readonly Cell[];
  /** When it happened; absent for what holds now. */
  readonly at?: string | undefined;
}

const healthWord = (value: FeatureView["health"]["value"]): string => HEALTH_WORDS[value].word.toLowerCase();

/** Declared better than the evidence: by whom, against what. */
const promised = (view: FeatureView): Misfit[] => {
  const { declared, derived, dimensions = [] } = view.health;
  if (declared === undefined) return [];
  const bad = dimensions.filter(({ level }) => level === derived.value);
  const when = [declared.by, declared.at === undefined ? undefined : `on ${dayWords(declared.at.slice(0, 10))}`]
    .filter((part) => part !== undefined)
    .join(" ");
  return [
    {
      brief: view,
      text: `declared ${healthWord(declared.value)}${when === "" ? "" : ` (${when})`}, the evidence says ${healthWord(derived.value)}: ${derived.reasons.slice(0, 2).join("; ")}`,
      evidence: [...new Set(bad.flatMap(({ evidence }) => evidence))].slice(0, EVIDENCE).map(proof),
    },
  ];
};

const happened = (brief: FeatureBrief): Misfit[] =>
  (brief.explanation.findings ?? []).map(({ kind, text, evidence, at }) => ({
    brief,
    text: kind === "campaign_too_early" ? `a campaign was ahead of production: ${text}` : text,
    evidence: evidence.slice(0, EVIDENCE).map(proof),
    at,
  }));

/** What tools contradict without claiming it: promises that will not hold, what came too early or all at once, and one feature under several names. */
export const misfits: Section = {
  id: "misfits",
  title: "What does not fit",
  open: ({ period, hubUrl }) => {
    const late = top<{ brief: FeatureBrief }>(ROWS, (a, b) => byText(a.brief.id, b.brief.id));
    const events = top<Misfit>(ROWS, (a, b) => byText(b.at ?? "", a.at ?? "") || byText(a.brief.id, b.brief.id));
    const named = top<FeatureBrief>(ROWS, (a, b) => namesOf(b).length - namesOf(a).length || byText(a.id, b.id));
    let isNews = false;
    const item = ({ brief, text, evidence, at }: Misfit) => ({
      ...featureCell(hubUrl, brief),
      details: [
        line(`${text}${isIn(period, at) ? ` (new: ${dayWords(dayIn(new Date(at ?? ""), period.zone))})` : ""}`, 400),
        ...evidence,
      ],
    });
    return {
      feature(brief) {
        if (brief.explanation.disposition !== "open") return;
        if (brief.health.declared !== undefined && brief.explanation.badges.includes("watermelon")) late.add({ brief });
        for (const one of happened(brief)) {
          isNews ||= isIn(period, one.at);
          events.add(one);
        }
        if (namesOf(brief).length > 0) named.add(brief);
      },
      end: async (lookups) => ({
        blocks: [
          {
            type: "list",
            items: [
              ...(await withViews(lookups, late.items())).flatMap(({ view }) => promised(view)).map(item),
              ...events.items().map(item),
            ],
            more: late.more() + events.more(),
            url: `${hubUrl}/features`,
          },
          ...(named.count() === 0
            ? []
            : [
                { type: "text" as const, text: `${counted(named.count(), "feature")} under several names:` },
                {
                  type: "list" as const,
                  items: named.items().map((view) => ({
                    ...featureCell(hubUrl, view),
                    details: namesOf(view)
                      .slice(0, NAMES)
                      .map(({ name, tool, url }) => linked(`${name} in ${toolName(tool)}`, url)),
                  })),
                  more: named.more(),
                  url: `${hubUrl}/features`,
                },
              ]),
        ],
        ...(late.count() > 0 && { lead: [`${counted(late.count(), "feature")} declared better than the evidence`] }),
        isNews,
      }),
    };
  },
};

/** Names that say something else than its own. */
const namesOf = ({ name, names = [] }: FeatureBrief): NonNullable<FeatureView["names"]> =>
  names.filter((other) => other.name.toLowerCase() !== name.toLowerCase());
