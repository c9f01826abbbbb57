import { type Limits, limitsIn } from "../../shared/connector/limits.ts";

/** LaunchDarkly tells several budgets at once: what is least is left. https://launchdarkly.com/docs/api#section/Overview/Rate-limiting */
export const limits = (headers: Headers, now: number): Limits | undefined => {
  const told = ["global", "route", "auth-token"].flatMap((which) => {
    const text = headers.get(`x-ratelimit-${which}-remaining`) ?? "";
    return /^\d{1,9}$/.test(text) ? [Number(text)] : [];
  });
  return told.length === 0 ? undefined : { ...limitsIn(headers, now), remaining: Math.min(...told) };
};
