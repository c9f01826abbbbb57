import { FIGURES, type Figure } from "../../flow/figures.ts";
import type { FlowView } from "../../store/flow-views.ts";
import { Sparkline } from "./charts/sparkline.tsx";
import { Outside } from "./link.tsx";

const SHOWN_AT_MOST = 5;

const FigureLine = ({ figure }: { readonly figure: Figure }) => (
  <li>
    <details>
      <summary>
        {figure.text}{" "}
        {figure.weeks.length > 1 && (
          <Sparkline points={figure.weeks.map(({ week, value }) => ({ at: week, value }))} unit="a week" />
        )}
      </summary>
      <p class="quiet">{FIGURES[figure.id].definition}</p>
      <ul>
        {figure.evidence.slice(0, SHOWN_AT_MOST).map(({ name, url, value }) => (
          <li>
            <Outside href={url}>{name}</Outside>
            {value !== undefined && <span class="quiet"> {value}</span>}
          </li>
        ))}
      </ul>
    </details>
  </li>
);

/** Figures of flow and delivery in words, each with its definition and the records that weigh most in it. */
export const FlowSection = ({ flow, json }: { readonly flow: FlowView; readonly json: string }) => {
  const measured = flow.figures.filter(({ count }) => count > 0);
  return (
    <section aria-labelledby="flow">
      <h2 id="flow">Flow and delivery</h2>
      {measured.length === 0 ? (
        <p class="quiet">Nothing was started, finished or deployed in the last {flow.weeks} weeks.</p>
      ) : (
        <ul class="records">
          {measured.map((figure) => (
            <FigureLine figure={figure} />
          ))}
        </ul>
      )}
      <p class="quiet">
        The last {flow.weeks} full weeks · <a href={json}>As JSON</a>
      </p>
    </section>
  );
};
