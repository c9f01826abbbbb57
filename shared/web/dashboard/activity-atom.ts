import { html } from "hono/html";
import type { HubEvent } from "../../domain/event.ts";
import { eventSentence } from "../../report/event-sentence.ts";
import { featurePath } from "../feature-address.ts";
import type { WebDeps } from "../web-deps.ts";
import { FEATURE_EVENTS } from "./activity-events.ts";
import type { PageContext } from "./page.tsx";

const DAY_MS = 86_400_000;
const DAYS = 7;
const ENTRIES = 50;
/** Reads for one feed: where only a few of many events are shown, a page may be short. */
const PAGES = 10;

/** Characters that XML cannot hold, not even escaped. */
const plain = (text: string): string =>
  text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "");

const entry = (event: HubEvent, url: string) => {
  const { name, feature, happened } = eventSentence(event);
  const address = `${url}${feature === undefined ? "/activity" : featurePath(feature)}`;
  return html`<entry><id>${`${url}/v1/changes#${event.id}`}</id><title>${plain(`${name} ${happened}`)}</title><updated>${event.recordedAt}</updated><link href="${address}"/></entry>`;
};

/** What became of features in the last week, newest first, for readers of feeds. */
export const activityAtom = async (c: PageContext, { views, now, url }: WebDeps): Promise<Response> => {
  const since = new Date(now().getTime() - DAYS * DAY_MS).toISOString();
  const newest: HubEvent[] = [];
  for (let page = 0, after: string | undefined; page < PAGES && newest.length < ENTRIES; page += 1) {
    const { items, next } = await views.changesBack(since, after, ENTRIES - newest.length, FEATURE_EVENTS);
    newest.push(...items);
    if (next === undefined) break;
    after = next;
  }
  const base = url();
  const feed = html`<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>${`${base}/activity`}</id><title>Activity · Throughline</title><updated>${newest[0]?.recordedAt ?? since}</updated><author><name>Throughline</name></author><link href="${`${base}/activity`}"/><link rel="self" href="${`${base}/activity.atom`}"/>${newest.map((one) => entry(one, base))}</feed>`;
  c.header("Cache-Control", "private, no-cache");
  return c.body(String(await feed), 200, { "Content-Type": "application/atom+xml; charset=utf-8" });
};
