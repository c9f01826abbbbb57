import { timeOf } from "../company/exposure.ts";
import { MEASURES } from "../company/flags.ts";
import { personAt } from "../company/people.ts";
import type { World } from "../company/world.ts";
import { type Account, ENVIRONMENTS, type Entry, type Flag, hexId, nameOf, PROJECTS, type Setting } from "./account.ts";

type Json = Readonly<Record<string, unknown>>;

const link = (href: string) => ({ href, type: "application/json" });
export const memberId = (person: number): string => hexId(7, person);

const memberJson = (person: number): Json => {
  const { name, email } = personAt(person);
  const [firstName = "", ...rest] = name.split(" ");
  const _id = memberId(person);
  return {
    _id,
    firstName,
    lastName: rest.join(" "),
    role: "writer",
    email,
    _links: { self: link(`/api/v2/members/${_id}`) },
  };
};

/** Flags of every seventh feature have variants instead of true and false. */
const isBoolean = ({ exposure }: Flag): boolean => exposure.feature.index % 7 !== 6;

const variationsOf = (flag: Flag): readonly Json[] =>
  isBoolean(flag)
    ? [
        { _id: hexId(1, flag.created / 1000, 1), value: true, name: "On" },
        { _id: hexId(1, flag.created / 1000, 2), value: false, name: "Off" },
      ]
    : [
        { _id: hexId(1, flag.created / 1000, 1), value: "compact", name: "Compact" },
        { _id: hexId(1, flag.created / 1000, 2), value: "classic", name: "Classic" },
      ];

const servedJson = (percent: number): Json =>
  percent === 100 || percent === 0
    ? { variation: percent === 100 ? 0 : 1 }
    : {
        rollout: {
          variations: [
            { variation: 0, weight: percent * 1000 },
            { variation: 1, weight: 100_000 - percent * 1000 },
          ],
          bucketBy: "key",
          contextKind: "user",
        },
      };

const environmentJson = (flag: Flag, name: string, setting: Setting, isWhole: boolean): Json => ({
  on: setting.on,
  archived: flag.archivedAt !== undefined,
  salt: hexId(2, flag.created / 1000),
  sel: hexId(3, flag.created / 1000),
  lastModified: setting.modified,
  version: setting.version,
  _site: { href: `/${flag.project}/${name}/features/${flag.key}`, type: "text/html" },
  _environmentName: ENVIRONMENTS[name],
  trackEvents: false,
  trackEventsFallthrough: false,
  fallthrough: servedJson(setting.percent),
  offVariation: 1,
  ...(isWhole && {
    targets:
      name === "staging" ? [{ values: ["user-1042", "eva@customer.example"], variation: 0, contextKind: "user" }] : [],
    contextTargets: [],
    prerequisites: flag.needs === undefined ? [] : [{ key: flag.needs, variation: 0 }],
    rules: setting.forTesters
      ? [
          {
            _id: hexId(4, flag.created / 1000),
            variation: 0,
            clauses: [
              {
                _id: hexId(5, flag.created / 1000),
                attribute: "segmentMatch",
                op: "segmentMatch",
                values: ["beta-testers"],
                contextKind: "user",
                negate: false,
              },
            ],
            trackEvents: false,
          },
        ]
      : [],
  }),
});

/** @param isWhole with prerequisites, targets and rules, as single flags and `summary=0` have them */
export const flagJson = (flag: Flag, environments: readonly string[], isWhole: boolean): Json => {
  const { exposure, project, key, settings, refersTo } = flag;
  const place = exposure.feature.index % 3;
  return {
    key,
    name: nameOf(flag),
    kind: isBoolean(flag) ? "boolean" : "multivariate",
    description:
      refersTo !== undefined && place === 1 ? `Release of ${exposure.feature.title} (feature:${refersTo.key})` : "",
    creationDate: flag.created,
    includeInSnippet: false,
    clientSideAvailability: { usingMobileKey: false, usingEnvironmentId: true },
    variations: variationsOf(flag),
    temporary: true,
    tags: [project, ...(refersTo !== undefined && place === 2 && /^[\w.-]+$/.test(refersTo.key) ? [refersTo.key] : [])],
    _links: { self: link(`/api/v2/flags/${project}/${key}`), parent: link(`/api/v2/flags/${project}`) },
    maintainerId: memberId(exposure.feature.lead),
    _maintainer: memberJson(exposure.feature.lead),
    goalIds: [],
    experiments: { baselineIdx: 0, items: [] },
    customProperties:
      refersTo !== undefined && place === 0 ? { "jira.issues": { name: "Jira issues", value: [refersTo.key] } } : {},
    archived: flag.archivedAt !== undefined,
    ...(flag.archivedAt !== undefined && { archivedDate: flag.archivedAt }),
    deprecated: false,
    defaults: { onVariation: 0, offVariation: 1 },
    _version: 1 + flag.steps.length + flag.edits.length,
    ...(environments.length > 0 && {
      environments: Object.fromEntries(
        environments.flatMap((name) => {
          const setting = settings[name];
          return setting === undefined ? [] : [[name, environmentJson(flag, name, setting, isWhole)]];
        }),
      ),
    }),
  };
};

