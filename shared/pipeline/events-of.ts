import type { Update } from "../domain/assertion.ts";
import type { Fields } from "../domain/entity.ts";
import { isKind, nameOf } from "../domain/entity.ts";
import type { EventData, EventName, HubEvent } from "../domain/event.ts";
import { kindOf } from "../domain/kind.ts";
import type { Link } from "../domain/link.ts";
import { STAGES } from "../domain/stage.ts";
import type { FeedRecord } from "../ports/table.ts";
import type { Report } from "../report/document.ts";
import { maskedRecipient } from "../report/settings.ts";
import type { StoredEntity } from "../store/entities.ts";
import type { StoredPerson } from "../store/people.ts";
import type { Delivery, StoredRun } from "../store/report-store.ts";
import type { CensusState } from "./census.ts";
import { hash } from "./entity-of.ts";
import type { Hub } from "./hub.ts";
import type { StreamState } from "./poll-stream.ts";
import type { StoredView } from "./under.ts";

/** What one change of a row means to subscribers. Pure: the same record gives the same events with the same ids. */
export const eventsOf = (hub: Pick<Hub, "url">, record: FeedRecord): HubEvent[] => {
  const { pk, sk, before, after } = record;
  if (pk.startsWith("E#") && sk === "A") {
    const [was, is] = [before?.data as StoredEntity | undefined, after.data as StoredEntity];
    return was?.version === is.version ? [] : entityEvents(was, is);
  }
  if (pk.startsWith("E#") && sk === "V") {
    const [was, is] = [before?.data as StoredView | undefined, after.data as StoredView];
    return was?.version === is.version ? [] : viewEvents(hub.url, was, is);
  }
  if (pk.startsWith("E#") && sk.startsWith("L#>"))
    return linkEvents(before?.data as Link | undefined, after.data as Link);
  if (pk.startsWith("E#") && sk.startsWith("U#") && before === undefined)
    return updateEvents(hub.url, after.data as Update);
  if (pk.startsWith("P#")) {
    const [was, is] = [before?.data as StoredPerson | undefined, after.data as StoredPerson];
    return was?.version === is.version ? [] : personEvents(was, is);
  }
  if (pk.startsWith("C#"))
    return runEvents(pk.slice(2), sk, before?.data as StreamState | undefined, after.data as StreamState);
  if (pk.startsWith("Y#"))
    return fuseEvents(pk.slice(2), sk, before?.data as CensusState | undefined, after.data as CensusState);
  if (pk.startsWith("R#") && sk === "A")
    return madeEvents(before?.data as StoredRun<Report> | undefined, after.data as StoredRun<Report>);
  if (pk.startsWith("R#") && sk.startsWith("D#"))
    return undeliveredEvents(hub.url, before?.data as Delivery | undefined, after.data as Delivery);
  return [];
};

interface When {
  readonly subject: string;
  readonly sequence: number;
  readonly time: string;
  readonly recordedAt: string;
}

const event = <N extends EventName>(name: N, when: When, data: EventData<N>): HubEvent<N> => ({
  id: `evt_${hash([name, when.subject, when.sequence]).slice(0, 26)}`,
  name,
  ...when,
  data,
});

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
  return event("records.written", when, { records, linksCreated, linksRetired, cause: first?.cause ?? "sync" });
};

const named = (entity: StoredEntity) => ({
  id: entity.id,
  ...(entity.source.key !== undefined && { key: entity.source.key }),
  name: nameOf(entity),
  url: entity.source.url,
});

const entityEvents = (was: StoredEntity | undefined, is: StoredEntity): HubEvent[] => {
  if (is.kind === "account" || is.kind === "vocabulary") return [];
  const when = { subject: is.id, sequence: is.version, time: is.sourceUpdatedAt, recordedAt: is.recordedAt };
  const isRemapped =
    was !== undefined &&
    was.mappingVersion !== is.mappingVersion &&
    (was.contentHash === is.contentHash || was.rawRef === is.rawRef);
  const cause = isRemapped ? ("rule_change" as const) : ("sync" as const);
  const changed = was === undefined ? [] : changedFields(was.fields, is.fields);
  const events: HubEvent[] = [];
  const moved = was !== undefined && was.presence.state !== is.presence.state;
  if (was === undefined || changed.length > 0) {
    events.push(
      event("record.upserted", when, { entity: named(is), kind: is.kind, version: is.version, changed, cause }),
    );
  }
  if (moved) {
    const { state, how } = is.presence;
    events.push(
      event("record.presence.changed", when, {
        entity: named(is),
        kind: is.kind,
        from: was.presence.state,
        to: state,
        how,
        cause,
      }),
    );
  }
  if (isKind(is, "workItem") && isKind(was, "workItem") && was.fields.status.category !== is.fields.status.category) {
    const [from, to] = [was.fields.status, is.fields.status];
    events.push(
      event("work_item.status.changed", when, { workItem: named(is), from, to, productIds: [...is.productIds], cause }),
    );
  }
  if (is.kind === "initiative" && was === undefined)
    events.push(event("initiative.created", when, { initiative: named(is), cause }));
  if (
    isKind(is, "pullRequest") &&
    is.fields.state.category === "merged" &&
    (was?.fields as Fields<"pullRequest"> | undefined)?.state.category !== "merged"
  ) {
    events.push(
      event("pull_request.merged", when, {
        pullRequest: named(is),
        mergeCommitSha: is.fields.mergeCommitSha ?? null,
        cause,
      }),
    );
  }
  if (isKind(is, "deployment"))
    events.push(...deploymentEvents(isKind(was, "deployment") ? was.fields : undefined, is.fields, when, named(is)));
  return events;
};

