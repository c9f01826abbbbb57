import { HubError, safeReason } from "../connector/errors.ts";
import type { HubEvent } from "../domain/event.ts";
import { type Instant, TIMELESS } from "../domain/instant.ts";
import type { Channel, Refused } from "../ports/channel.ts";
import { noticeOf } from "../report/notice.ts";
import { entityById, update } from "../store/entities.ts";
import { outputKey, refusedKey } from "../store/keys.ts";
import { changesAfter, type Logged } from "./change-log.ts";
import type { Hub } from "./hub.ts";

/** A configured way out: what it wants, and the channel that takes it. */
export interface Output {
  readonly name: string;
  readonly wants: (event: HubEvent) => boolean;
  /** Ids; absent for all. */
  readonly products?: readonly string[] | undefined;
  /** @throws HubError secret_missing | config_invalid */
  readonly open: () => Promise<Channel>;
}

/** How far an output got. */
export interface OutputState {
  /** The log is done up to here. */
  readonly place: string;
  /** When it began: nothing that happened before is sent. */
  readonly since: Instant;
  readonly delivered: number;
  readonly refused: number;
  /** Which process delivers now, and when another one may take over. */
  readonly lease?: { readonly by: string; readonly until: Instant } | undefined;
  /** Why the last tries failed, how many did in a row, and when the next one comes. */
  readonly failure?:
    | { readonly code: string; readonly reason: string; readonly times: number; readonly nextAt: Instant }
    | undefined;
}

const PAGE = 200;
/** Longer than a run may take. */
const LEASE_MS = 10 * 60_000;
/** On elastic ports a list may show a row a moment late: so much of the log's end is left to the next run. */
const SETTLING_MS = 10_000;
const LONGEST_PAUSE_SECONDS = 3600;
/** A person must do something first: looked at now and then. */
const PAUSE_FOR_PEOPLE_SECONDS = 900;

/**
 * Sends each output what the change log says since its last run, in the log's order. The place in the log moves on after
 * each delivery: a run that is stopped in between repeats at most that one. An output that fails waits by itself, and
 * holds up no other.
 */
export const deliver = async (hub: Hub, outputs: readonly Output[], signal: AbortSignal): Promise<void> => {
  for (const output of outputs) {
    if (signal.aborted) return;
    try {
      await deliverTo(hub, output, signal);
    } catch (error) {
      await noteFailure(hub, output, error, signal);
    }
  }
};

const deliverTo = async (hub: Hub, output: Output, signal: AbortSignal): Promise<void> => {
  const { table, clock } = hub.ports;
  const now = clock.now();
  const state = await begun(hub, output, now.toISOString());
  if (state === undefined || (state.failure?.nextAt ?? "") > now.toISOString()) return;
  const upTo = new Date(now.getTime() - (hub.elastic ? SETTLING_MS : 0)).toISOString();
  let channel: Channel | undefined;
  for (let place = state.place; !signal.aborted; ) {
    const page = await changesAfter(table, place, upTo, PAGE);
    const wanted = await wantedIn(hub, output, state.since, page);
    if (wanted.length === 0) {
      // What nobody wants is passed over without a lease; a quiet log costs no write but the day's.
      const next = page.at(-1)?.place ?? `${upTo.slice(0, 10)}T00:00:00.000Z`;
      if (next > place) await moveOn(hub, output, next, 0, [], channel !== undefined);
      if (page.length < PAGE) break;
      place = next;
      continue;
    }
    if (channel === undefined) {
      if (!(await take(hub, output, place))) return;
      channel = await output.open();
    }
    const some = wanted.slice(0, channel.atOnce);
    const refused = await channel.deliver(
      some.map(({ event }) => noticeOf(event, hub.url)),
      signal,
    );
    await keepRefused(hub, output, some, refused);
    const count = (outcome: string, of: number) =>
      of > 0 && hub.meter?.add("output_deliveries", { output: output.name, outcome }, of);
    count("delivered", some.length - refused.length);
    count("refused", refused.length);
    place = (some.length < wanted.length ? some.at(-1)?.place : page.at(-1)?.place) ?? place;
    await moveOn(hub, output, place, some.length - refused.length, refused, true);
  }
  if (channel !== undefined) await release(hub, output);
};

