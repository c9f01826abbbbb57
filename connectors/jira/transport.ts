import type { Client, SendRequestOptions } from "jira.js/core";
import type * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import { refused, type VendorHttp } from "../../shared/connector/http.ts";
import * as endpoints from "./endpoints.ts";

/**
 * Asks Jira by one of the calls that jira.js types, over our own HTTP. What comes back is the body as Jira sent it.
 *
 * @param shape of the answer around the records; the records themselves stay unread
 * @throws HubError as {@link VendorHttp.json}; `details.status` tells Jira's status
 */
export const ask = async <S extends z.ZodType>(
  http: VendorHttp,
  shape: S,
  call: (jira: typeof endpoints, client: Client) => Promise<unknown>,
): Promise<z.output<S>> => {
  const client: Client = { sendRequest: (options) => send(http, options) };
  const answer = await call(endpoints, client);
  const parsed = shape.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new HubError("vendor_answer_unreadable", "Jira answered in another shape than we read", {
    retry: "later",
    cause: parsed.error,
  });
};

/** The status with which Jira refused, if that is what the error says. */
export const statusIn = (error: unknown): number | undefined =>
  error instanceof HubError && typeof error.details["status"] === "number" ? error.details["status"] : undefined;

const send = async <T>(http: VendorHttp, { url, method, body, searchParams }: SendRequestOptions<T>): Promise<T> => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(searchParams ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) query.append(name, String(one));
    }
  }
  const path = url.replace(/^\//, "") + (query.size === 0 ? "" : `?${query}`);
  const response = await http.fetch(path, {
    method: method ?? "GET",
    headers: { accept: "application/json", ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw refused(response, url);
  try {
    // The typed result is never used: `ask` checks the raw body against a shape of its own.
    return (await response.json()) as T;
  } catch (cause) {
    throw new HubError("vendor_answer_unreadable", `${url} did not answer with whole JSON`, { retry: "later", cause });
  }
};

/** What Jira means by refusing a search with 400: a project that it does not know, or hides. */
export const unknownProject = (project: string, cause: unknown): HubError =>
  new HubError("vendor_not_found", `Jira does not know project ${project}, or hides it from this credential`, {
    retry: "never",
    details: { status: 400 },
    cause,
  });
