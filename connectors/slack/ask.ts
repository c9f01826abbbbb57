import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import type { VendorHttp } from "../../shared/connector/http.ts";

const Answer = z.looseObject({ ok: z.boolean(), error: z.string().nullish(), needed: z.string().nullish() });

const ENDED: ReadonlySet<string> = new Set([
  "invalid_auth",
  "not_authed",
  "account_inactive",
  "token_revoked",
  "token_expired",
]);
const HIDDEN: ReadonlySet<string> = new Set(["missing_scope", "not_in_channel", "access_denied", "no_permission"]);

/**
 * One call of the Web API. Slack answers 200 to everything that it understood: its body tells what failed.
 *
 * @throws HubError as {@link VendorHttp.json}
 */
export const ask = async <S extends z.ZodType>(
  http: VendorHttp,
  shape: S,
  method: string,
  query: Readonly<Record<string, string>> = {},
): Promise<z.output<S>> => {
  const told = await http.json(Answer, "GET", `/${method}?${new URLSearchParams(query)}`);
  if (!told.ok) throw failure(method, told.error ?? "", told.needed ?? undefined);
  const parsed = shape.safeParse(told);
  if (parsed.success) return parsed.data;
  throw new HubError("vendor_answer_unreadable", `${method} answered in another shape than we read`, {
    retry: "later",
    cause: parsed.error,
  });
};

const failure = (method: string, error: string, needed: string | undefined): HubError => {
  const word = /^[a-z_]{1,60}$/.test(error) ? error : "another error";
  const never = { retry: "never", details: { word } } as const;
  if (ENDED.has(error)) return new HubError("vendor_auth_expired", `Slack does not take the token: ${word}`, never);
  if (error === "missing_scope" && needed !== undefined && /^[a-z:.,_ ]{1,200}$/.test(needed))
    return new HubError("vendor_forbidden", `${method} needs the scope ${needed}`, never);
  if (error === "not_in_channel")
    return new HubError("vendor_forbidden", "the app is not in the channel: /invite it there", never);
  if (HIDDEN.has(error)) return new HubError("vendor_forbidden", `${method} answered ${word}`, never);
  if (error === "channel_not_found")
    return new HubError("vendor_not_found", "there is no such channel, or the app is not in it", never);
  if (error === "ratelimited")
    return new HubError("vendor_rate_limited", `${method} asks to wait`, { retry: { afterSeconds: 60 } });
  return new HubError("vendor_answer_unreadable", `${method} answered ${word}`, { retry: "later", details: { word } });
};
