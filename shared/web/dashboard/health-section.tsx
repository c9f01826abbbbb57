import type { FeatureView, HealthDimension } from "../../store/views.ts";
import { HEALTH_WORDS } from "../words.ts";
import { Health } from "./health.tsx";
import { Outside } from "./link.tsx";
import { Day } from "./time.tsx";

const TITLES: Readonly<Record<HealthDimension["name"], string>> = {
  schedule: "Schedule",
  scope: "Scope",
  flow: "Flow",
  quality: "Quality",
  experiment: "Experiment",
  support: "Support",
  adoption: "Adoption",
  freshness: "Freshness",
};

const Aspect = ({ name, level, text, value, threshold, evidence, dataAt }: HealthDimension) => (
  <li>
    <span class="what">
      <span>
        <b>{TITLES[name]}</b> {level !== "not_applicable" && <Health value={level} />}
      </span>
      <span class="quiet">
        {value !== undefined && value}
        {value !== undefined && threshold !== undefined && ` (expected: ${threshold})`}
      </span>
    </span>
    <span>{text}</span>{" "}
    <span class="quiet">
      {evidence.map((url, index) => (
        <>
          {index > 0 && " · "}
          <Outside href={url}>{`Record ${index + 1}`}</Outside>
        </>
      ))}
      {dataAt !== undefined && (
        <>
          {evidence.length > 0 && " · "}data of <Day at={dataAt} />
        </>
      )}
    </span>
  </li>
);

const Foreseen = ({ p50, p85, basis }: NonNullable<FeatureView["health"]["forecast"]>) => (
  <p>
    {p50 === null ? (
      <>
        Forecast: <b>not done within 104 weeks</b>, at the rate that work is added
      </>
    ) : (
      <>
        Forecast: half of all simulations finish by <b>{p50}</b>, 85 %{" "}
        {p85 === null ? (
          "later than in 104 weeks"
        ) : (
          <>
            by <b>{p85}</b>
          </>
        )}
      </>
    )}{" "}
    <span class="quiet">({basis})</span>
  </p>
);

/** Each aspect of a feature's health with what was measured and its proof. */
export const HealthSection = ({ health }: Pick<FeatureView, "health">) => {
  const { dimensions = [], forecast, derived } = health;
  const judged = dimensions.filter(({ level }) => level !== "not_applicable");
  const left = dimensions.filter(({ level }) => level === "not_applicable");
  return (
    <section aria-labelledby="health">
      <h2 id="health">Health</h2>
      <p class="verdict">
        Signals say: {HEALTH_WORDS[derived.value].word.toLowerCase()} <span class="quiet">rule {derived.rule}</span>
      </p>
      {forecast != null && <Foreseen {...forecast} />}
      <ul class="records">
        {judged.map((one) => (
          <Aspect {...one} />
        ))}
      </ul>
      {left.length > 0 && (
        <p class="quiet">
          Not judged: {left.map(({ name, text }) => `${TITLES[name].toLowerCase()} (${text})`).join(", ")}.
        </p>
      )}
    </section>
  );
};
