import { getCookie, setCookie } from "hono/cookie";
import { type Instant, instant } from "../../domain/instant.ts";
import type { PageContext } from "./page.tsx";

/** Whoever comes back within this time still looks at the same news. */
const VISIT_MS = 30 * 60_000;
const YEAR_SECONDS = 365 * 86_400;
const COOKIE = "seen";

const momentOf = (text: string | undefined): Instant | undefined =>
  text === undefined || Number.isNaN(Date.parse(text)) ? undefined : instant(text);

/**
 * When this browser looked at the activity before; undefined at the first visit. The cookie holds the visit before and
 * the one that lasts.
 */
export const lastVisit = (c: PageContext, now: Date): Instant | undefined => {
  const [before, latest] = (getCookie(c, COOKIE) ?? "").split("~").map(momentOf);
  const isNew = latest === undefined || now.getTime() - Date.parse(latest) > VISIT_MS;
  const shown = isNew ? latest : before;
  setCookie(c, COOKIE, `${shown ?? ""}~${now.toISOString()}`, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    maxAge: YEAR_SECONDS,
  });
  return shown;
};
