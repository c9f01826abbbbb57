import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import { refused, type VendorHttp } from "../../shared/connector/http.ts";

const Failure = z.looseObject({ err: z.string().nullish(), message: z.string().nullish() });
/** In Figma's words: `Invalid scope: … This endpoint requires the file_comments:read scope`. */
const SCOPE = /\b([a-z_]+:(?:read|write))\b/g;

/**
 * One call to Figma. It answers 403 to a token that ended and to one that may not; its words tell which.
 *
 * @throws HubError as {@link VendorHttp.json}
 */
export const ask = async <S extends z.ZodType>(
  http: VendorHttp,
  shape: S,
  path: string,
  sent?: { readonly method: "POST" | "PUT"; readonly body: unknown },
): Promise<z.output<S>> => {
  const response = await http.fetch(path.replace(/^\//, ""), {
    method: sent?.method ?? "GET",
    headers: { accept: "application/json", ...(sent && { "content-type": "application/json" }) },
    ...(sent && { body: JSON.stringify(sent.body) }),
  });
  const text = await response.text().catch((cause: unknown) => {
    throw new HubError("vendor_unreachable", "Figma's answer broke off", { retry: "later", cause });
  });
  if (!response.ok) throw failure(response, path, text);
  const told = shape.safeParse(json(text));
  if (told.success) return told.data;
  throw new HubError("vendor_answer_unreadable", `${path.split("?", 1)[0]} answered in another shape than we read`, {
    retry: "later",
    cause: told.error,
  });
};

const failure = (response: Response, path: string, text: string): HubError => {
  if (response.status !== 403) return refused(response, path);
  const { err, message } = Failure.safeParse(json(text)).data ?? {};
  const words = err ?? message ?? "";
  if (/token/i.test(words) && !/scope/i.test(words))
    return new HubError("vendor_auth_expired", "Figma does not take the token", { retry: "never" });
  const scopes = [...new Set([...words.matchAll(SCOPE)].map(([scope]) => scope))];
  if (scopes.length === 0) return refused(response, path);
  return new HubError("vendor_forbidden", `${path.split("?", 1)[0]} needs the scope ${scopes.join(" or ")}`, {
    retry: "never",
    details: { status: 403 },
  });
};

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
