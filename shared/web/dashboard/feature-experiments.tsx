import type { Entity } from "../../domain/entity.ts";
import { decisionWords, resultWords } from "../../domain/experiment-outcome.ts";
import { type TrustLimits, trustOf } from "../../domain/experiment-trust.ts";
import type { ConnectionView } from "../../store/views.ts";
import { detailWords, toolName } from "../words.ts";
import { numeral } from "./charts/figure.tsx";
import { Outside } from "./link.tsx";
import { Nothing } from "./needs-connection.tsx";
import { Scroll } from "./scroll.tsx";

const DAY_MS = 86_400_000;

const percent = (share: number): string => `${share > 0 ? "+" : ""}${numeral(share * 100)} %`;

/** Days that an experiment ran, up to its end or now. */
const daysRun = ({ fields: { startedAt, endedAt } }: Entity<"experiment">, now: Date): string =>
  startedAt === undefined
    ? "not started"
    : `${Math.max(0, Math.floor(((endedAt === undefined ? now.getTime() : Date.parse(endedAt)) - Date.parse(startedAt)) / DAY_MS))} d`;

/** People in each variation, with the share that each has and should have. */
const sampleText = ({ fields: { snapshot, variations } }: Entity<"experiment">): string => {
  if (snapshot === undefined) return "no sample yet";
  const total = snapshot.users.reduce((sum, { users }) => sum + users, 0);
  return snapshot.users
    .map(({ variation, users }) => {
      const named = variations.find(({ key }) => key === variation);
      const wanted = named?.share === undefined ? "" : ` of ${Math.round(named.share * 100)} %`;
      const share = total === 0 ? 0 : Math.round((users / total) * 100);
      return `${named?.name ?? variation}: ${users.toLocaleString("en-GB")} (${share} %${wanted})`;
    })
    .join(", ");
};

const Results = ({ experiment: { fields } }: { readonly experiment: Entity<"experiment"> }) => {
  // What others are compared with says nothing by itself.
  const results = (fields.snapshot?.results ?? []).filter(
    ({ lift, interval, chanceToWin }) => interval !== undefined || chanceToWin !== undefined || (lift ?? 0) !== 0,
  );
  if (results.length === 0) return null;
  const named = new Map(fields.variations.map(({ key, name }) => [key, name]));
  return (
    <Scroll label={`Results of ${fields.name}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Variation</th>
            <th scope="col" class="num">
              Change
            </th>
            <th scope="col" class="num">
              Interval
            </th>
            <th scope="col" class="num">
              Chance to win
            </th>
          </tr>
        </thead>
        <tbody>
          {results.map(({ metric, role, variation, lift, interval, confidence, chanceToWin }) => (
            <tr>
              <th scope="row">
                {metric} <span class="quiet sub">{role}</span>
              </th>
              <td>{named.get(variation) ?? variation}</td>
              <td class="num">{lift !== undefined && percent(lift)}</td>
              <td class="num">
                {interval === undefined ? (
                  <span class="quiet">not reported</span>
                ) : (
                  `${percent(interval[0])} to ${percent(interval[1])}`
                )}
                {interval !== undefined && confidence !== undefined && (
                  <span class="quiet sub">{Math.round(confidence * 100)} %</span>
                )}
              </td>
              <td class="num">{chanceToWin !== undefined && `${Math.round(chanceToWin * 100)} %`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
};

/** Each experiment: how far it is, whether its sample can be trusted, what it found, and what is to be decided. */
export const FeatureExperiments = ({
  experiments,
  limits,
  connections,
  now,
}: {
  readonly experiments: readonly Entity<"experiment">[];
  readonly limits: TrustLimits;
  readonly connections: readonly ConnectionView[];
  readonly now: Date;
}) => (
  <section aria-labelledby="experiments">
    <h2 id="experiments">Experiments</h2>
    {experiments.length === 0 && (
      <Nothing
        connections={connections}
        kinds={["experiment"]}
        what="an experiment"
        none="No experiments are linked to this feature."
      />
    )}
    {experiments.map((experiment) => {
      const { name, status, snapshot } = experiment.fields;
      const trust = snapshot && trustOf(snapshot, limits);
      return (
        <article>
          <h3>
            <Outside href={experiment.source.url}>{name}</Outside>{" "}
            <span class={`pill ${status.category}`}>{detailWords(status)}</span>
          </h3>
          <dl class="facts inline">
            <div>
              <dt>Ran</dt>
              <dd>{daysRun(experiment, now)}</dd>
            </div>
            <div>
              <dt>Sample</dt>
              <dd>
                {sampleText(experiment)}
                {trust?.isSkewed && <span class="h off_track sub">Sample ratio mismatch: do not trust the result</span>}
                {trust?.isMixed && (
                  <span class="h off_track sub">
                    {trust.mixed} of {trust.people} people saw more than one variation: do not trust the result
                  </span>
                )}
              </dd>
            </div>
            <div>
              <dt>Result</dt>
              <dd>{resultWords(experiment.fields) ?? "none yet"}</dd>
            </div>
            <div>
              <dt>Decision</dt>
              <dd>
                {decisionWords(experiment)}
                <span class="quiet sub">{toolName(experiment.source.tool)}</span>
              </dd>
            </div>
          </dl>
          <Results experiment={experiment} />
        </article>
      );
    })}
  </section>
);
