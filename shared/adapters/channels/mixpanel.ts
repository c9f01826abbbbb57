import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { type Surroundings, vendorHttp } from "../../connector/http.ts";
import { budget } from "../../connector/limits.ts";
import type { HubEvent } from "../../domain/event.ts";
import { TIMELESS } from "../../domain/instant.ts";
import { snakeKeys } from "../../domain/snake-case.ts";
import type { Channel, Notice, Refused } from "../../ports/channel.ts";
import { refusal } from "./reply.ts";

export interface MixpanelSettings {
  readonly projectId: string;
  /** The project's token: it goes with every event. */
  readonly token: string;
  /** Service account. */
  readonly username: string;
  readonly secret: string;
  readonly region: "us" | "eu" | "in";
  /** A mark in the charts for each release. */
  readonly annotations: boolean;
  /** In place of both hosts below; https, since the package sends a service account over nothing else. */
  readonly baseUrl?: string | undefined;
}

const HOSTS = {
  us: { ingestion: "https://api.mixpanel.com", app: "https://mixpanel.com" },
  eu: { ingestion: "https://api-eu.mixpanel.com", app: "https://eu.mixpanel.com" },
  in: { ingestion: "https://api-in.mixpanel.com", app: "https://in.mixpanel.com" },
} as const;

/** The package sends at most so many in one request; more would go out in parallel. */
const AT_ONCE = 50;
const TIMEOUT_MS = 30_000;
const PER_MINUTE = 60;
const LONGEST_TEXT = 250;

/**
 * Events of Mixpanel, with our event's id as `$insert_id`, so that what is sent twice counts once; and an annotation for each
 * release.
 *
 * @param unproxied runs the opening without proxy variables, with which the package cannot be opened
 */
export const mixpanelChannel = async (
  settings: MixpanelSettings,
  around: Surroundings,
  unproxied: <Result>(work: () => Result) => Result,
): Promise<Channel> => {
  const { default: Mixpanel } = await import("mixpanel");
  const hosts = HOSTS[settings.region];
  const { host } = new URL(settings.baseUrl ?? hosts.ingestion);
  const credentials = new Mixpanel.ServiceAccountCredentials(settings.username, settings.secret, settings.projectId);
  const client = unproxied(() =>
    Mixpanel.init(settings.token, { host, protocol: "https", credentials, keepAlive: false }),
  );

  const send = (events: readonly MixpanelEvent[], signal: AbortSignal): Promise<readonly unknown[]> =>
    new Promise((resolve, reject) => {
      // The package knows no time limit and no end.
      const late = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const stop = () =>
        reject(new HubError("vendor_unreachable", `${host} did not answer`, { retry: "later", cause: late.reason }));
      late.addEventListener("abort", stop, { once: true });
      client.import_batch(
        events.map(({ event, properties }) => ({ event, properties: { ...properties } })),
        (errors) => {
          late.removeEventListener("abort", stop);
          resolve(errors ?? []);
        },
      );
    });

  return {
    atOnce: AT_ONCE,
    async deliver(notices, signal) {
      const [error] = await send(
        notices.map(({ event }) => mixpanelEvent(event)),
        signal,
      );
      const refused = error === undefined ? [] : refusedBy(error, host, notices);
      if (settings.annotations) await annotate(settings, hosts.app, around, signal, notices);
      return refused;
    },
  };
};

