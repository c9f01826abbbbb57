import * as z from "zod";
import type { ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { refused } from "../../shared/connector/http.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import { type Config, siteOf } from "./config.ts";

type Context = ReadContext<Config>;

/**
 * What Mixpanel's clock says, which decides what is due: a call that costs nothing of the query budget, and tells
 * whether the credential is good.
 */
export const vendorNow = async ({ http }: Context): Promise<Instant> => {
  const path = "api/app/me";
  const response = await http.fetch(path, { headers: { accept: "application/json" } });
  await response.body?.cancel();
  if (!response.ok) throw refused(response, path);
  const now = maybeInstant(response.headers.get("date"));
  if (now !== undefined) return now;
  throw new HubError("vendor_answer_unreadable", `${path} answered without a date`, { retry: "later" });
};

/** One call of the query API: it counts against the 60 of the hour. */
export const query = <S extends z.ZodType>(
  { http, config }: Context,
  shape: S,
  path: string,
  parameters: Readonly<Record<string, string | undefined>>,
  method: "GET" | "POST" = "GET",
): Promise<z.output<S>> => {
  const search = new URLSearchParams({ project_id: config.projectId });
  if (config.workspaceId !== undefined) search.set("workspace_id", config.workspaceId);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) search.set(name, value);
  return http.json(shape, method, `api/query/${path}?${search}`);
};

const Listed = z.looseObject({ status: z.literal("ok"), results: z.array(z.looseObject({})) });
const One = z.looseObject({ status: z.literal("ok"), results: z.looseObject({}) });

/** A list of the app API; it is given whole. */
export const appList = async ({ http }: Context, path: string): Promise<readonly object[]> =>
  (await http.json(Listed, "GET", `api/app/${path}`)).results;

/** One record of the app API, or undefined if there is none of that id. */
export const appRecord = async ({ http }: Context, path: string): Promise<object | undefined> => {
  try {
    return (await http.json(One, "GET", `api/app/${path}`)).results;
  } catch (error) {
    if (error instanceof HubError && error.code === "vendor_not_found") return undefined;
    throw error;
  }
};

/** The records inside an answer of the app API's own lists. */
export const listed = (answer: unknown): readonly unknown[] | undefined => Listed.safeParse(answer).data?.results;

/** What no answer says of where it is from. */
export const placeOf = (config: Config) => ({
  projectId: config.projectId,
  ...(config.workspaceId !== undefined && { workspaceId: config.workspaceId }),
  site: siteOf(config),
  timeZone: config.timeZone,
});
