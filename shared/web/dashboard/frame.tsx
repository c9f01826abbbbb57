import type { Child } from "hono/jsx";
import type { Freshness } from "../freshness.ts";
import { CONNECTION_WORDS } from "../words.ts";
import { HTMX_PATH, ICON_PATH, SCRIPT_PATH, STYLE_PATH } from "./assets/assets.ts";
import { LiveStrip, Reload, ReloadNote } from "./live.tsx";
import type { Preferences } from "./preferences.ts";
import { Moment } from "./time.tsx";
import { Inside, Way } from "./visitor.tsx";

const NAVIGATION = [
  { id: "board", href: "/", word: "Board" },
  { id: "objectives", href: "/objectives", word: "Objectives" },
  { id: "features", href: "/features", word: "Features" },
  { id: "activity", href: "/activity", word: "Activity" },
  { id: "reports", href: "/reports", word: "Reports" },
  { id: "people", href: "/people", word: "People" },
  { id: "review", href: "/review", word: "Review" },
  { id: "connections", href: "/connections", word: "Connections" },
  { id: "docs", href: "/docs", word: "Docs" },
  { id: "settings", href: "/settings", word: "Settings" },
] as const;

type Section = (typeof NAVIGATION)[number]["id"];

export interface FrameProps {
  readonly title: string;
  readonly section?: Section | undefined;
  /** The way down to this page, without the page itself. */
  readonly crumbs?: readonly { readonly href: string; readonly word: string }[] | undefined;
  /** Full width of the window, for the board. */
  readonly wide?: boolean | undefined;
  /** Address of the same page without reloads; absent where it is not loaded again. */
  readonly still?: string | undefined;
  readonly freshness?: Freshness | undefined;
  /** Shown to somebody who holds a link to this page: no way on within the hub. */
  readonly visited?: boolean | undefined;
  readonly demo?: boolean | undefined;
  readonly preferences: Preferences;
  /** In which moments are told; absent where none is. */
  readonly zone?: string | undefined;
  readonly version: string;
  readonly requestId: string;
  readonly children?: Child;
}

/** Holds painting back. In capitals, since Hono leaves the attribute out in small letters; to browsers they are the same. */
const AT_ONCE = { BLOCKING: "render" };

const FreshnessStrip = ({
  freshness: { asOf, fresh, stale, starting, waiting },
}: {
  readonly freshness: Freshness;
}) => {
  const total = fresh.length + stale.length + waiting.length;
  const [first] = stale;
  return (
    <aside id="fresh" class="fresh" aria-label="Data freshness">
      {asOf === null ? (
        <span>No data yet</span>
      ) : (
        <span>
          Data as of <Moment at={asOf} />
        </span>
      )}
      {total > 0 && (
        <Way to="/connections">
          {fresh.length === total ? `all ${total} connections fresh` : `${fresh.length} of ${total} connections fresh`}
          {waiting.length > 0 && `, ${waiting.length} ${waiting.length === 1 ? "waits" : "wait"} for first data`}
        </Way>
      )}
      {first !== undefined && (
        <Way class="behind" to={`/connections/${encodeURIComponent(first.name)}`}>
          {first.title}: {CONNECTION_WORDS[first.state].word.toLowerCase()}
          {first.dataAsOf !== undefined && (
            <>
              , data of <Moment at={first.dataAsOf} />
            </>
          )}
          {stale.length > 1 && ` and ${stale.length - 1} more`}
        </Way>
      )}
      {starting.length > 0 && (
        <span>
          First sync running
          <Inside>
            <LiveStrip />
          </Inside>
        </span>
      )}
    </aside>
  );
};

/** The document around every page. */
export const Frame = (props: FrameProps) => (
  <html
    lang="en"
    class={props.preferences.theme === "system" ? undefined : props.preferences.theme}
    data-keys={props.preferences.keys ? undefined : "off"}
  >
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${props.title} · Throughline`}</title>
      <link rel="stylesheet" href={STYLE_PATH} />
      {/* Tables and columns find their widths by all that is in them: painted in parts, they would move. */}
      <link rel="expect" href="#end" {...AT_ONCE} />
      <meta name="htmx-config" content='{"includeIndicatorCSS":false}' />
      <script src={HTMX_PATH} defer />
      <script src={SCRIPT_PATH} defer />
      <link rel="icon" type="image/svg+xml" href={ICON_PATH} />
      {props.still !== undefined && <Reload />}
    </head>
    <body>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <Way class="brand" to="/">
          <svg viewBox="0 0 24 12" aria-hidden="true">
            <path d="M1 6h22" />
            <circle cx="5" cy="6" r="3" />
            <circle cx="15" cy="6" r="4" />
          </svg>
          Throughline
        </Way>
        <Inside>
          <nav aria-label="Main">
            {NAVIGATION.map(({ id, href, word }) => (
              <a href={href} aria-current={props.section === id ? "page" : undefined}>
                {word}
              </a>
            ))}
          </nav>
          <search class="search">
            <form action="/search">
              <label class="vh" for="search">
                Search
              </label>
              <input id="search" type="search" name="q" placeholder="Search" maxlength={200} />
            </form>
          </search>
        </Inside>
      </header>
      {props.visited && (
        <aside class="demo" aria-label="Shared page">
          You see this page as anyone with the link does.
        </aside>
      )}
      {props.freshness && <FreshnessStrip freshness={props.freshness} />}
      {props.demo && (
        <aside class="demo" aria-label="Demo">
          Demo workspace: a made-up company, read from simulated tools.
        </aside>
      )}
      {props.crumbs && !props.visited && (
        <nav class="crumbs" aria-label="Breadcrumb">
          {props.crumbs.map(({ href, word }) => (
            <>
              <a href={href}>{word}</a>
              <span aria-hidden="true">/</span>
            </>
          ))}
          <span aria-current="page">{props.title}</span>
        </nav>
      )}
      <main id="main" tabindex={-1} class={props.wide ? "wide" : undefined}>
        {props.still !== undefined && <ReloadNote still={props.still} />}
        {props.children}
      </main>
      <p id="say" class="vh" role="status" />
      <footer class="end">
        <span>Throughline {props.version}</span>
        <Inside>
          <a href="/docs">Documentation</a>
          <a href="/docs/api">API</a>
        </Inside>
        {props.zone !== undefined && <Way to="/me">Times are {props.zone}</Way>}
        <Inside>
          {" "}
          <a href="/pm">For product managers</a>
          <a href="/po">For product owners</a>
          <a href="/releases">Releases</a>
          <a href="/settings/views">Saved views</a>
          <a href="/status">Status</a>
        </Inside>
        <span>
          Request <code>{props.requestId}</code>
        </span>
      </footer>
      <span id="end" hidden />
    </body>
  </html>
);