/** Where it stands; a new output begins now, with nothing to send. */
const begun = async (hub: Hub, output: Output, now: Instant): Promise<OutputState | undefined> => {
  const { pk, sk } = outputKey(output.name);
  const held = (await hub.ports.table.get<OutputState>(pk, sk))?.data;
  if (held !== undefined) return held;
  const data: OutputState = { place: now, since: now, delivered: 0, refused: 0 };
  await hub.ports.table.put({ pk, sk, version: 1, data });
  return undefined;
};

const wantedIn = async (hub: Hub, output: Output, since: Instant, page: readonly Logged[]): Promise<Logged[]> => {
  const wanted: Logged[] = [];
  for (const logged of page) {
    const { event } = logged;
    const happenedAt = event.time === TIMELESS ? event.recordedAt : event.time;
    if (happenedAt >= since && output.wants(event) && (await isOfProducts(hub, output, event))) wanted.push(logged);
  }
  return wanted;
};

/** By what the event tells, else by what is known of its subject. */
const isOfProducts = async (hub: Hub, { products }: Output, { subject, data }: HubEvent): Promise<boolean> => {
  if (products === undefined) return true;
  const ids = "productIds" in data ? data.productIds : (await entityById(hub.ports.table, subject))?.productIds;
  return ids?.some((id) => products.includes(id)) === true;
};

const change = (hub: Hub, { name }: Output, next: (held: OutputState) => OutputState | undefined): Promise<boolean> =>
  update<OutputState>(hub.ports.table, outputKey(name), (row) => {
    const data = row && next(row.data);
    return data && { data };
  });

/** Takes the output for this process. @returns false if another one is at it, or was meanwhile */
const take = (hub: Hub, output: Output, place: string): Promise<boolean> => {
  const now = hub.ports.clock.now();
  const until = new Date(now.getTime() + LEASE_MS).toISOString();
  return change(hub, output, (held) => {
    const isFree = held.lease === undefined || held.lease.by === hub.instance || held.lease.until < now.toISOString();
    return isFree && held.place === place ? { ...held, lease: { by: hub.instance, until } } : undefined;
  });
};

/** Never back: another process may have gone further. @param isOurs this process holds the lease */
const moveOn = (
  hub: Hub,
  output: Output,
  place: string,
  delivered: number,
  refused: readonly Refused[],
  isOurs: boolean,
): Promise<boolean> =>
  change(hub, output, ({ failure: _, ...held }) =>
    held.place >= place || (!isOurs && held.lease !== undefined)
      ? undefined
      : { ...held, place, delivered: held.delivered + delivered, refused: held.refused + refused.length },
  );

const release = (hub: Hub, output: Output): Promise<boolean> =>
  change(hub, output, ({ lease, ...held }) => (lease?.by === hub.instance ? held : undefined));

/** Kept with the whole event, so that nothing is lost, and passed over, so that nothing is held up. */
const keepRefused = async (hub: Hub, output: Output, some: readonly Logged[], refused: readonly Refused[]) => {
  for (const { eventId, reason } of refused) {
    const event = some.find((one) => one.event.id === eventId)?.event;
    await hub.ports.table.put({ ...refusedKey(output.name, eventId), version: 1, data: { event, reason } });
    hub.log.warn({ output: output.name, entity: event?.subject, reason }, "refused by an output");
  }
};

/** A run that was stopped did not fail: the next one goes on. */
const noteFailure = async (hub: Hub, output: Output, error: unknown, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) {
    await release(hub, output);
    return;
  }
  const code = error instanceof HubError ? error.code : "internal_error";
  const reason = safeReason(error);
  const now = hub.ports.clock.now().getTime();
  await change(hub, output, ({ lease: _, ...held }) => {
    const times = (held.failure?.times ?? 0) + 1;
    const nextAt = new Date(now + pauseSeconds(error, times) * 1000).toISOString();
    return { ...held, failure: { code, reason, times, nextAt } };
  });
  hub.meter?.add("output_failures", { output: output.name, code });
  hub.log.warn({ output: output.name, code, reason }, "output failed");
};

const pauseSeconds = (error: unknown, times: number): number => {
  const { retry = "later" } = error instanceof HubError ? error : {};
  if (retry === "never") return PAUSE_FOR_PEOPLE_SECONDS;
  return Math.min(LONGEST_PAUSE_SECONDS, retry === "later" ? 30 * 2 ** times : retry.afterSeconds);
};