/** When a flag was last asked for: all but the dark ones are asked for all the time. */
export const statusJson = (account: Account, flag: Flag, environment: string): Json => {
  const isAsked = flag.archivedAt === undefined;
  return {
    name: isAsked ? "active" : "inactive",
    ...(isAsked && { lastRequested: new Date(account.now()).toISOString() }),
    _links: {
      parent: link(`/api/v2/flags/${flag.project}/${flag.key}`),
      self: link(`/api/v2/flag-statuses/${flag.project}/${environment}/${flag.key}`),
    },
  };
};

export const environmentOf = (project: string, key: string): Json => ({
  _id: hexId(8, key.length, project.length),
  key,
  name: ENVIRONMENTS[key],
  apiKey: `sdk-${hexId(9, key.length)}`,
  mobileKey: `mob-${hexId(10, key.length)}`,
  color: "417505",
  defaultTtl: 0,
  secureMode: false,
  defaultTrackEvents: false,
  requireComments: key === "production",
  confirmChanges: key === "production",
  tags: [],
  critical: key === "production",
  _links: { self: link(`/api/v2/projects/${project}/environments/${key}`) },
});

export const projectJson = (key: string): Json => ({
  _id: hexId(11, key.length),
  key,
  name: PROJECTS[key],
  includeInSnippetByDefault: false,
  tags: [],
  _links: { self: link(`/api/v2/projects/${key}`) },
});

export const metricJson = (project: string, index: number): Json => {
  const { key, name, event, isLowGood } = MEASURES[index] ?? MEASURES[0];
  return {
    _id: hexId(12, index),
    _versionId: hexId(13, index),
    key,
    name,
    kind: "custom",
    tags: [],
    _creationDate: 1_700_000_000_000,
    isNumeric: false,
    eventKey: event,
    successCriteria: isLowGood ? "LowerThanBaseline" : "HigherThanBaseline",
    randomizationUnits: ["user"],
    dataSource: { key: "launchdarkly" },
    archived: false,
    _links: { self: link(`/api/v2/metrics/${project}/${key}`) },
  };
};

/** Of the released features with variants or an even index one was tried first, in production. */
export const experimentFlags = (account: Account, project: string): readonly Flag[] =>
  project === "devkit"
    ? account.flags(project).filter(({ exposure, steps }) => steps.length > 0 && exposure.feature.index % 2 === 0)
    : [];

export const experimentJson = (world: World, flag: Flag, isExpanded: (field: string) => boolean): Json => {
  const { project, key, exposure } = flag;
  const variations = variationsOf(flag);
  const shipped = exposure.days.shipped ?? 0;
  const startedAt = timeOf(world, shipped - 12);
  const endedAt = timeOf(world, shipped - 2);
  const metric = metricJson(project, 0);
  const told = {
    key: metric["key"],
    _versionId: metric["_versionId"],
    name: metric["name"],
    kind: "custom",
    eventKey: metric["eventKey"],
    _links: metric["_links"],
  };
  return {
    _id: hexId(14, flag.created / 1000),
    key: `${key}-trial`,
    name: `${exposure.feature.title}: trial`,
    description: "",
    _maintainerId: memberId(exposure.feature.lead),
    _creationDate: startedAt - 86_400_000,
    environmentKey: "production",
    tags: [],
    _links: { self: link(`/api/v2/projects/${project}/environments/production/experiments/${key}-trial`) },
    currentIteration: {
      _id: hexId(15, flag.created / 1000),
      hypothesis: `${exposure.feature.title} makes the first call faster`,
      status: "stopped",
      createdAt: startedAt - 86_400_000,
      startedAt,
      endedAt,
      winningTreatmentId: variations[0]?.["_id"],
      winningReason: "Clear after two weeks",
      flags: {
        [key]: {
          targetingRule: "fallthrough",
          flagConfigVersion: 2,
          _links: { self: link(`/api/v2/flags/${project}/${key}`) },
        },
      },
      randomizationUnit: "user",
      primarySingleMetric: told,
      primaryMetric: { ...told, isGroup: false },
      metrics: [{ ...told, isGroup: false }],
      ...(isExpanded("secondaryMetrics") && { secondaryMetrics: [] }),
      ...(isExpanded("treatments") && {
        treatments: variations.map(({ _id, name }, index) => ({
          _id,
          name,
          allocationPercent: "50",
          baseline: index === 1,
          parameters: [{ flagKey: key, variationId: _id }],
        })),
      }),
    },
  };
};

/** An entry of the audit log, which is a webhook's body too. */
export const entryJson = ({ id, date, by, project, environment, key, name, action, verb }: Entry): Json => {
  const { name: person } = personAt(by);
  const resource = `proj/${project}:env/${environment}:flag/${key}`;
  const href = link(`/api/v2/flags/${project}/${key}`);
  return {
    _id: id,
    _accountId: hexId(16),
    date,
    accesses: [{ action, resource }],
    kind: "flag",
    name,
    description: "",
    shortDescription: "",
    member: memberJson(by),
    titleVerb: verb,
    title: `[${person}](mailto:${personAt(by).email}) ${verb} [${name}](https://app.launchdarkly.com/${project}/~/features/${key})`,
    target: { name, resources: [resource], _links: { canonical: href } },
    _links: { self: link(`/api/v2/auditlog/${id}`), canonical: href },
  };
};
