import { type Explanation, STAGES } from "../../domain/stage.ts";
import { BADGE_WORDS, STAGE_STATE_WORDS, STAGE_WORDS } from "../words.ts";
import { Outside } from "./link.tsx";
import { Scroll } from "./scroll.tsx";
import { Day, Moment } from "./time.tsx";

const percent = (confidence: number): string => `${Math.round(confidence * 100)} %`;

/** A rule with its page; rules that the config brings have none of their own and share the page's top. */
const Rule = ({ id }: { readonly id: string }) => (
  <a href={/^R\d+b?$/.test(id) ? `/docs/stages#${id.toLowerCase()}` : "/docs/stages"}>{id}</a>
);

const Proof = ({ evidence }: { readonly evidence: readonly string[] }) => (
  <>
    {evidence.map((url, place) => (
      <>
        {" "}
        <Outside href={url}>{evidence.length === 1 ? "Source" : `Source ${place + 1}`}</Outside>
      </>
    ))}
  </>
);

const Verdict = ({ headline, state, since, confidence, stages, disposition }: Explanation) => {
  if (headline === null) return <p class="verdict">No stage yet: no visible evidence supports one.</p>;
  const { rule } = stages[headline];
  const word = STAGE_STATE_WORDS[state].word.toLowerCase();
  return (
    <p class="verdict">
      {disposition === "open" ? "In " : `${disposition === "sunset" ? "Sunset" : "Cancelled"}, was in `}
      <b>{STAGE_WORDS[headline]}</b> ({word})
      {since !== null && (
        <>
          {" "}
          since <Day at={since} />
        </>
      )}
      , {percent(confidence)} sure.
      {rule !== undefined && (
        <>
          {" "}
          Rule <Rule id={rule} /> decided it.
        </>
      )}
    </p>
  );
};

const Path = ({ path }: { readonly path: Explanation["path"] }) => (
  <ol class="path">
    {path.map(({ headline, at }) => (
      <li>
        {STAGE_WORDS[headline ?? "none"]}{" "}
        <span class="quiet">
          from <Day at={at} />
        </span>
      </li>
    ))}
  </ol>
);

const Trace = ({ explanation }: { readonly explanation: Explanation }) => (
  <details>
    <summary>How this was computed</summary>
    <Scroll label="State of each stage">
      <table>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
            <th scope="col" class="num">
              Confidence
            </th>
            <th scope="col">Rule</th>
            <th scope="col">Evidence</th>
          </tr>
        </thead>
        <tbody>
          {STAGES.map((stage) => {
            const { state, since, confidence, rule } = explanation.stages[stage];
            const lines = explanation.because.filter((line) => line.stage === stage);
            return (
              <tr>
                <th scope="row">{STAGE_WORDS[stage]}</th>
                <td>
                  {STAGE_STATE_WORDS[state].mark} {STAGE_STATE_WORDS[state].word}
                </td>
                <td>{since !== undefined && <Day at={since} />}</td>
                <td class="num">{state === "not_started" || state === "unknown" ? "" : percent(confidence)}</td>
                <td>{rule !== undefined && <Rule id={rule} />}</td>
                <td>
                  {lines.map(({ text, evidence }) => (
                    <div>
                      {text}
                      <Proof evidence={evidence} />
                    </div>
                  ))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
    {explanation.path.length > 0 && (
      <>
        <h3>Headline over time</h3>
        <Path path={explanation.path} />
      </>
    )}
    <p class="quiet">
      Rule set {explanation.ruleSet}, as of <Moment at={explanation.asOf} />, from what was known at{" "}
      <Moment at={explanation.knownAt} />.
      {explanation.nextChangeAt !== null && (
        <>
          {" "}
          Time alone can change it from <Moment at={explanation.nextChangeAt} /> on.
        </>
      )}
    </p>
  </details>
);

/** Why, why not yet, who says otherwise, what cannot be seen; and the whole trace for who wants it. */
export const StageReasons = ({ explanation }: { readonly explanation: Explanation }) => {
  const { headline, because, notYet, conflicts, unknown, badges } = explanation;
  const leading = because.filter(({ stage }) => stage === headline);
  const shown = leading.length > 0 ? leading : because;
  return (
    <section aria-labelledby="why">
      <h2 id="why">Why this stage</h2>
      <Verdict {...explanation} />
      {badges.length > 0 && (
        <ul class="chips">
          {badges.map((badge) => (
            <li>{BADGE_WORDS[badge]}</li>
          ))}
        </ul>
      )}
      <ul class="reasons">
        {shown.map(({ text, evidence, at }) => (
          <li class="yes">
            <span class="tag">Because</span>{" "}
            <span>
              {text}{" "}
              <span class="quiet">
                <Day at={at} />
              </span>
              <Proof evidence={evidence} />
            </span>
          </li>
        ))}
        {conflicts.map(({ claim, against, evidence }) => (
          <li class="clash">
            <span class="tag">Conflict</span>{" "}
            <span>
              {claim}, against {against}
              <Proof evidence={evidence} />
            </span>
          </li>
        ))}
        {notYet.map(({ stage, missing }) => (
          <li class="not">
            <span class="tag">Not yet</span>{" "}
            <span>
              <b>{STAGE_WORDS[stage]}</b>: {missing.join("; ")}
            </span>
          </li>
        ))}
        {unknown.map((line) => (
          <li class="blind">
            <span class="tag">Cannot see</span> <span>{line}</span>
          </li>
        ))}
      </ul>
      <Trace explanation={explanation} />
    </section>
  );
};
