import * as z from "zod";
import type { ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { refused } from "../../shared/connector/http.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import type { Config } from "./config.ts";
import { Entry } from "./schema.ts";

type Context = ReadContext<Config>;
export type Followed = "flag" | "experiment";

/** A record that an entry is about. */
export interface Subject {
  readonly what: Followed;
  readonly project: string;
  readonly environment: string;
  readonly key: string;
}

const Log = z.looseObject({ items: z.array(Entry) });
/** The most that LaunchDarkly gives at once: https://launchdarkly.com/docs/api/audit-log/get-audit-log-entries */
const PAGE = 20;
/** More than these are told sooner by reading everything. */
const ENTRIES_AT_MOST = 1000;

const logPath = (what: Followed, project: string, more: Readonly<Record<string, string>>): string =>
  `api/v2/auditlog?${new URLSearchParams({ spec: `proj/${project}:env/*:${what}/*`, ...more })}`;

/** The last change, and what LaunchDarkly's clock shows. Times of changes in milliseconds since the epoch. */
export const newestEntry = async (
  { http }: Context,
  what: Followed,
  project: string,
): Promise<{ readonly date: number; readonly now: Instant | undefined }> => {
  const path = logPath(what, project, { limit: "1" });
  const response = await http.fetch(path, { headers: { accept: "application/json" } });
  if (!response.ok) throw refused(response, path);
  const { data, error } = Log.safeParse(await response.json().catch(() => undefined));
  if (data === undefined) {
    throw new HubError("vendor_answer_unreadable", "the audit log answered in another shape than we read", {
      retry: "later",
      cause: error,
    });
  }
  return { date: data.items[0]?.date ?? 0, now: maybeInstant(response.headers.get("date")) };
};

/**
 * Entries after a time, newest first as the log has them, down to that time.
 *
 * @returns undefined if there are too many to follow one by one
 */
export const entriesSince = async (
  { http }: Context,
  what: Followed,
  project: string,
  after: number,
): Promise<readonly Entry[] | undefined> => {
  const entries = new Map<string, Entry>();
  let before: number | undefined;
  while (entries.size <= ENTRIES_AT_MOST) {
    const more = { limit: String(PAGE), after: String(after), ...(before !== undefined && { before: String(before) }) };
    const { items } = await http.json(Log, "GET", logPath(what, project, more));
    const known = entries.size;
    for (const item of items) entries.set(item._id, item);
    const last = items.at(-1);
    if (items.length < PAGE || last === undefined) return [...entries.values()];
    // Several entries may have one time: the next page begins with it, unless that gave nothing new.
    before = entries.size > known ? last.date + 1 : last.date;
  }
  return undefined;
};

const RESOURCE = /^proj\/([^:;]+)(?:;[^:]*)?:env\/([^:;]+)(?:;[^:]*)?:(flag|experiment)\/([^:;]+)/;

/** The records that an entry or a webhook is about, each once. */
export const subjectsOf = ({ accesses, target }: Entry): readonly Subject[] => {
  const resources = [...(target?.resources ?? []), ...(accesses ?? []).map(({ resource }) => resource ?? "")];
  const subjects = new Map<string, Subject>();
  for (const resource of resources) {
    const [, project = "", environment = "", what, key = ""] = RESOURCE.exec(resource) ?? [];
    if (what === undefined) continue;
    const subject = { what: what as Followed, project, environment, key };
    subjects.set(what === "flag" ? `${project}/${key}` : `${project}/${environment}/${key}`, subject);
  }
  return [...subjects.values()];
};
