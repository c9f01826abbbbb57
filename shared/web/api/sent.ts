import { parseJson } from "../../connector/body.ts";
import { HubError } from "../../connector/errors.ts";

/** What an operation may be sent, in bytes. */
const BODY_AT_MOST = 256 * 1024;

/**
 * The body of a request that changes something; undefined where there is none. Only JSON: a form of another site's page
 * cannot send it without being asked first.
 *
 * @throws HubError unsupported_media_type | payload_too_large | invalid_body
 */
export const sentIn = async (request: Request): Promise<unknown> => {
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.byteLength > BODY_AT_MOST)
    throw new HubError("payload_too_large", `a body may have ${BODY_AT_MOST} bytes`, { retry: "never" });
  const type = (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json" && (bytes.byteLength > 0 || (type ?? "") !== ""))
    throw new HubError("unsupported_media_type", "the body must be JSON", { retry: "never" });
  if (bytes.byteLength === 0) return undefined;
  try {
    // Not too deep either: what checks it goes down with it.
    return parseJson(bytes);
  } catch (error) {
    throw new HubError("invalid_body", "the body is not valid JSON, or nested too deep", {
      retry: "never",
      cause: error,
    });
  }
};
