import { Inside } from "./visitor.tsx";

/** So often what goes on is looked at again. */
const EVERY = "every 5s";
/** So often without scripts, where all of the page comes anew. */
const RELOAD_SECONDS = 15;
/** In the address of a page that stays as it is. */
const STILL = "still";

/**
 * Brings a page up to date while something goes on, where scripts run: what changed is morphed in, so that focus and
 * scroll stay. The page without it ends the looking.
 */
export const Live = ({ at }: { readonly at: string }) => (
  <Inside>
    <span id="live" hidden hx-get={at} hx-trigger={EVERY} hx-target="#main" hx-select="#main" hx-swap="outerMorph" />
  </Inside>
);

/** The same for the strip above every page; asked of a page that is small and open to everybody. */
export const LiveStrip = () => (
  <span
    id="live-strip"
    hidden
    hx-get="/me"
    hx-trigger={EVERY}
    hx-target="#fresh"
    hx-select="#fresh"
    hx-swap="outerMorph"
  />
);

/** The same page without reloads; undefined where somebody asked for that already. */
export const stillAt = (url: URL): string | undefined => {
  if (url.searchParams.has(STILL)) return undefined;
  const search = new URLSearchParams(url.search);
  search.set(STILL, "1");
  return `${url.pathname}?${search}`;
};

/** For the head of a page on which nothing can be typed: browsers without scripts load it again. */
export const Reload = () => (
  <noscript>
    <meta http-equiv="refresh" content={String(RELOAD_SECONDS)} />
  </noscript>
);

/** Says so, and how to end it: who reads slowly must not lose their place. */
export const ReloadNote = ({ still }: { readonly still: string }) => (
  <noscript>
    <p class="quiet">
      While data is being read, this page reloads every {RELOAD_SECONDS} seconds. <a href={still}>Stop reloading</a>
    </p>
  </noscript>
);
