import { getCookie } from "hono/cookie";
import { isZone } from "../../domain/day.ts";
import type { PageContext } from "./page.tsx";

export const THEMES = ["system", "light", "dark"] as const;

/** How somebody wants pages to be; kept in cookies of that browser alone. */
export interface Preferences {
  readonly theme: (typeof THEMES)[number];
  /** Whether single keys do something. */
  readonly keys: boolean;
  /** IANA name; undefined: that of the hub. */
  readonly zone: string | undefined;
}

/** What the cookies say; whatever they hold, the answer is one of ours. */
export const preferencesOf = (c: PageContext): Preferences => {
  const zone = getCookie(c, "zone");
  return {
    theme: THEMES.find((theme) => theme === getCookie(c, "theme")) ?? "system",
    keys: getCookie(c, "keys") !== "off",
    zone: zone !== undefined && isZone(zone) ? zone : undefined,
  };
};
