import { changedAt, type Entity, isKind, nameOf } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { TimelineLine } from "../store/views.ts";

type Said = readonly [at: string | undefined, text: string];

/** What happened to a record, in sentences, oldest first. */
export const timelineOf = (entity: Entity, history: readonly HistoryEntry[]): TimelineLine[] => {
  const { source, kind, id, presence } = entity;
  const name = source.key ?? nameOf(entity);
  const gone: readonly Said[] =
    presence.state === "present" ? [] : [[presence.since, `${name} is ${presence.state.replaceAll("_", " ")}`]];
  return [...saidOf(entity, history, name), ...gone].flatMap(([at, text]) =>
    at === undefined
      ? []
      : [
          {
            at,
            tool: source.tool,
            kind,
            recordId: id,
            ...(source.key !== undefined && { key: source.key }),
            text,
            url: source.url,
          },
        ],
  );
};

const saidOf = (entity: Entity, history: readonly HistoryEntry[], name: string): readonly Said[] => {
  if (isKind(entity, "pullRequest")) return ofPullRequest(entity, name);
  if (isKind(entity, "deployment")) return ofDeployment(entity);
  if (isKind(entity, "release")) return [[entity.fields.publishedAt, `${entity.fields.name} was released`]];
  if (isKind(entity, "review")) return [[entity.fields.at, `Review: ${entity.fields.state.detail}`]];
  if (isKind(entity, "testRun")) return [[entity.fields.at, `${entity.fields.suite}: ${entity.fields.result.detail}`]];
  if (isKind(entity, "campaign")) return ofCampaign(entity, name);
  if (isKind(entity, "announcement")) return [[entity.fields.at, `Announced: ${entity.fields.title}`]];
  if (isKind(entity, "feedback")) return [[entity.fields.at, `Feedback: ${entity.fields.title}`]];
  if (isKind(entity, "surveyResponse")) return ofAnswer(entity);
  if (isKind(entity, "experiment")) return ofExperiment(entity, name);
  if (isKind(entity, "supportTicket"))
    return [
      [entity.sourceCreatedAt, `Ticket ${name} was opened: ${entity.fields.subject}`],
      [entity.fields.solvedAt, `Ticket ${name} was solved`],
    ];
  if (isKind(entity, "incident"))
    return [
      [entity.fields.detectedAt, `Incident ${name}: ${entity.fields.title}`],
      [entity.fields.resolvedAt, `Incident ${name} was resolved`],
    ];
  if (isKind(entity, "design")) return ofDesign(entity, history);
  if (isKind(entity, "featureFlag")) return ofFlag(entity);
  if (entity.kind === "document") return [[entity.sourceCreatedAt, `${nameOf(entity)} was created`]];
  if (entity.kind === "workItem" || entity.kind === "feature") return ofPlan(entity, history, name);
  return [];
};

const ofPullRequest = ({ sourceCreatedAt, fields }: Entity<"pullRequest">, name: string): Said[] => [
  [sourceCreatedAt, `${name} was opened: ${fields.title}`],
  fields.mergedAt === undefined
    ? [fields.closedAt, `${name} was closed without a merge`]
    : [fields.mergedAt, `${name} was merged`],
];

const ofDeployment = ({ fields }: Entity<"deployment">): Said[] => [
  [
    fields.finishedAt ?? fields.startedAt,
    `Deployment to ${fields.environment.detail}: ${fields.result.category.replaceAll("_", " ")}`,
  ],
];

const ofCampaign = ({ sourceCreatedAt, fields }: Entity<"campaign">, name: string): Said[] => {
  const { status, sentAt, scheduledAt } = fields;
  return [
    [sourceCreatedAt, `Campaign ${name} was created`],
    sentAt === undefined && status.category === "scheduled"
      ? [scheduledAt, `Campaign ${name} is scheduled for then`]
      : [sentAt, `Campaign ${name}: ${status.category}`],
  ];
};

const ofAnswer = ({ fields: { at, text, score, scale } }: Entity<"surveyResponse">): Said[] => {
  const given = score === undefined ? "" : `: ${score}${scale === undefined ? "" : ` of ${scale[1]}`}`;
  return [[at, `Survey answered${given}${text === undefined ? "" : `${given === "" ? ":" : ","} ${short(text)}`}`]];
};

const ofExperiment = ({ fields }: Entity<"experiment">, name: string): Said[] => [
  [fields.startedAt, `Experiment ${name} was started`],
  [fields.endedAt, `Experiment ${name} was stopped${fields.result === undefined ? "" : `: ${fields.result.detail}`}`],
];

/** Its versions are told once a day; people name only some of them. */
const ofDesign = (entity: Entity<"design">, history: readonly HistoryEntry[]): Said[] => {
  const { name, status, lastEditedAt } = entity.fields;
  const days = new Map<string, Said>();
  for (const { at, changes } of history.toSorted((a, b) => (a.at < b.at ? -1 : 1))) {
    const label = changes.find(({ field }) => field === "version")?.to?.name;
    days.set(at.slice(0, 10), [at, `${name} was edited${label === undefined || label === "" ? "" : `: ${label}`}`]);
  }
  if (days.size === 0 && lastEditedAt !== undefined) days.set("", [lastEditedAt, `${name} was edited`]);
  const mark =
    status?.category === "ready_for_dev"
      ? "is ready for development"
      : status?.category === "changed_after_ready"
        ? "was changed after it was ready for development"
        : undefined;
  return [
    [entity.sourceCreatedAt, `${name} was created`],
    ...days.values(),
    ...(mark === undefined ? [] : [[lastEditedAt ?? entity.sourceCreatedAt, `${name} ${mark}`] as const]),
  ];
};

const ofFlag = (entity: Entity<"featureFlag">): Said[] => {
  const { key, environments, archivedAt } = entity.fields;
  const created = entity.sourceCreatedAt;
  const moved = environments
    .filter(({ category }) => category === "production")
    .map((environment) => ({ ...environment, at: environment.changedAt ?? changedAt(entity) }))
    .filter(({ at }) => at !== created);
  return [
    [created, `Flag ${key} was created`],
    ...moved.map(({ name, on, rolloutPercent, segments = [], at }): Said => {
      const share = rolloutPercent === undefined ? "on" : `at ${rolloutPercent} %`;
      const also = segments.length === 0 ? "" : `, and on for ${segments.map(short).join(", ")}`;
      return [at, `Flag ${key} in ${name}: ${on ? `${share}${also}` : "off"}`];
    }),
    [archivedAt, `Flag ${key} was archived`],
  ];
};

const ofPlan = (entity: Entity, history: readonly HistoryEntry[], name: string): Said[] => [
  [entity.sourceCreatedAt, `${name} was created: ${nameOf(entity)}`],
  ...history.flatMap(({ at, changes }) =>
    changes
      .filter(({ field }) => TOLD_FIELDS.has(field))
      .map(({ field, from, to }): Said => {
        const words = [from?.name ?? from?.id, to?.name ?? to?.id];
        return [
          at,
          `${name}: ${field.replaceAll("_", " ")} changed from ${words[0] ?? "nothing"} to ${words[1] ?? "nothing"}`,
        ];
      }),
  ),
];

const short = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text);

const TOLD_FIELDS: ReadonlySet<string> = new Set([
  "status",
  "assignee",
  "parent",
  "cycle",
  "estimate",
  "key",
  "priority",
  "title",
  "target",
  "health",
  "resolution",
]);
