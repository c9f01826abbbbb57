import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import type { VendorHttp } from "../../shared/connector/http.ts";
import type { Config } from "./config.ts";
import { ask } from "./transport.ts";

/** A moment as JQL says it, at or before the given one. */
export type JqlTime = (at: number) => string;

const HOUR_MS = 3_600_000;
/** Before the first Jira. Small numbers might be read as a span of minutes. */
const EARLIEST = Date.UTC(2001, 0, 1);

/**
 * How this connection writes times in JQL. Epoch milliseconds need no zone; the formatted form has minutes and is read
 * in the time zone of the asking account, so that has to be asked first.
 */
export const jqlTime = async (http: VendorHttp, config: Config): Promise<JqlTime> => {
  if (config.jqlTime === "epoch") return (at) => String(Math.max(EARLIEST, at));
  const { timeZone } = await ask(http, z.looseObject({ timeZone: z.string() }), (jira, client) =>
    jira.getCurrentUser(client),
  );
  return formattedIn(timeZone);
};

/**
 * Minutes on the clock of a zone, rounded down. An hour that the clock shows twice is avoided by going back before it,
 * since nothing says which of the two Jira would take.
 *
 * @throws HubError vendor_answer_unreadable if the zone is unknown here
 */
export const formattedIn = (timeZone: string): JqlTime => {
  const format = clock(timeZone);
  return (at) => {
    let from = Math.max(EARLIEST, at);
    while (format(from) === format(from - HOUR_MS) || format(from) === format(from + HOUR_MS)) from -= HOUR_MS / 2;
    return `"${format(from)}"`;
  };
};

const clock = (timeZone: string): ((at: number) => string) => {
  try {
    const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
    return (at) => format.format(at);
  } catch (cause) {
    throw new HubError("vendor_answer_unreadable", "Jira told a time zone that is not known here", {
      retry: "never",
      cause,
    });
  }
};

const inProjects = (projects: readonly string[]): string[] =>
  projects.length === 0 ? [] : [`project in (${projects.map((key) => `"${key}"`).join(", ")})`];

/**
 * Issues changed at or after a moment, oldest change first; by id among equals, since a key changes when issues move.
 *
 * @param scope a project key, or empty for all; the time bounds the query either way
 */
export const changedSince = (scope: string, literal: string): string => {
  const restrictions = [...inProjects(scope === "" ? [] : [scope]), `updated >= ${literal}`];
  return `${restrictions.join(" AND ")} ORDER BY updated ASC, id ASC`;
};

/** Every issue of a project, or of all of them; bounded, as Jira demands. */
export const allOf = (scope: string): string =>
  `${[...inProjects(scope === "" ? [] : [scope]), `created >= ${EARLIEST}`].join(" AND ")} ORDER BY id ASC`;

/** These issues, as far as the selector takes them. */
export const withIds = (projects: readonly string[], ids: readonly string[]): string =>
  [...inProjects(projects), `id in (${ids.join(", ")})`].join(" AND ");
