/** So often what goes on is looked at again. */
const EVERY = "every 5s";

/**
 * Brings a page up to date while something goes on, where scripts run: what changed is morphed in, so that focus and
 * scroll stay. The page without it ends the looking. Without scripts people reload.
 */
export const Live = ({ at }: { readonly at: string }) => (
  <span id="live" hidden hx-get={at} hx-trigger={EVERY} hx-target="#main" hx-select="#main" hx-swap="outerMorph" />
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
