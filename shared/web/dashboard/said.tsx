import { type Assertion, endOf, runs, SAYS_OF_STAGE, type Update } from "../../domain/assertion.ts";
import { HEALTH_VALUES } from "../../domain/entity.ts";
import { STAGES } from "../../domain/stage.ts";
import { REASON_AT_MOST, TEXT_AT_MOST } from "../sayings.ts";
import { HEALTH_WORDS, STAGE_WORDS } from "../words.ts";
import { PostForm } from "./form.tsx";
import { Health } from "./health.tsx";
import { Day, Moment } from "./time.tsx";
import { Inside } from "./visitor.tsx";

const DAY_MS = 86_400_000;
const SAYS_WORDS = { enter: "is in", not: "is not in", skip: "skips" } as const;

/** A form's place: the page that it stands on, and the token that it carries. */
interface At {
  readonly to: string;
  readonly token: string;
}

const HealthChoice = ({ none }: { readonly none?: string }) => (
  <label>
    <span>Health</span>
    <select name="health">
      {none !== undefined && <option value="">{none}</option>}
      {HEALTH_VALUES.map((value) => (
        <option value={value}>{HEALTH_WORDS[value].word}</option>
      ))}
    </select>
  </label>
);

const Reason = () => (
  <label>
    <span>Reason (visible to everyone)</span>
    <input name="reason" required maxlength={REASON_AT_MOST} />
  </label>
);

/** Days only, so that the page stays the same all day. */
const Until = ({ now }: { readonly now: Date }) => {
  const day = (days: number) => new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10);
  return (
    <label>
      <span>Valid until the end of</span>
      <input type="date" name="expires_at" required min={day(0)} max={day(365)} />
    </label>
  );
};

const said = (assertion: Assertion): string => {
  const told = assertion.said;
  if (told.about === "health") return HEALTH_WORDS[told.value].word;
  return `${SAYS_WORDS[told.says]} ${STAGE_WORDS[told.stage]}`;
};

const AssertionLine = ({ assertion, now }: { readonly assertion: Assertion; readonly now: string }) => {
  const { by, reason, at, clearedBy } = assertion;
  const isRunning = runs(assertion, now);
  return (
    <li>
      <span class="what">
        <span>
          <b>{by.name}</b>: {said(assertion)}. {reason}
        </span>
        {!isRunning && <span class="pill">ended</span>}
      </span>
      <span class="quiet">
        said on <Day at={at} />, {isRunning ? "until" : "ended"} <Day at={endOf(assertion)} />
        {!isRunning && clearedBy !== undefined && ` by ${clearedBy.name}`}
      </span>
    </li>
  );
};

export const UpdateLines = ({ updates }: { readonly updates: readonly Update[] }) => (
  <ul class="records">
    {updates.map(({ health, text, by, at }, place) => {
      const before = updates.slice(place + 1).find((one) => one.health !== undefined)?.health;
      return (
        <li>
          <span class="what">
            <b>{by.name}</b>
            {health !== undefined && (
              <span>
                <Health value={health} />
                {before !== undefined && before !== health && (
                  <span class="quiet"> was {HEALTH_WORDS[before].word.toLowerCase()}</span>
                )}
              </span>
            )}
          </span>
          <p class="said">{text}</p>
          <span class="quiet">
            <Moment at={at} />
          </span>
        </li>
      );
    })}
  </ul>
);

export const UpdateForm = ({ to, token }: At) => (
  <PostForm to={to} does="update" token={token} label="Post update">
    <HealthChoice none="no health update" />
    <label class="long">
      <span>What is new</span>
      <textarea name="text" required maxlength={TEXT_AT_MOST} rows={2} />
    </label>
    <button type="submit">Post update</button>
  </PostForm>
);

/** What people say of a feature, as theirs; and the forms to say more, or to take it back. */
export const SaidSection = (props: {
  readonly at: At;
  readonly version: number;
  readonly assertions: readonly Assertion[];
  readonly updates: readonly Update[];
  readonly now: Date;
}) => {
  const { at, version, assertions, updates, now } = props;
  const running = assertions.filter((one) => runs(one, now.toISOString()));
  const shown = [...running, ...assertions.filter((one) => !running.includes(one)).slice(-3)].reverse();
  return (
    <section aria-labelledby="said">
      <h2 id="said">What people say</h2>
      {shown.length > 0 && (
        <ul class="records">
          {shown.map((assertion) => (
            <AssertionLine assertion={assertion} now={now.toISOString()} />
          ))}
        </ul>
      )}
      {updates.length > 0 && <UpdateLines updates={updates} />}
      {shown.length + updates.length === 0 && (
        <p class="quiet">Nobody has posted an update or set a stage or health yet.</p>
      )}
      <Inside>
        {" "}
        <details>
          <summary>Post update</summary>
          <UpdateForm {...at} />
        </details>
        <details>
          <summary>Set stage or health</summary>
          <p class="quiet">
            It is shown under your name next to what the tools say, expires by itself and hides nothing.
          </p>
          <PostForm {...at} does="stage" label="Set stage">
            <input type="hidden" name="version" value={String(version)} />
            <label>
              <span>This feature</span>
              <select name="polarity">
                {SAYS_OF_STAGE.map((word) => (
                  <option value={word}>{SAYS_WORDS[word]}</option>
                ))}
              </select>
            </label>
            <label>
              <span>Stage</span>
              <select name="stage">
                {STAGES.map((stage) => (
                  <option value={stage}>{STAGE_WORDS[stage]}</option>
                ))}
              </select>
            </label>
            <Reason />
            <Until now={now} />
            <button type="submit">Set stage</button>
          </PostForm>
          <PostForm {...at} does="health" label="Set health">
            <input type="hidden" name="version" value={String(version)} />
            <HealthChoice />
            <Reason />
            <Until now={now} />
            <button type="submit">Set health</button>
          </PostForm>
          {running.map(({ said: { about } }) => (
            <PostForm {...at} does={`clear_${about}`} label={`Withdraw the ${about}`}>
              <input type="hidden" name="version" value={String(version)} />
              <button type="submit">Withdraw the {about}</button>
            </PostForm>
          ))}
        </details>
      </Inside>
    </section>
  );
};