const deploymentEvents = (
  was: Fields<"deployment"> | undefined,
  is: Fields<"deployment">,
  when: When,
  deployment: ReturnType<typeof named>,
): HubEvent[] => {
  const result = is.result.category;
  if (result === "in_progress" || result === "unknown" || was?.result.category === result) return [];
  const environment = is.environment.detail;
  const finished = event("deployment.finished", when, { deployment, environment, result, cause: "sync" });
  if (is.environment.category !== "production" || result !== "success") return [finished];
  return [finished, event("release.deployed", when, { deployment, environment, cause: "sync" })];
};

const viewEvents = (url: string, was: StoredView | undefined, is: StoredView): HubEvent[] => {
  // The feature that stands for it tells what happened.
  if (is.sameAs !== undefined) return [];
  const when = { subject: is.id, sequence: is.version, time: is.explanation.asOf, recordedAt: is.observedAt };
  const feature = {
    id: is.id,
    ...(is.key !== undefined && { key: is.key }),
    name: is.name,
    url: `${url}/features/${encodeURIComponent(is.key ?? is.id)}`,
  };
  const common = { feature, productIds: [...is.productIds], cause: is.cause };
  const events: HubEvent[] = [];
  if (was === undefined) events.push(event("feature.created", when, common));
  else {
    const changed = (["name", "status", "owner", "initiatives"] as const).filter(
      (part) => JSON.stringify(was[part]) !== JSON.stringify(is[part]),
    );
    if (changed.length > 0) events.push(event("feature.updated", when, { ...common, changed }));
    if (was.targetDate !== is.targetDate) {
      events.push(
        event("feature.target.changed", when, { ...common, from: was.targetDate ?? null, to: is.targetDate ?? null }),
      );
    }
  }
  const states = ({ explanation }: StoredView) =>
    Object.fromEntries(STAGES.map((stage) => [stage, explanation.stages[stage].state]));
  if (
    was === undefined ||
    was.explanation.headline !== is.explanation.headline ||
    JSON.stringify(states(was)) !== JSON.stringify(states(is))
  ) {
    const why = is.explanation.because.filter(({ stage }) => stage === is.explanation.headline);
    events.push(
      event("feature.stage.changed", when, {
        ...common,
        from: was?.explanation.headline ?? null,
        to: is.explanation.headline,
        stages: states(is),
        rule: why[0]?.rule ?? null,
        because: why.map(({ text }) => text),
        evidence: why.flatMap(({ evidence }) => evidence.map((link) => ({ url: link }))).slice(0, 10),
        disposition: is.explanation.disposition,
        ruleSet: is.explanation.ruleSet,
      }),
    );
  }
  if (was !== undefined && was.health.value !== is.health.value) {
    const { value, declared, derived } = is.health;
    events.push(
      event("feature.health.changed", when, {
        ...common,
        from: was.health.value,
        to: value,
        ...(declared !== undefined && { declared: declared.value }),
        derived: derived.value,
        reasons: [...derived.reasons],
      }),
    );
  }
  const old = new Set(was?.explanation.conflicts.map(({ claim }) => claim));
  const [conflict] = is.explanation.conflicts.filter(({ claim }) => !old.has(claim));
  if (conflict !== undefined)
    events.push(
      event("feature.conflict.detected", when, { ...common, claim: conflict.claim, against: conflict.against }),
    );
  return events;
};

const updateEvents = (url: string, { id, about, health, by, at }: Update): HubEvent[] => {
  if (kindOf(about) !== "initiative") return [];
  const when = { subject: id, sequence: 1, time: at, recordedAt: at };
  const initiative = { id: about, url: `${url}/initiatives/${about}` };
  return [
    event("initiative.update.posted", when, {
      initiative,
      update: id,
      by: by.name,
      ...(health !== undefined && { health }),
      cause: "override",
    }),
  ];
};

