import { ERRORS, type ErrorCode, HubError } from "../../../connector/errors.ts";
import { nearestWord } from "../../../domain/nearest-word.ts";
import { statusOf, titleOf } from "../../api/problem.ts";
import type { PageHandler } from "../page.tsx";
import { sendDoc } from "./docs-page.tsx";

const CODES = Object.keys(ERRORS) as ErrorCode[];

const metWhere = (code: ErrorCode): string => {
  if (statusOf(code) !== 500 || code === "internal_error")
    return `The API and the pages answer it with HTTP status ${statusOf(code)}.`;
  if (/^(vendor|payload|signature|quota|lease)_/.test(code))
    return "It stands at a connection, in its runs, or at a record that was set aside.";
  return "The command line and the start of the hub print it.";
};

/** All codes. */
export const errorsPage: PageHandler = (c, deps) =>
  sendDoc(
    c,
    deps,
    "Errors",
    <div class="doc">
      <h1>Errors</h1>
      <p class="lead">The same codes appear in the API, on the command line, in the log and at connections.</p>
      <dl>
        {CODES.map((code) => (
          <div>
            <dt>
              <a href={`/docs/errors/${code}`}>
                <code>{code}</code>
              </a>
            </dt>
            <dd>{ERRORS[code]}</dd>
          </div>
        ))}
      </dl>
    </div>,
  );

/** One code. */
export const errorCodePage: PageHandler = (c, deps) => {
  const asked = c.req.param("code") ?? "";
  const code = CODES.find((known) => known === asked);
  if (code === undefined) {
    const nearest = nearestWord(asked, CODES);
    const hint = nearest === undefined ? "" : `; did you mean '${nearest}'?`;
    throw new HubError("not_found", `there is no error code '${asked.slice(0, 64)}'${hint}`, { retry: "never" });
  }
  return sendDoc(
    c,
    deps,
    code,
    <div class="doc">
      <h1>{titleOf(code)}</h1>
      <p class="eyebrow">
        <code>{code}</code>
      </p>
      <section>
        <h2>What to do</h2>
        <p>{ERRORS[code]}</p>
      </section>
      <section>
        <h2>Where you meet it</h2>
        <p>{metWhere(code)}</p>
      </section>
      <p>
        <a href="/docs/errors">All codes</a>
      </p>
    </div>,
  );
};
