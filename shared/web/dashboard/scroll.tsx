import type { Child } from "hono/jsx";

/** A wide thing that scrolls by itself, so that the page never does; named and focusable for the keyboard. */
export const Scroll = ({ label, children }: { readonly label: string; readonly children?: Child }) => (
  <section class="scroll" aria-label={label} tabindex={0}>
    {children}
  </section>
);
