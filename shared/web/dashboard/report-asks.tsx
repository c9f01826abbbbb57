import { HubError } from "../../connector/errors.ts";
import { maskedRecipient } from "../../report/settings.ts";
import { asksOf, type ReportAsk } from "../../store/report-asks.ts";
import { may } from "../access/identity.ts";
import { askForRun, askForTest, ownAddress } from "../access/report-asks.ts";
import type { WebDeps } from "../web-deps.ts";
import { answerForm, oneOf, PostForm, tokenOf } from "./form.tsx";
import { Live } from "./live.tsx";
import type { PageContext } from "./page.tsx";
import type { FormHandler } from "./settings/form.tsx";
import { Moment } from "./time.tsx";

const STATE_WORDS: Readonly<Record<ReportAsk["state"], string>> = {
  waiting: "waiting for the next check of the schedules",
  taken: "running",
  done: "done",
  failed: "failed",
  unknown: "delivery not confirmed",
};

/** What somebody may ask of a report beside its schedule, and what became of what was asked. */
export const askParts = async (c: PageContext, deps: WebDeps, report: string) => {
  const identity = c.get("identity");
  if (!may(identity, "reports:run")) return null;
  const [own, asks] = await Promise.all([ownAddress(deps, identity), asksOf(deps.table, report)]);
  const token = tokenOf(c, deps);
  const to = `/reports/${report}`;
  const mine = asks.filter(({ by }) => by.id === identity.id);
  return (
    <section aria-labelledby="ask">
      <h2 id="ask">Now</h2>
      <PostForm to={to} does="run" token={token} label="Run now">
        <button type="submit">Run and send now</button>
        <span class="quiet">to recipients who have not received the report for the last full period</span>
      </PostForm>
      {(own !== undefined || may(identity, "admin")) && (
        <PostForm to={to} does="test" token={token} label="Send a test">
          <label>
            <span>Mail address</span>
            <input type="email" name="to" value={own} required readonly={own !== undefined} maxlength={254} />
          </label>
          <button type="submit">Send a test to me</button>
        </PostForm>
      )}
      {mine.length > 0 && (
        <ul class="plain" role="status">
          {mine.map(({ what, to: recipient, at, state, reason }) => (
            <li>
              {what === "run" ? "Run" : `Test to ${maskedRecipient(recipient ?? "").replace("email:", "")}`}, asked{" "}
              <Moment at={at} />: {STATE_WORDS[state]}
              {reason !== undefined && <span class="quiet sub">{reason}</span>}
            </li>
          ))}
        </ul>
      )}
      {mine.some(({ state }) => state === "waiting" || state === "taken") && <Live at={to} />}
    </section>
  );
};

/** The forms of a report's page. */
export const reportForm: FormHandler = (c, deps, fields) =>
  answerForm(c, fields, async ({ field, identity }) => {
    const name = c.req.param("id") ?? "";
    const does = oneOf("does", field("does"), ["run", "test"] as const);
    const ask =
      does === "run" ? await askForRun(deps, identity, name) : await askForTest(deps, identity, name, field("to"));
    if (ask === undefined)
      throw new HubError("report_unknown", `no report is called "${name.slice(0, 60)}"`, { retry: "never" });
    return `/reports/${encodeURIComponent(name)}`;
  });
