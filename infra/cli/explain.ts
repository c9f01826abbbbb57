import { planAgrees } from "../../shared/domain/plan-agrees.ts";
import { demandKnownThen } from "../../shared/store/known-then.ts";
import type { Dependency } from "../../shared/store/plan-past.ts";
import type { EvidenceLine, FeatureView, Views } from "../../shared/store/views.ts";
import { explanationJson } from "../../shared/web/api/feature-json.ts";
import { AS_OF, momentOf } from "./as-of.ts";
import { type Command, text } from "./command.ts";
import { featureNamed } from "./feature-named.ts";
import { bold, HEALTH, json, plain, reading, strip } from "./show.ts";

export const explain: Command = {
  usage: "throughline explain <key or name> [--as-of D]",
  does: "why a feature is where it is, what is missing for the next stage, who says otherwise, what cannot be seen",
  options: AS_OF,
  words: [1, 1],
  run: (call) =>
    reading(call, async (views, timezone) => {
      const key = call.words[0] ?? "";
      const at = momentOf(call, "as-of", timezone);
      // Whatever it was called then, it is found by its names of today.
      const present = await featureNamed(views, key);
      const view = at === undefined ? present : await views.asOf(at).feature(present.id);
      if (view === undefined) {
        await demandKnownThen(views, present.id, at);
        return;
      }
      if (call.json) return json(call, explanationJson(view));
      call.terminal.out(await inWords(views, view, text(call.values, "as-of") === undefined));
    }),
};

/** The answer that a colleague would give, with proof: text for the terminal. @param isNow what waits for what is kept as it is now alone */
export const inWords = async (views: Views, view: FeatureView, isNow = true): Promise<string> => {
  const { explanation: why } = view;
  const [dependencies, moves] = await Promise.all([
    isNow ? views.dependencies(view.id) : [],
    views.targetMoves(view.id),
  ]);
  const proven = (told: string, evidence: readonly string[]) =>
    [plain(told), ...evidence.map((url) => `    ${plain(url)}`)].join("\n");
  return [
    ...headOf(view),
    ...section("Health", healthOf(view, proven)),
    ...section(
      "Because",
      why.because.map(({ stage, rule, text, evidence }) => proven(`${stage}: ${text} [${rule}]`, evidence)),
    ),
    ...section(
      "Not yet",
      why.notYet.map(({ stage, missing }) => `${stage}: ${missing.map(plain).join("; ")}`),
    ),
    ...section(
      "Who says otherwise",
      why.conflicts.map(({ claim, against, evidence }) => proven(`${claim}, but ${against}`, evidence)),
    ),
    ...section("Cannot see", why.unknown.map(plain)),
    ...section("Waits for", waitsOf(dependencies, "blocked_by")),
    ...section("Others wait for it", waitsOf(dependencies, "blocks")),
    ...section(
      "Its target moved",
      moves.filter(({ at }) => at <= why.asOf).map(({ at, from, to }) => `from ${from} to ${to} on ${at.slice(0, 10)}`),
    ),
    ...section("Also known as", (view.names ?? []).map(named)),
    ...section("Linked", await linkedTo(views, view)),
    "",
  ].join("\n");
};

/** What anybody asks first: where it stands, since when, how sure, what its plan says, how it is. */
const headOf = (view: FeatureView): string[] => {
  const { explanation: why, health, status } = view;
  const since = why.since === null ? "" : ` since ${why.since.slice(0, 10)}`;
  const stage = why.headline ?? "no stage yet";
  const ended = why.disposition === "open" ? "" : `${why.disposition}, was `;
  const badges = why.badges.map((badge) => badge.replaceAll("_", " "));
  const reasons = health.derived.reasons.map(plain).join("; ");
  const declared =
    health.declared === undefined ? "" : `; its owner says ${health.declared.value.replaceAll("_", " ")}`;
  return [
    bold(`${plain(view.key ?? view.id)}  ${plain(view.name)}`),
    `${strip(view)}  ${ended}${stage} (${why.state.replaceAll("_", " ")})${since}, confidence ${why.confidence.toFixed(2)}`,
    ...(badges.length > 0 ? [`Marks: ${badges.join(", ")}`] : []),
    planLine(status, why),
    `${HEALTH[health.value]}${reasons === "" ? "" : `: ${reasons}`}${declared}`,
  ];
};

