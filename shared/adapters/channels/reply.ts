import { HubError } from "../../connector/errors.ts";

/** What another side's refusal of all we send means: who must do something, and when the same may succeed. */
export const refusal = (who: string, what: string, status: number): HubError => {
  const message = `${who} answered ${what}`;
  const details = { status };
  if (status === 401) return new HubError("vendor_auth_expired", message, { retry: "never", details });
  if (status === 403) return new HubError("vendor_forbidden", message, { retry: "never", details });
  if (status === 404 || status === 410) return new HubError("vendor_not_found", message, { retry: "never", details });
  return new HubError("vendor_answer_unreadable", message, { retry: "later", details });
};
