import type { Update } from "../domain/assertion.ts";
import type { EventData, HubEvent } from "../domain/event.ts";
import type { Link } from "../domain/link.ts";
import type { FeedRecord } from "../ports/table.ts";
import type { Report } from "../report/document.ts";
import type { StoredEntity } from "../store/entities.ts";
import type { StoredPerson } from "../store/people.ts";
import type { Delivery, StoredRun } from "../store/report-store.ts";
import type { StoredEndpoint } from "../store/webhook-rows.ts";
import type { CensusState } from "./census.ts";
import type { DeclaredProduct } from "./declare-products.ts";
import { entityEvents } from "./entity-events.ts";
import { hash } from "./entity-of.ts";
import { happened } from "./happened.ts";
import type { Hub } from "./hub.ts";
import type { Lateness } from "./late.ts";
import { endpointEvents, lagEvents, productEvents, replayEvents, testEvents } from "./own-events.ts";
import type { StreamState } from "./poll-stream.ts";
import type { LastReplay } from "./replays.ts";
import { fuseEvents, runEvents } from "./run-events.ts";
import { madeEvents, undeliveredEvents, updateEvents } from "./said-events.ts";
import type { TestEvent } from "./test-event.ts";
import { linkEvents, personEvents } from "./tie-events.ts";
import type { StoredView } from "./under.ts";
import { viewEvents } from "./view-events.ts";

/** What one change of a row means to subscribers. Pure: the same record gives the same events with the same ids. */
export const eventsOf = (hub: Pick<Hub, "url" | "events">, record: FeedRecord): HubEvent[] => {
  const { pk, sk, before, after } = record;
  const rows = <Data>() => [before?.data as Data | undefined, after.data as Data] as const;
  if (pk.startsWith("E#") && sk === "A") {
    const [was, is] = rows<StoredEntity>();
    return was?.version === is.version ? [] : entityEvents(hub, was, is);
  }
  if (pk.startsWith("E#") && sk === "V") {
    const [was, is] = rows<StoredView>();
    return was?.version === is.version ? [] : viewEvents(hub.url, was, is);
  }
  if (pk.startsWith("E#") && sk.startsWith("L#>")) return linkEvents(...rows<Link>());
  if (pk.startsWith("E#") && sk.startsWith("U#") && before === undefined)
    return updateEvents(hub.url, after.data as Update);
  if (pk.startsWith("R#") && sk === "A") return madeEvents(...rows<StoredRun<Report>>());
  if (pk.startsWith("R#") && sk.startsWith("D#")) return undeliveredEvents(hub.url, ...rows<Delivery>());
  if (pk.startsWith("P#")) {
    const [was, is] = rows<StoredPerson>();
    return was?.version === is.version ? [] : personEvents(was, is);
  }
  if (pk.startsWith("C#")) return runEvents(pk.slice(2), sk, ...rows<StreamState>());
  if (pk.startsWith("Y#")) return fuseEvents(pk.slice(2), sk, ...rows<CensusState>());
  if (pk.startsWith("G#") && sk === "L") return lagEvents(pk.slice(2), ...rows<Lateness>());
  if (pk.startsWith("I#") && sk === "T") return testEvents(pk.slice(2), before !== undefined, after.data as TestEvent);
  if (pk.startsWith("WH#") && sk === "A") return endpointEvents(hub.url, ...rows<StoredEndpoint>());
  if ((pk.startsWith("WH#") || pk.startsWith("G#")) && sk === "Z") return replayEvents(...rows<LastReplay>());
  if (pk === "M" && sk.startsWith("D#")) return productEvents(after.version, ...rows<DeclaredProduct>());
  return [];
};

/** Many records and links that were written at once, as one event. The same ones give the same event. */
export const writtenTogether = (events: readonly HubEvent[]): HubEvent<"records.written"> => {
  const records: Record<string, number> = {};
  let [linksCreated, linksRetired] = [0, 0];
  for (const one of events) {
    if (one.name === "record.upserted") {
      const { kind } = one.data as EventData<"record.upserted">;
      records[kind] = (records[kind] ?? 0) + 1;
    } else if (one.name === "link.created") linksCreated += 1;
    else if (one.name === "link.retired") linksRetired += 1;
  }
  const latest =
    events
      .map(({ recordedAt }) => recordedAt)
      .toSorted()
      .at(-1) ?? "";
  const subject = `bulk_${hash(events.map(({ id }) => id)).slice(0, 26)}`;
  const when = { subject, sequence: 1, time: latest, recordedAt: latest };
  const [first] = events.map(({ data }) => data as EventData<"record.upserted">);
  return happened("records.written", when, { records, linksCreated, linksRetired, cause: first?.cause ?? "sync" });
};