const linkEvents = (was: Link | undefined, is: Link): HubEvent[] => {
  const began = is.validTo === undefined && (was === undefined || was.validTo !== undefined);
  const ended = is.validTo !== undefined && was !== undefined && was.validTo === undefined;
  const when = {
    subject: `${is.from}>${is.type}>${is.to}`,
    sequence: is.version,
    time: is.validTo ?? is.validFrom,
    recordedAt: is.recordedAt,
  };
  const { from, to, type, confidence, origin } = is;
  const cause = JSON.stringify(was?.decision) === JSON.stringify(is.decision) ? "sync" : "override";
  if (began) return [event("link.created", when, { from, to, type, confidence, origin, cause })];
  return ended ? [event("link.retired", when, { from, to, type, cause })] : [];
};

const personEvents = (was: StoredPerson | undefined, is: StoredPerson): HubEvent[] => {
  const when = { subject: is.id, sequence: is.version, time: is.recordedAt, recordedAt: is.recordedAt };
  const [past, now] = [was?.accounts ?? [], is.accounts];
  const ids = (accounts: StoredPerson["accounts"]) => accounts.map(({ id }) => id);
  const ruleOf = (accounts: StoredPerson["accounts"], but: readonly string[]) =>
    accounts.find(({ id }) => !but.includes(id))?.rule ?? accounts.at(-1)?.rule ?? null;
  const events: HubEvent[] = [];
  if (is.from.length > 1) {
    const persons = [is.id, ...is.from.filter((id) => id !== is.id)];
    const rule = ruleOf(now, ids(past));
    events.push(event("identity.merged", when, { persons, accounts: ids(now), rule, cause: "sync" }));
  }
  if (is.to.length > 1) {
    const persons = [is.id, ...is.to.filter((id) => id !== is.id && id !== "")];
    const rule = ruleOf(past, ids(now));
    events.push(event("identity.split", when, { persons, accounts: ids(past), rule, cause: "sync" }));
  }
  return events;
};

const runEvents = (name: string, sk: string, was: StreamState | undefined, is: StreamState): HubEvent[] => {
  const { state, finishedAt, pages, queued, error } = is.run;
  if (state === "syncing" || finishedAt === undefined || was?.run.finishedAt === finishedAt) return [];
  const [stream = "", scope = ""] = sk.split("#", 2);
  const when = {
    subject: `con_${name}/${stream}/${scope}`,
    sequence: Date.parse(finishedAt),
    time: finishedAt,
    recordedAt: finishedAt,
  };
  const common = { connection: { id: `con_${name}`, name }, stream, scope: decodeURIComponent(scope) };
  if (state === "failed") {
    const { code, message } = error ?? { code: "internal_error", message: "" };
    // The row before this one is the run under way, which kept how the run before it ended: told once, not at every try.
    if (was?.lastOutcome === "failed") return [];
    const failed = event("connection.sync.failed", when, { ...common, code, message });
    return code === "vendor_auth_expired"
      ? [failed, event("connection.auth.expired", when, { ...common, message })]
      : [failed];
  }
  const recovered = was?.lastOutcome === "failed" ? [event("connection.recovered", when, common)] : [];
  return [
    ...(queued === 0 ? [] : [event("connection.sync.completed", when, { ...common, pages, records: queued })]),
    ...recovered,
  ];
};

const fuseEvents = (name: string, sk: string, was: CensusState | undefined, is: CensusState): HubEvent[] => {
  if (is.result === undefined || is.result.fuse.length === 0 || was?.result?.at === is.result.at) return [];
  const [stream = "", scope = ""] = sk.split("#", 2);
  const { at, fuse } = is.result;
  const when = {
    subject: `con_${name}/${stream}/${scope}`,
    sequence: Date.parse(at),
    time: at,
    recordedAt: at,
  };
  const connection = { id: `con_${name}`, name };
  const places = fuse.map((place) => ({ ...place }));
  return [event("deletion.fuse.tripped", when, { connection, stream, scope: decodeURIComponent(scope), places })];
};

const madeEvents = (was: StoredRun<Report> | undefined, { document }: StoredRun<Report>): HubEvent[] => {
  if (document === undefined || was?.document !== undefined) return [];
  const { report, run, title, url, isNews, madeAt } = document;
  const when = { subject: `rep_${report}`, sequence: Date.parse(madeAt), time: madeAt, recordedAt: madeAt };
  return [event("report.generated", when, { report, run, title, url, isNews })];
};

const undeliveredEvents = (hubUrl: string, was: Delivery | undefined, is: Delivery): HubEvent[] => {
  const isOver = is.state === "failed" || is.state === "unknown";
  if (!isOver || was?.state === is.state) return [];
  const { report, run, at, code = "internal_error", reason = "" } = is;
  const recipient = maskedRecipient(is.recipient);
  const subject = `rep_${report}/${run}/${hash(is.recipient).slice(0, 12)}`;
  const when = { subject, sequence: Date.parse(at), time: at, recordedAt: at };
  const url = `${hubUrl}/reports/${report}/runs/${run}`;
  return [event("report.delivery.failed", when, { report, run, url, recipient, code, message: reason })];
};

const changedFields = (was: object, is: object): string[] => {
  const [old, now] = [was as Record<string, unknown>, is as Record<string, unknown>];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]))
    .sort();
};
