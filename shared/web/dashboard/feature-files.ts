import { HubError } from "../../connector/errors.ts";
import { csvOf } from "../../report/render/csv.ts";
import { link, safe } from "../../report/render/markdown.ts";
import type { FeatureView } from "../../store/views.ts";
import { pastMoment, viewsAt } from "../as-of.ts";
import { featurePath } from "../feature-address.ts";
import { BADGE_WORDS, HEALTH_WORDS, STAGE_STATE_WORDS, STAGE_WORDS, toolName } from "../words.ts";
import { featureQuery } from "./feature-query.ts";
import { viewOf } from "./features-page.tsx";
import { address } from "./link.tsx";
import type { PageHandler } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { BLOCKS } from "./role-blocks.ts";
import { safeHref } from "./safe-href.ts";
import { dayText } from "./time.tsx";

const ROWS = 1000;
const COLUMNS = [
  "id",
  "key",
  "name",
  "products",
  "stage",
  "in_stage_since",
  "health",
  "owner",
  "target_date",
  "done",
  "total",
  "tickets",
  "updated_at",
  "url",
] as const;

/** The table as CSV with the same filters, 1,000 rows a file; `Link` leads to the next. */
export const featuresCsv: PageHandler = async (c, deps) => {
  const url = new URL(c.req.url);
  const products = await deps.views.products();
  const query = await featureQuery(url, products, deps);
  const { only } = viewOf(url);
  const block = only === undefined ? undefined : BLOCKS.get(only);
  const now = query.at === undefined ? deps.now() : new Date(query.at);
  const scope = { route: "page.features.csv", filters: { ...query.parameters, only } };
  const { items, next } = await viewsAt(deps, query.at).features(
    query.filter,
    placeOf(deps, scope, query.cursor),
    ROWS,
  );
  const slugs = new Map(products.map(({ id, slug }) => [id, slug]));
  const rowOf = (feature: FeatureView) => {
    const { explanation, progress, owner } = feature;
    return [
      feature.id,
      feature.key ?? "",
      feature.name,
      feature.productIds.flatMap((id) => slugs.get(id) ?? []).join(" "),
      explanation.headline ?? "none",
      explanation.since ?? "",
      feature.health.value,
      owner?.name ?? "",
      feature.targetDate ?? "",
      progress.done,
      progress.total,
      feature.tickets ?? 0,
      feature.updatedAt,
      `${deps.url()}${featurePath(feature)}`,
    ];
  };
  const cursor = linkCursor(deps, scope, next);
  if (cursor !== undefined)
    c.header("Link", `<${address("/features.csv", { ...query.parameters, only, cursor })}>; rel="next"`);
  c.header("Content-Type", "text/csv; charset=utf-8");
  c.header("Content-Disposition", 'attachment; filename="features.csv"');
  c.header("Cache-Control", "private, no-cache");
  const rows = items.filter((feature) => block === undefined || block.fits(feature, now));
  return c.body(csvOf([COLUMNS, ...rows.map(rowOf)], true));
};

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
    `Stage: **${safe(stage)}**${headline === null ? "" : ` (${safe(state)})`}${since === null ? "" : safe(` since ${dayText(since)}`)}`,
    `Health: **${safe(HEALTH_WORDS[health.value].word)}**${safe(health.derived.reasons.length > 0 ? `: ${health.derived.reasons.join("; ")}` : "")}`,
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

/** A feature as Markdown: the address of its page with `.md`. */
export const featureMarkdown: PageHandler = async (c, deps) => {
  const asked = (c.req.param("key") ?? "").slice(0, -".md".length);
  const at = pastMoment(c.req.query("as_of") || undefined, deps);
  const feature = await viewsAt(deps, at).feature(asked);
  if (feature === undefined)
    throw new HubError("feature_unknown", `there is no feature ${asked.slice(0, 64)}`, { retry: "never" });
  c.header("Cache-Control", "private, no-cache");
  return c.body(featureMarkdownOf(feature, deps.url()), 200, { "Content-Type": "text/markdown; charset=utf-8" });
};
