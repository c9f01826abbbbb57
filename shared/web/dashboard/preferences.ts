import { getCookie } from "hono/cookie";
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

export const isZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** What the cookies say; whatever they hold, the answer is one of ours. */
export const preferencesOf = (c: PageContext): Preferences => {
  const zone = getCookie(c, "zone");
  return {
    theme: THEMES.find((theme) => theme === getCookie(c, "theme")) ?? "system",
    keys: getCookie(c, "keys") !== "off",
    zone: zone !== undefined && isZone(zone) ? zone : undefined,
  };
};
