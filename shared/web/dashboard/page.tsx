import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { CallerStatus } from "../api/problem.ts";
import { isNamedIn, weakTag } from "../entity-tag.ts";
import { freshness } from "../freshness.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";
import { Frame, type FrameProps } from "./frame.tsx";
import { stillAt } from "./live.tsx";
import { preferencesOf } from "./preferences.ts";
import { Zone } from "./time.tsx";
import { Visitor } from "./visitor.tsx";

export type PageContext = Context<WebEnv>;

export type PageHandler = (c: PageContext, deps: WebDeps) => Promise<Response> | Response;

interface About extends Pick<FrameProps, "title" | "section" | "crumbs" | "wide"> {
  /** Something goes on that it shows, and nothing can be typed on it: without scripts it is loaded again. */
  readonly reloads?: boolean | undefined;
}

/** An element as a whole document. The request id differs each time and says nothing about the page: no part of the tag. */
export const sendDocument = (c: PageContext, element: { toString(): unknown }, status: 200 | CallerStatus | 500) => {
  const html = `<!doctype html>${String(element)}`;
  c.header("Cache-Control", status === 200 ? "private, no-cache" : "no-store");
  c.header("Vary", "Accept-Encoding, Authorization, Cookie");
  if (status !== 200) return c.html(html, status);
  const etag = weakTag(html.replaceAll(c.get("requestId"), ""));
  c.header("ETag", etag);
  return isNamedIn(c.req.header("if-none-match"), etag) ? c.body(null, 304) : c.html(html);
};

/** Answers with a page inside the frame of all pages. */
export const sendPage = async (
  c: PageContext,
  deps: WebDeps,
  { reloads = false, ...about }: About,
  content: Child,
): Promise<Response> => {
  const preferences = preferencesOf(c);
  const zone = preferences.zone ?? deps.timezone ?? "UTC";
  const fresh = await freshness(deps);
  const isVisited = c.env?.sharedAs !== undefined;
  return sendDocument(
    c,
    <Zone.Provider value={zone}>
      <Visitor.Provider value={isVisited}>
        <Frame
          {...about}
          visited={isVisited}
          still={reloads && !isVisited ? stillAt(new URL(c.req.url)) : undefined}
          freshness={fresh}
          demo={deps.demo}
          preferences={preferences}
          zone={zone}
          version={deps.version}
          requestId={c.get("requestId")}
        >
          {content}
        </Frame>
      </Visitor.Provider>
    </Zone.Provider>,
    200,
  );
};
