import type { Child } from "hono/jsx";
import type { WebDeps } from "../../web-deps.ts";
import { type PageContext, type PageHandler, sendPage } from "../page.tsx";

const PAGES = [
  { href: "/docs/stages", word: "Stages", about: "How the stage of a feature is decided: states, rules, confidence." },
  { href: "/docs/events", word: "Events", about: "Every event with when it fires and the shape of its data." },
  { href: "/docs/api", word: "API", about: "Every operation with its parameters and a command to try it." },
  { href: "/docs/errors", word: "Errors", about: "Every error code with what to do about it." },
] as const;

/** A page of the documentation, inside the frame of all pages. */
export const sendDoc = (c: PageContext, deps: WebDeps, title: string, content: Child): Promise<Response> =>
  sendPage(
    c,
    deps,
    {
      title,
      section: "docs",
      crumbs: title === "Documentation" ? undefined : [{ href: "/docs", word: "Documentation" }],
    },
    content,
  );

/** What there is to read. */
export const docsPage: PageHandler = (c, deps) =>
  sendDoc(
    c,
    deps,
    "Documentation",
    <div class="doc">
      <h1>Documentation</h1>
      <section>
        <dl>
          {PAGES.map(({ href, word, about }) => (
            <div>
              <dt>
                <a href={href}>{word}</a>
              </dt>
              <dd>{about}</dd>
            </div>
          ))}
        </dl>
      </section>
      <p class="quiet">
        For programs: <a href="/openapi.json">OpenAPI 3.1</a> · <a href="/.well-known/api-catalog">API catalogue</a>
      </p>
    </div>,
  );
