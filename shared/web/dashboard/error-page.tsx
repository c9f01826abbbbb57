import { type ErrorCode, HubError } from "../../connector/errors.ts";
import { sentenceOf, statusOf, titleOf } from "../api/problem.ts";
import type { WebDeps } from "../web-deps.ts";
import { Frame } from "./frame.tsx";
import { type PageContext, sendDocument } from "./page.tsx";
import { preferencesOf } from "./preferences.ts";

/** Where a code's own words are meant for programs: what people see of it. */
const PAGE_WORDS: Readonly<Partial<Record<ErrorCode, { readonly title: string; readonly fix: string }>>> = {
  not_found: { title: "Page not found", fix: "Check the address, or search for what you are looking for." },
  invalid_body: {
    title: "The form needs a correction",
    fix: "Go back, correct the field and send the form again. Nothing was changed.",
  },
};

/** The page of a failure. It reads nothing from the store: that may be what failed. */
export const errorPage = (c: PageContext, deps: WebDeps, failure: HubError): Response => {
  const status = statusOf(failure.code);
  const shown = status === 500 ? new HubError("internal_error", failure.message, { retry: "later" }) : failure;
  const { title, fix } = PAGE_WORDS[shown.code] ?? { title: titleOf(shown.code), fix: shown.fix };
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
      <p>{fix}</p>
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
