import { STAGE_STATES, STAGES, TIERS } from "../../../domain/stage.ts";
import { BADGE_WORDS, STAGE_STATE_WORDS, STAGE_WORDS } from "../../words.ts";
import type { PageHandler } from "../page.tsx";
import { Scroll } from "../scroll.tsx";
import { sendDoc } from "./docs-page.tsx";
import { STAGE_RULES } from "./stage-rules.ts";

/** How the stage of a feature is decided. */
export const stagesPage: PageHandler = (c, deps) =>
  sendDoc(
    c,
    deps,
    "Stages",
    <>
      <h1>How stages are decided</h1>
      <p class="lead">
        Every feature has eight stages at once: {STAGES.map((stage) => STAGE_WORDS[stage]).join(", ")}. The headline is
        the furthest one whose evidence is sure enough; the board shows it there.
        {deps.ruleSet !== undefined && ` The rule set in force is ${deps.ruleSet}.`}
      </p>
      <section aria-labelledby="states">
        <h2 id="states">States of a stage</h2>
        <Scroll label="States">
          <table>
            <thead>
              <tr>
                <th scope="col">Mark</th>
                <th scope="col">State</th>
                <th scope="col">Means</th>
              </tr>
            </thead>
            <tbody>
              {STAGE_STATES.map((state) => (
                <tr id={state}>
                  <td>{STAGE_STATE_WORDS[state].mark}</td>
                  <th scope="row">{STAGE_STATE_WORDS[state].word}</th>
                  <td>{STAGE_STATE_WORDS[state].means}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </section>
      <section aria-labelledby="rules">
        <h2 id="rules">Rules</h2>
        <Scroll label="Rules of each stage">
          <table>
            <thead>
              <tr>
                <th scope="col">Rule</th>
                <th scope="col">Stage</th>
                <th scope="col">Entered when any of these holds</th>
                <th scope="col">Done when</th>
                <th scope="col">Undone by</th>
              </tr>
            </thead>
            <tbody>
              {STAGE_RULES.map(({ id, stage, entered, done, ended }) => (
                <tr id={id.toLowerCase()}>
                  <th scope="row">{id}</th>
                  <td>{STAGE_WORDS[stage]}</td>
                  <td>{entered}</td>
                  <td>{done}</td>
                  <td>{ended}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
        <p id="r6b">
          <b>R6b</b>: deployed to production while every flag is at 0 % leaves the headline at testing, with the mark “
          {BADGE_WORDS.deployed_dark}”.
        </p>
        <p id="r9">
          <b>R9</b>: sunset once its flag is archived and its code removed; cancelled once declared so with no observed
          fact for 30 days. Both keep the stage that they had.
        </p>
      </section>
      <section aria-labelledby="confidence">
        <h2 id="confidence">Confidence</h2>
        <p>
          Each tool counts once, with its best piece of evidence: the weight of its kind times how sure the link to the
          feature is. Tools that agree add up; a stage is established from 70 %, vision and strategy from 50 %.
        </p>
        <ul class="chips">
          {Object.entries(TIERS).map(([tier, weight]) => (
            <li>
              {tier} {Math.round(weight * 100)} %
            </li>
          ))}
        </ul>
        <p class="quiet">
          Observed beats what a workflow says, that beats what a person asserts, that beats a plan field. A source that
          is stale makes its stage unknown; it never leaves it green.
        </p>
      </section>
    </>,
  );