interface MixpanelEvent {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const NAMES: Readonly<Record<string, string>> = { "release.deployed": "Release Shipped" };

/** `feature.stage.changed` as `Feature Stage Changed`; a work item that is done now has a name of its own. */
const nameOf = ({ name, data }: HubEvent): string => {
  if (name === "work_item.status.changed" && "to" in data && isDone(data.to)) return "Work Item Completed";
  const words = name.split(/[._]/).map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`);
  return NAMES[name] ?? words.join(" ");
};

const isDone = (to: unknown): boolean =>
  typeof to === "object" && to !== null && "category" in to && to.category === "done";

/** Flat but for lists of texts; nobody's behaviour, so without a `distinct_id`. */
export const mixpanelEvent = (event: HubEvent): MixpanelEvent => ({
  event: nameOf(event),
  properties: {
    time: Date.parse(event.time === TIMELESS ? event.recordedAt : event.time),
    distinct_id: "",
    $insert_id: event.id.replaceAll(/[^A-Za-z0-9-]/g, "-").slice(0, 36),
    hub_event: event.name,
    hub_event_id: event.id,
    subject: event.subject,
    ...flat(snakeKeys(event.data), ""),
  },
});

const flat = (value: unknown, at: string): Record<string, unknown> => {
  if (typeof value === "string") return { [at]: value.toWellFormed().slice(0, LONGEST_TEXT) };
  if (typeof value === "number" || typeof value === "boolean") return { [at]: value };
  if (Array.isArray(value)) {
    const texts = value
      .filter((one) => typeof one === "string")
      .map((one) => one.toWellFormed().slice(0, LONGEST_TEXT));
    return texts.length === 0 ? {} : { [at]: texts.slice(0, 20) };
  }
  if (typeof value !== "object" || value === null) return {};
  const parts = Object.entries(value).map(([key, part]) => flat(part, at === "" ? key : `${at}_${key}`));
  return Object.assign({}, ...parts) as Record<string, unknown>;
};

const Answer = z.object({
  code: z.number(),
  error: z.string().optional(),
  failed_records: z.array(z.object({ $insert_id: z.string().optional(), index: z.int().optional() })).optional(),
});

/**
 * The package takes every body but `1` for an error and puts it behind its own words: read again what Mixpanel said.
 *
 * @throws HubError if nothing was taken
 */
const refusedBy = (error: unknown, host: string, notices: readonly Notice[]): readonly Refused[] => {
  const message = error instanceof Error ? error.message : "";
  const body = /^Mixpanel Server Error: ([\s\S]*)$/.exec(message)?.[1];
  if (body === undefined)
    throw new HubError("vendor_unreachable", `${host} did not answer`, { retry: "later", cause: error });
  const answer = answerIn(body);
  if (answer === undefined) throw refusal(host, "something that is no answer of Mixpanel", 0);
  const { code, failed_records: failed } = answer;
  if (code === 200) return [];
  if (code === 429) throw new HubError("vendor_rate_limited", `${host} asks to wait`, { retry: { afterSeconds: 60 } });
  if (code !== 400 || failed === undefined || failed.length === 0) throw refusal(host, `${code}`, code);
  return failed.flatMap(({ $insert_id, index = -1 }) => {
    const notice =
      notices.find(({ event }) => mixpanelEvent(event).properties["$insert_id"] === $insert_id) ?? notices[index];
    return notice === undefined ? [] : [{ eventId: notice.event.id, reason: `${host} found it invalid` }];
  });
};

const answerIn = (body: string): z.output<typeof Answer> | undefined => {
  try {
    return Answer.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
};

const Annotations = z.object({ results: z.array(z.object({ description: z.string() })) });

/** A mark for each release, unless it stands there: Mixpanel itself does not tell repeated ones apart. */
const annotate = async (
  { projectId, username, secret, baseUrl }: MixpanelSettings,
  app: string,
  around: Surroundings,
  signal: AbortSignal,
  notices: readonly Notice[],
): Promise<void> => {
  const authorization = `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}`;
  const http = vendorHttp(
    {
      baseUrl: baseUrl ?? app,
      headers: {},
      requestsPerMinute: PER_MINUTE,
      credential: { kind: "api_token", authorization },
    },
    around,
    signal,
    budget(PER_MINUTE, around.now),
  );
  const path = `api/app/projects/${projectId}/annotations`;
  for (const { event, title } of notices) {
    if (event.name !== "release.deployed") continue;
    const at = event.time === TIMELESS ? event.recordedAt : event.time;
    const description = `Released: ${title} (${event.id})`;
    const day = at.slice(0, 10);
    const { results } = await http.json(Annotations, "GET", `${path}?fromDate=${day}&toDate=${day}`);
    if (results.some((one) => one.description === description)) continue;
    const date = at.slice(0, 19).replace("T", " ");
    await http.json(z.unknown(), "POST", path, { date, description });
  }
};
