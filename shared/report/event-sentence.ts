import type { EventName, HubEvent } from "../domain/event.ts";
import { AROUND_TELLERS } from "./around-sentences.ts";
import { about, fields, label, plain, type Sentence, type Teller } from "./sentence.ts";
import { HEALTH_WORDS, KIND_WORDS, STAGE_WORDS } from "./words.ts";

const TELLERS: { readonly [N in EventName]: Teller<N> } = {
  ...AROUND_TELLERS,
  "record.upserted": (data) => ({
    name: label(data.entity),
    happened: data.version === 1 ? "appeared" : `changed: ${fields(data.changed)}`,
  }),
  "records.written": (data) => ({
    name: Object.entries(data.records)
      .map(([kind, count]) => `${count} ${(KIND_WORDS[kind as keyof typeof KIND_WORDS] ?? kind).toLowerCase()}`)
      .join(", "),
    happened: `were read at once, with ${data.linksCreated} new links`,
  }),
  "record.presence.changed": (data) => ({
    name: label(data.entity),
    happened: `is ${plain(data.to)}, was ${plain(data.from)}`,
  }),
  "work_item.status.changed": (data) => ({
    name: label(data.workItem),
    happened: `moved from ${data.from.detail} to ${data.to.detail}`,
  }),
  "initiative.created": (data) => ({ name: data.initiative.name, happened: "appeared as an initiative" }),
  "initiative.update.posted": (data) => ({
    name: data.by,
    happened: `posted an update on an initiative${data.health === undefined ? "" : `: ${plain(data.health)}`}`,
  }),
  "feature.created": (data) => about(data, "appeared"),
  "feature.updated": (data) => about(data, `changed: ${fields(data.changed)}`),
  "feature.target.changed": (data) =>
    about(data, `moved its target from ${data.from ?? "none"} to ${data.to ?? "none"}`),
  "feature.stage.changed": (data) => {
    const because = data.because.length > 0 ? `, because ${data.because.join("; ")}` : "";
    const moved =
      data.from === data.to
        ? `changed within ${STAGE_WORDS[data.to ?? "none"]}`
        : `moved from ${STAGE_WORDS[data.from ?? "none"]} to ${STAGE_WORDS[data.to ?? "none"]}`;
    return about(data, `${moved}${because}`);
  },
  "feature.health.changed": (data) => {
    const reasons = data.reasons.length > 0 ? `: ${data.reasons.join("; ")}` : "";
    return about(
      data,
      `went from ${HEALTH_WORDS[data.from].word.toLowerCase()} to ${HEALTH_WORDS[data.to].word.toLowerCase()}${reasons}`,
    );
  },
  "feature.conflict.detected": (data) => about(data, `has a conflict: ${data.claim}, against ${data.against}`),
  "link.created": (data) => ({ name: data.from, happened: `${plain(data.type)} ${data.to}` }),
  "link.retired": (data) => ({ name: data.from, happened: `no longer ${plain(data.type)} ${data.to}` }),
  "identity.merged": (data) => ({
    name: data.persons[0] ?? "",
    happened: `is one person with ${data.accounts.length} accounts`,
  }),
  "identity.split": (data) => ({ name: data.persons[0] ?? "", happened: "is no longer one person" }),
  "pull_request.merged": (data) => ({ name: label(data.pullRequest), happened: "was merged" }),
  "deployment.finished": (data) => ({
    name: label(data.deployment),
    happened: `to ${data.environment} ended: ${plain(data.result)}`,
  }),
  "release.deployed": (data) => ({ name: label(data.deployment), happened: `is live in ${data.environment}` }),
  "connection.sync.completed": (data) => ({
    name: data.connection.name,
    happened: `read ${data.stream}: ${data.records} records`,
  }),
  "connection.sync.failed": (data) => ({
    name: data.connection.name,
    happened: `failed to read ${data.stream}: ${data.message}`,
  }),
  "connection.auth.expired": (data) => ({
    name: data.connection.name,
    happened: `was refused its credential: ${data.message}`,
  }),
  "connection.recovered": (data) => ({ name: data.connection.name, happened: `reads ${data.stream} again` }),
  "deletion.fuse.tripped": (data) => ({
    name: data.connection.name,
    happened: `no longer lists ${data.places.map(({ name, missing, of }) => `${missing} of ${of} in ${name}`).join(", ")} (${data.stream}): nothing was removed`,
  }),
  "report.generated": (data) => ({
    name: data.title,
    happened: `was made for ${data.run.replace("_", " to ")}${data.isNews ? "" : ": nothing changed"}`,
  }),
  "report.delivery.failed": (data) => ({
    name: `Report ${data.report}`,
    happened: `did not reach ${data.recipient}: ${data.message}`,
  }),
  "mapping.gap.detected": (data) => ({
    name: data.connection.name,
    happened: `has a ${data.field} that nothing maps: ${data.value.name}`,
  }),
};

/** An event of the change log in words. */
export const eventSentence = <N extends EventName>({ name, data, test }: HubEvent<N>): Sentence => {
  const sentence = TELLERS[name](data);
  return test === true ? { name: `Test: ${sentence.name}`, happened: sentence.happened } : sentence;
};
