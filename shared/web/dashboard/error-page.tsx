import { HubError } from "../../connector/errors.ts";
import { sentenceOf, statusOf, titleOf } from "../api/problem.ts";
import type { WebDeps } from "../web-deps.ts";
import { Frame } from "./frame.tsx";
import { type PageContext, sendDocument } from "./page.tsx";
import { preferencesOf } from "./preferences.ts";

/** The page of a failure. It reads nothing from the store: that may be what failed. */
export const errorPage = (c: PageContext, deps: WebDeps, failure: HubError): Response => {
  const status = statusOf(failure.code);
  const shown = status === 500 ? new HubError("internal_error", failure.message, { retry: "later" }) : failure;
  const title = shown.code === "not_found" ? "Page not found" : titleOf(shown.code);
  return sendDocument(
    c,
    <Frame
      title={title}
      preferences={preferencesOf(c)}
      version={deps.version}
      demo={deps.demo}
      requestId={c.get("requestId")}
    >
      <p class="eyebrow">Error {status}</p>
      <h1>{title}</h1>
      <p class="lead">{sentenceOf(shown)}</p>
      <p>{shown.fix}</p>
      <p>
        <a href={`/docs/errors/${shown.code}`}>
          About <code>{shown.code}</code>
        </a>{" "}
        · <a href="/">To the board</a>
      </p>
      <p class="quiet">
        When you ask about this, quote request <code>{c.get("requestId")}</code>.
      </p>
    </Frame>,
    status,
  );
};
