import type { Entity } from "../../domain/entity.ts";
import type { ConnectionView } from "../../store/views.ts";
import { toolName } from "../words.ts";
import { LineChart, type Mark, MarkList, type Point } from "./charts/line-chart.tsx";
import { Outside } from "./link.tsx";
import { Nothing } from "./needs-connection.tsx";
import { Day } from "./time.tsx";

/** Records whose moments stand as marks on the charts of a feature. */
export interface Around {
  readonly releases: readonly Entity<"release">[];
  readonly deployments: readonly Entity<"deployment">[];
  readonly flags: readonly Entity<"featureFlag">[];
  readonly experiments: readonly Entity<"experiment">[];
  readonly campaigns: readonly Entity<"campaign">[];
}

/** What happened to a feature in other tools while it was measured, oldest first. */
export const marksOf = ({ releases, deployments, flags, experiments, campaigns }: Around): Mark[] => {
  const mark = (what: Mark["what"], at: string | undefined, text: string, url: string): Mark[] =>
    at === undefined ? [] : [{ at, what, text, url }];
  return [
    ...releases.flatMap(({ fields, source }) =>
      mark("release", fields.publishedAt, `release ${fields.name}`, source.url),
    ),
    ...deployments.flatMap(({ fields, source }) =>
      fields.environment.category === "production" && fields.result.category === "success"
        ? mark("release", fields.finishedAt, `deployed to ${fields.environment.detail}`, source.url)
        : [],
    ),
    ...flags.flatMap(({ fields, source }) =>
      fields.environments
        .filter(({ category }) => category === "production")
        .flatMap(({ changedAt, on, rolloutPercent = 100 }) =>
          mark("flag", changedAt, `flag ${fields.key} ${on ? `at ${rolloutPercent} %` : "off"}`, source.url),
        ),
    ),
    ...experiments.flatMap(({ fields, source }) => [
      ...mark("experiment", fields.startedAt, `experiment ${fields.name} began`, source.url),
      ...mark("experiment", fields.endedAt, `experiment ${fields.name} ended`, source.url),
    ]),
    ...campaigns.flatMap(({ fields, source }) =>
      mark("campaign", fields.sentAt, `campaign ${fields.name}`, source.url),
    ),
  ].sort((a, b) => (a.at < b.at ? -1 : 1));
};

/** Values over everybody; an interval that is not over says too little and is left out. */
const pointsOf = ({ fields }: Entity<"metric">): Point[] =>
  (fields.points ?? [])
    .filter(({ isPartial, segment }) => isPartial !== true && segment === undefined)
    .map(({ at, value }) => ({ at, value }))
    .sort((a, b) => (a.at < b.at ? -1 : 1));

const Steps = ({ metric: { fields } }: { readonly metric: Entity<"metric"> }) => (
  <ol class="lines">
    {(fields.steps ?? []).map(({ name, count, ofFirst }) => (
      <li>
        {name}: {count.toLocaleString("en-GB")}
        {ofFirst !== undefined && (
          <>
            {" "}
            <meter min={0} max={1} value={ofFirst} aria-label={`${name}: share of the first step`} />{" "}
            {`${Math.round(ofFirst * 100)} %`}
          </>
        )}
      </li>
    ))}
  </ol>
);

/** What a feature is measured by, each metric as a chart with marks of releases, flags, experiments and campaigns. */
export const FeatureNumbers = ({
  metrics,
  around,
  connections,
}: {
  readonly metrics: readonly Entity<"metric">[];
  readonly around: Around;
  readonly connections: readonly ConnectionView[];
}) => {
  const days = metrics.flatMap((metric) => pointsOf(metric).map(({ at }) => at)).sort();
  const [first = "", last = ""] = [days[0], days.at(-1)];
  const marks = marksOf(around).filter(({ at }) => at >= first && at <= last);
  return (
    <section aria-labelledby="numbers">
      <h2 id="numbers">Numbers</h2>
      {metrics.length === 0 && (
        <Nothing
          connections={connections}
          kinds={["metric"]}
          what="an analytics"
          none="No metric is linked to this feature. Name its key in the metric, or link them."
        />
      )}
      {metrics.map((metric, at) => (
        <article class="number">
          <h3>{metric.fields.name}</h3>
          {metric.fields.steps !== undefined && metric.fields.steps.length > 0 ? (
            <Steps metric={metric} />
          ) : (
            <LineChart
              id={`m-${at}`}
              title={metric.fields.name}
              unit={metric.fields.unit}
              series={[{ name: metric.fields.name, points: pointsOf(metric) }]}
              marks={marks}
            />
          )}
          <p class="quiet">
            <Outside href={metric.source.url}>{toolName(metric.source.tool)}</Outside>
            {metric.fields.query !== undefined && ` · ${metric.fields.query}`} · data of{" "}
            <Day at={metric.sourceUpdatedAt} />
          </p>
        </article>
      ))}
      {marks.length > 0 && <MarkList marks={marks} />}
    </section>
  );
};