/** What the plan says, beside what the evidence shows: as a contradiction only where it is one. */
const planLine = (
  { category, detail }: FeatureView["status"],
  why: Pick<FeatureView["explanation"], "headline" | "state" | "disposition">,
): string => {
  const shown = why.headline === null ? "no stage yet" : `${why.headline} ${why.state.replaceAll("_", " ")}`;
  const said = `Its plan says “${plain(detail)}”`;
  const agrees = planAgrees(category, why);
  if (agrees === undefined) return `${said}, the evidence says ${shown}`;
  return agrees ? `${said}, and the evidence agrees: ${shown}` : `${said}, but the evidence says ${shown}`;
};

const LEVELS = { ...HEALTH, not_applicable: "" } as const;

/** Every aspect of health, and when it will be done. */
const healthOf = (
  { health: { dimensions = [], forecast } }: FeatureView,
  proven: (text: string, evidence: readonly string[]) => string,
): string[] => [
  ...dimensions
    .filter(({ level }) => level !== "not_applicable")
    .map(({ name, level, text, evidence }) => proven(`${name}: ${LEVELS[level]}, ${text}`, evidence)),
  ...(forecast == null ? [] : [`forecast: ${forecastLine(forecast)}`]),
];

const forecastLine = ({ p50, p85, basis }: NonNullable<FeatureView["health"]["forecast"]>): string =>
  p50 === null
    ? `not done within 104 weeks, at the rate that work is added (${basis})`
    : `half of all simulations finish by ${p50}, 85 % ${p85 === null ? "later than in 104 weeks" : `by ${p85}`} (${basis})`;

const named = ({ name, tool, key, url }: NonNullable<FeatureView["names"]>[number]): string =>
  `${plain(name)} in ${tool}${key === undefined ? "" : ` (${plain(key)})`}\n    ${plain(url)}`;

/** What is not settled, by the feature that it belongs to, with both records. */
const waitsOf = (found: readonly Dependency[], way: Dependency["way"]): string[] =>
  found
    .filter((one) => one.way === way && !one.isSettled)
    .map(({ own, other, feature }) => {
      const status = other.status === undefined ? "" : `, ${plain(other.status.detail)}`;
      const record = plain(other.key ?? other.name ?? other.id);
      const whole = feature === undefined ? record : `${plain(feature.name)} (${record})`;
      return `${whole}${status}: ${plain(own.key ?? own.name ?? own.id)}\n    ${plain(other.url ?? "")}`;
    });

/** Records shown by name per tool and kind; the page and the API have all. */
const NAMED_AT_MOST = 3;
const READ_AT_MOST = 1000;

/** The records that speak about it, by tool and kind, and how sure the least sure way to them is. */
const linkedTo = async (views: Views, { id }: FeatureView): Promise<string[]> => {
  const groups = new Map<string, EvidenceLine[]>();
  let after: string | undefined;
  let read = 0;
  do {
    const page = await views.evidence(id, after, 200);
    for (const line of page.items) {
      const group = `${line.tool} ${line.kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
      groups.set(group, [...(groups.get(group) ?? []), line]);
    }
    read += page.items.length;
    after = page.next;
  } while (after !== undefined && read < READ_AT_MOST);
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, lines]) => {
      const [first, ...more] = lines.toSorted((a, b) => b.confidence - a.confidence || (a.at < b.at ? 1 : -1));
      const names = [first, ...more]
        .slice(0, NAMED_AT_MOST)
        .map((line) => (line === undefined ? "" : `“${plain(line.name)}”`))
        .join(", ");
      const least = Math.min(...lines.map(({ confidence }) => confidence));
      const sure = least < 1 ? `, from ${least.toFixed(2)} sure` : "";
      return `${group}: ${lines.length}${sure}: ${names}${lines.length > NAMED_AT_MOST ? ", …" : ""}`;
    });
};

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ["", bold(title), ...lines.map((line) => `  ${line}`)];
