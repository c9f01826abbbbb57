import { dayWords } from "../report/period.ts";
import { link, safe } from "../report/render/markdown.ts";
import type { FeatureView } from "../store/views.ts";
import { safeHref } from "./dashboard/safe-href.ts";

import { featurePath } from "./feature-address.ts";
import { BADGE_WORDS, HEALTH_WORDS, STAGE_STATE_WORDS, STAGE_WORDS, toolName } from "./words.ts";

const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");

/** A name in a tool, with its address if it is one that a link may have. */
const named = (text: string, url: string): string => {
  const href = safeHref(url);
  return href === undefined ? safe(text) : link(text, href);
};

const proofs = (urls: readonly string[]): string =>
  urls
    .flatMap((url) => safeHref(url) ?? [])
    .map((url, at) => ` ${link(`Source ${at + 1}`, url)}`)
    .join("");

/** What a feature's page says of its stage and health, to be pasted into a wiki or a mail. */
export const featureMarkdownOf = (feature: FeatureView, hubUrl: string): string => {
  const { explanation, health, progress, owner, targetDate } = feature;
  const { headline, since, because, notYet, conflicts, badges } = explanation;
  const stage = STAGE_WORDS[headline ?? "none"];
  const state = STAGE_STATE_WORDS[explanation.state].word.toLowerCase();
  const facts = [
    `Stage: **${safe(stage)}**${headline === null ? "" : ` (${safe(state)})`}${since === null ? "" : safe(` since ${dayWords(since.slice(0, 10))}`)}`,
    `Health: **${safe(HEALTH_WORDS[health.value].word)}**${health.derived.reasons.length > 0 ? `: ${safe(health.derived.reasons.join("; "))}` : ""}`,
    ...(owner === undefined ? [] : [`Owner: ${safe(owner.name)}`]),
    ...(targetDate === undefined ? [] : [`Target: ${safe(targetDate)}`]),
    ...(progress.total > 0 ? [`Progress: ${progress.done} of ${progress.total} done`] : []),
    ...badges.map((badge) => safe(BADGE_WORDS[badge])),
    named(`${feature.type} in ${toolName(feature.tool)}`, feature.url),
  ];
  const reasons = [
    ...because.map(({ text, evidence }) => `✓ ${safe(text)}${proofs(evidence)}`),
    ...notYet.map(({ stage: of, missing }) => safe(`✗ Not yet ${STAGE_WORDS[of]}: ${missing.join("; ")}`)),
    ...conflicts.map(({ claim, against, evidence }) => `${safe(`! ${claim}, against ${against}`)}${proofs(evidence)}`),
  ];
  const judged = (health.dimensions ?? []).filter(({ level }) => level !== "not_applicable");
  return [
    `# ${safe([feature.key, feature.name].filter(Boolean).join(" "))}`,
    list(facts),
    ...(reasons.length > 0 ? ["## Why this stage", list(reasons)] : []),
    ...(judged.length > 0
      ? ["## Health", list(judged.map(({ name, text, evidence }) => `${safe(`${name}: ${text}`)}${proofs(evidence)}`))]
      : []),
    `${safe(`As the hub knew it at ${explanation.knownAt}`)}: ${link("this feature as a page", `${hubUrl}${featurePath(feature)}`)}`,
  ]
    .join("\n\n")
    .concat("\n");
};
