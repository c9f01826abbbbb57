import { type Child, createContext, useContext } from "hono/jsx";

/** Whether a page is shown to somebody who holds a link to it, and nothing else of the hub. */
export const Visitor = createContext(false);

/** What leads on within the hub or changes something: not for whoever holds a link to this page alone. */
export const Inside = ({ children }: { readonly children?: Child }) => (useContext(Visitor) ? null : children);

/** A link of the frame; to such a visitor its words alone. */
export const Way = (props: { readonly to: string; readonly class?: string; readonly children?: Child }) =>
  useContext(Visitor) ? (
    <span class={props.class}>{props.children}</span>
  ) : (
    <a class={props.class} href={props.to}>
      {props.children}
    </a>
  );
