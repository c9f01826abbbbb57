import { STAGES } from "../../domain/stage.ts";
import type { ProductView } from "../../store/views.ts";
import type { NamedObjective } from "../api/objective-filter.ts";
import { HEALTH_WORDS, STAGE_WORDS } from "../words.ts";
import { AsOfInput } from "./as-of-banner.tsx";
import type { FeatureQuery } from "./feature-query.ts";
import { address } from "./link.tsx";
import { BLOCKS } from "./role-blocks.ts";
import { TimeTravel } from "./time-travel.tsx";
import { Inside } from "./visitor.tsx";

interface FiltersProps {
  readonly action: "/" | "/features";
  readonly view: "board" | "table" | "timeline";
  readonly query: FeatureQuery;
  readonly products: readonly ProductView[];
  /** To choose from. */
  readonly objectives: readonly NamedObjective[];
  readonly lastReport: string | undefined;
  /** The last day that can be asked for. */
  readonly today: string;
}

type Choice = readonly [value: string, word: string];

const HEALTHS: readonly Choice[] = Object.entries(HEALTH_WORDS).map(([value, { word }]) => [value, word]);
const STAGE_CHOICES: readonly Choice[] = [...STAGES, "none" as const].map((stage) => [stage, STAGE_WORDS[stage]]);

/** A choice among values of one parameter, or all. */
export const Select = (props: {
  name: string;
  label: string;
  all: string;
  chosen: string | undefined;
  choices: readonly Choice[];
}) => {
  // Several values at once can stand in an address, but a select shows one.
  const together = props.chosen?.includes(",") ? props.chosen : undefined;
  const choices: readonly Choice[] = together === undefined ? props.choices : [...props.choices, [together, "Several"]];
  return (
    <label>
      <span>{props.label}</span>
      <select name={props.name}>
        <option value="">{props.all}</option>
        {choices.map(([value, word]) => (
          <option value={value} selected={props.chosen === value}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
};

const WORDS_OF: Readonly<Record<string, string>> = { q: "text", only: "question", as_of: "as of" };

/** The one that was chosen stands among them, though there are more than are offered. */
const withChosen = (offered: readonly NamedObjective[], chosen: NamedObjective | undefined) =>
  chosen === undefined || offered.some(({ id }) => id === chosen.id) ? offered : [...offered, chosen];

/** The filters of board and table: a plain form, so that the address holds the whole state of the view. */
export const FeatureFilters = ({
  action,
  view,
  query: { parameters, objective },
  products,
  objectives,
  lastReport,
  today,
}: FiltersProps) => (
  <Inside>
    <div class="tools">
      <details class="folded" open={Object.values(parameters).some(Boolean)}>
        <summary>Filters and time</summary>
        <form class="filters" action={action} aria-label="Filters">
          {products.length > 1 && (
            <Select
              name="product"
              label="Product"
              all="All products"
              chosen={parameters.product}
              choices={products.map(({ slug, name }) => [slug, name])}
            />
          )}
          {(objectives.length > 0 || objective !== undefined) && (
            <Select
              name="objective"
              label="Objective"
              all="Any objective"
              chosen={parameters.objective}
              choices={withChosen(objectives, objective).map(({ id, title }) => [id, title])}
            />
          )}
          {view === "timeline" && <input type="hidden" name="view" value="timeline" />}
          {view !== "board" && (
            <Select name="stage" label="Stage" all="All stages" chosen={parameters.stage} choices={STAGE_CHOICES} />
          )}
          <Select name="health" label="Health" all="Any health" chosen={parameters.health} choices={HEALTHS} />
          <label>
            <span>Name or key</span>
            <input type="search" name="q" value={parameters.q} maxlength={200} />
          </label>
          <label>
            <span>Owner</span>
            <input name="owner" value={parameters.owner} maxlength={200} />
          </label>
          <AsOfInput name="as_of" label="As of" value={parameters.as_of} today={today} />
          {view === "board" && (
            <AsOfInput name="compare" label="Compare with" value={parameters.compare} today={today} />
          )}
          <button type="submit">Apply</button>
          {Object.values(parameters).some(Boolean) && (
            <>
              <a class="reset" href={address(action, { view: view === "timeline" ? view : undefined })}>
                Reset
              </a>
              <a
                class="reset"
                href={address("/settings/views", {
                  address: address(action, {
                    ...parameters,
                    as_of: undefined,
                    compare: undefined,
                    ...(view === "timeline" && { view }),
                  }),
                })}
              >
                Save view
              </a>
            </>
          )}
        </form>
        <TimeTravel
          path={action}
          parameters={{ ...parameters, ...(view === "timeline" && { view }) }}
          name={view === "board" ? "compare" : "as_of"}
          today={today}
          lastReport={lastReport}
        />
      </details>
      <nav class="switch" aria-label="View">
        <a
          href={address("/", { ...parameters, stage: undefined })}
          aria-current={view === "board" ? "true" : undefined}
        >
          Board
        </a>
        <a
          href={address("/features", { ...parameters, compare: undefined })}
          aria-current={view === "table" ? "true" : undefined}
        >
          Table
        </a>
        <a
          href={address("/", { ...parameters, compare: undefined, view: "timeline" })}
          aria-current={view === "timeline" ? "true" : undefined}
        >
          Timeline
        </a>
      </nav>
    </div>
  </Inside>
);

/** Said when filters leave nothing, with a way to take each of them back. */
export const NothingMatches = ({
  action,
  parameters,
}: {
  readonly action: "/" | "/features";
  /** Of the address; those that filter are offered to be removed. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
}) => {
  const healthWord = parameters["health"]
    ?.split(",")
    .map((value) => HEALTHS.find(([known]) => known === value)?.[1])
    .join(", ");
  const stageWord = parameters["stage"]
    ?.split(",")
    .map((value) => STAGE_CHOICES.find(([known]) => known === value)?.[1])
    .join(", ");
  const words = {
    product: parameters["product"],
    objective: parameters["objective"],
    stage: stageWord,
    health: healthWord,
    owner: parameters["owner"],
    only: BLOCKS.get(parameters["only"] ?? "")?.title,
    q: parameters["q"],
    as_of: parameters["as_of"],
  };
  return (
    <section class="empty">
      <h2>No feature matches</h2>
      <p>Remove one of the filters:</p>
      <ul class="chips">
        {Object.entries(words).flatMap(([name, word]) =>
          word ? (
            <li>
              <a
                href={address(action, { ...parameters, [name]: undefined })}
              >{`${WORDS_OF[name] ?? name}: ${word} ×`}</a>
            </li>
          ) : (
            []
          ),
        )}
      </ul>
    </section>
  );
};
