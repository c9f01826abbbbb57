import { address } from "../link.tsx";
import type { PageContext } from "../page.tsx";

/** Any origin: it only shows whether an address leaves it. */
const HERE = "http://here.invalid";

/** Where to go on after a sign-in: an address within the hub, else its first page. Never another site. */
export const nextAddress = (told: string | undefined): string => {
  if (told === undefined || !told.startsWith("/") || !URL.canParse(told, HERE)) return "/";
  const { origin, pathname, search } = new URL(told, HERE);
  // Two slashes, however they are written, would be a host.
  if (origin !== HERE || /^\/[/\\]/.test(pathname) || /^\/(?:login|logout)(?:\/|$)/.test(pathname)) return "/";
  return `${pathname}${search}`;
};

/** The page that asks who it is, and leads back to the one that was wanted. */
export const loginAddress = (c: PageContext): string => {
  const { pathname, search } = new URL(c.req.url);
  return address("/login", { next: pathname === "/" && search === "" ? undefined : `${pathname}${search}` });
};
