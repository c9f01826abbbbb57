import { personAt } from "../company/people.ts";
import type { World } from "../company/world.ts";
import { ok, wholeNumber } from "../http/route.ts";
import type { Answer, Asked } from "../http/server.ts";
import {
  EFFORT_FIELD,
  FLAGGED_FIELD,
  IMPACT_FIELD,
  isBrowsable,
  kindsOfJira,
  ORGANISATIONS_FIELD,
  POINTS_FIELD,
  priorityCount,
  priorityJson,
  projectJson,
  projects,
  REQUEST_TYPE_FIELD,
  RESOLUTION_FIELD,
  RESPONSE_FIELD,
  SATISFACTION_FIELD,
  SITE,
  SPRINT_COUNT,
  SPRINT_FIELD,
  START_FIELD,
  sprintJson,
  typeJson,
  userJson,
  VERSION_COUNT,
  versionJson,
} from "./vocabulary.ts";

const API = `${SITE}/rest/api/3`;

/** One page of a list that counts from `startAt`. */
const page = (asked: Asked, path: string, all: readonly unknown[], most: number, standard = most): Answer => {
  const startAt = wholeNumber(asked.query.get("startAt"), 0, 0, 1_000_000);
  const asMany = wholeNumber(asked.query.get("maxResults"), standard, 1, most);
  const rest = Math.max(1, Math.min(asMany, all.length - startAt));
  const maxResults = asked.shape?.kind === "half" ? Math.ceil(rest / 2) : asMany;
  const self = (from: number): string => `${SITE}${path}?maxResults=${maxResults}&startAt=${from}`;
  const isLast = startAt + maxResults >= all.length;
  return ok({
    self: self(startAt),
    ...(isLast ? {} : { nextPage: self(startAt + maxResults) }),
    maxResults,
    startAt,
    total: all.length,
    isLast,
    values: all.slice(startAt, startAt + maxResults),
  });
};

const system = (id: string, name: string, type: string, items?: string) => ({
  id,
  key: id,
  name,
  custom: false,
  orderable: true,
  navigable: true,
  searchable: true,
  clauseNames: [id.toLowerCase()],
  schema: { type, ...(items === undefined ? {} : { items }), system: id },
});

const custom = (id: string, name: string, type: string, kind: string, items?: string) => ({
  id,
  key: id,
  name,
  custom: true,
  orderable: true,
  navigable: true,
  searchable: true,
  clauseNames: [`cf[${id.slice("customfield_".length)}]`, name],
  schema: {
    type,
    ...(items === undefined ? {} : { items }),
    custom: kind,
    customId: Number(id.slice("customfield_".length)),
  },
});

/** The fields of Acme's Jira as they are now, as `/field` lists them. */
export const fieldList = ({ removedFields, addedFields }: World) => [
  ...fields.filter(({ id }) => !removedFields.has(id)),
  ...[...addedFields].map(([id, { name, type }]) =>
    custom(id, name, type, "com.atlassian.jira.plugin.system.customfieldtypes:textfield"),
  ),
];

const fields = [
  system("summary", "Summary", "string"),
  system("status", "Status", "status"),
  system("statuscategorychangedate", "Status Category Changed", "datetime"),
  system("issuetype", "Issue Type", "issuetype"),
  system("priority", "Priority", "priority"),
  system("labels", "Labels", "array", "string"),
  system("assignee", "Assignee", "user"),
  system("reporter", "Reporter", "user"),
  system("creator", "Creator", "user"),
  system("created", "Created", "datetime"),
  system("updated", "Updated", "datetime"),
  system("resolutiondate", "Resolved", "datetime"),
  system("resolution", "Resolution", "resolution"),
  system("duedate", "Due date", "date"),
  system("project", "Project", "project"),
  { ...system("parent", "Parent", "issuelink"), schema: { type: "issuelink", system: "parent" } },
  system("subtasks", "Sub-tasks", "array", "issuelinks"),
  system("fixVersions", "Fix versions", "array", "version"),
  system("versions", "Affects versions", "array", "version"),
  system("components", "Components", "array", "component"),
  system("issuelinks", "Linked Issues", "array", "issuelinks"),
  system("description", "Description", "string"),
  system("votes", "Votes", "votes"),
  custom(REQUEST_TYPE_FIELD, "Request Type", "sd-customerrequesttype", "com.atlassian.servicedesk:vp-origin"),
  custom(
    ORGANISATIONS_FIELD,
    "Organizations",
    "array",
    "com.atlassian.servicedesk:sd-customer-organizations",
    "sd-customerorganization",
  ),
  custom(
    RESPONSE_FIELD,
    "Time to first response",
    "sd-servicelevelagreement",
    "com.atlassian.servicedesk:sd-sla-field",
  ),
  custom(RESOLUTION_FIELD, "Time to resolution", "sd-servicelevelagreement", "com.atlassian.servicedesk:sd-sla-field"),
  custom(SATISFACTION_FIELD, "Satisfaction", "sd-feedback", "com.atlassian.servicedesk:sd-request-feedback"),
  custom(IMPACT_FIELD, "Impact", "number", "jira.polaris:rating"),
  custom(EFFORT_FIELD, "Effort", "number", "jira.polaris:rating"),
  custom(SPRINT_FIELD, "Sprint", "array", "com.pyxis.greenhopper.jira:gh-sprint", "json"),
  custom(POINTS_FIELD, "Story point estimate", "number", "com.pyxis.greenhopper.jira:jsw-story-points"),
  custom(START_FIELD, "Start date", "date", "com.atlassian.jira.plugin.system.customfieldtypes:datepicker"),
  custom(
    FLAGGED_FIELD,
    "Flagged",
    "array",
    "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes",
    "option",
  ),
];

/** Whose credentials the sandbox hands out. */
export const ASKING_PERSON = 0;

/** In which zone Jira reads dates of the asking account's queries. */
export const accountZone = (world: World): string => world.accountZone ?? personAt(ASKING_PERSON).timeZone;

export const myself = (world: World): Answer =>
  ok({
    ...userJson(world, ASKING_PERSON),
    timeZone: accountZone(world),
    locale: "en_GB",
    groups: { size: 2, items: [] },
    applicationRoles: { size: 1, items: [] },
    expand: "groups,applicationRoles",
  });

const wholeProject = (world: World, of: (typeof projects)[number]) => ({
  expand: "description,lead,issueTypes,url,projectKeys,permissions,insight",
  ...projectJson(of),
  style: of.style,
  ...(world.archivedProjects.has(of.key) ? { archived: true } : {}),
  isPrivate: false,
  properties: {},
});

/** The projects that are live, or with `status=archived` the others. */
export const projectSearch = (world: World, asked: Asked): Answer => {
  const wanted = asked.query.getAll("status").flatMap((text) => text.split(","));
  const found = projects.filter((one) => {
    const status = world.archivedProjects.has(one.key) ? "archived" : "live";
    return isBrowsable(world, one) && (wanted.length === 0 ? status === "live" : wanted.includes(status));
  });
  return page(
    asked,
    "/rest/api/3/project/search",
    found.map((one) => wholeProject(world, one)),
    50,
  );
};

const findProject = (world: World, idOrKey: string) =>
  projects.find((one) => (one.id === idOrKey || one.key === idOrKey.toUpperCase()) && isBrowsable(world, one));

const noProject = (idOrKey: string): Answer => ({
  status: 404,
  json: { errorMessages: [`No project could be found with key '${idOrKey}'.`], errors: {} },
});

export const project = (world: World, idOrKey: string): Answer => {
  const found = findProject(world, idOrKey);
  return found === undefined ? noProject(idOrKey) : ok(wholeProject(world, found));
};

export const issueTypes = (): Answer => ok(kindsOfJira.map((kind) => typeJson(kind)));

const priorityList = Array.from({ length: priorityCount }, (_, i) => ({
  ...priorityJson(i + 1),
  statusColor: "#f79232",
  description: "How much it matters.",
  isDefault: i === 2,
}));

export const priorities = (): Answer => ok(priorityList);
export const prioritySearch = (asked: Asked): Answer => page(asked, "/rest/api/3/priority/search", priorityList, 50);

/** The versions of a project. */
export const versions = (world: World, asked: Asked, key: string): Answer => {
  const project = findProject(world, key);
  if (project === undefined) return noProject(key);
  const all = Array.from({ length: VERSION_COUNT }, (_, index) => versionJson(world, index));
  return page(asked, `/rest/api/3/project/${key}/version`, project.key === "ACME" ? all : [], 50);
};

export const version = (world: World, id: string): Answer => {
  const all = isBrowsable(world, projects[0]) ? VERSION_COUNT : 0;
  const found = Array.from({ length: all }, (_, index) => versionJson(world, index)).find((one) => one.id === id);
  return found === undefined
    ? { status: 404, json: { errorMessages: [`Could not find version for id '${id}'`], errors: {} } }
    : ok(found);
};

const BOARD = {
  id: 1,
  self: `${SITE}/rest/agile/1.0/board/1`,
  name: "ACME board",
  type: "scrum",
  location: {
    projectId: 10_000,
    displayName: "Storefront (ACME)",
    projectName: "Storefront",
    projectKey: "ACME",
    projectTypeKey: "software",
    name: "Storefront (ACME)",
  },
  isPrivate: false,
};

export const board = (world: World, id: string): Answer =>
  id === String(BOARD.id) && isBrowsable(world, projects[0])
    ? ok(BOARD)
    : {
        status: 404,
        json: { errorMessages: ["Board does not exist or you do not have permission to see it."], errors: {} },
      };

export const boards = (world: World, asked: Asked): Answer =>
  page(asked, "/rest/agile/1.0/board", isBrowsable(world, projects[0]) ? [BOARD] : [], 50);

const sprintsOf = (world: World) =>
  Array.from({ length: SPRINT_COUNT }, (_, index) => {
    const { boardId, ...sprint } = sprintJson(world, index);
    return {
      ...sprint,
      self: `${SITE}/rest/agile/1.0/sprint/${sprint.id}`,
      createdDate: new Date(world.company.calendar.midnight(index * 10) - 604_800_000).toISOString(),
      originBoardId: boardId,
    };
  });

export const sprint = (world: World, id: string): Answer => {
  const found = sprintsOf(world).find((one) => String(one.id) === id);
  return found === undefined
    ? { status: 404, json: { errorMessages: ["Sprint does not exist."], errors: {} } }
    : ok(found);
};

export const sprints = (world: World, asked: Asked): Answer => {
  const states = asked.query.get("state")?.split(",");
  const all = sprintsOf(world);
  return page(
    asked,
    "/rest/agile/1.0/board/1/sprint",
    all.filter((sprint) => states?.includes(sprint.state) ?? true),
    50,
  );
};

export const remoteLinks = (
  id: string,
  pull: { readonly url: string; readonly title: string; readonly merged: boolean } | undefined,
): Answer =>
  ok(
    pull === undefined
      ? []
      : [
          {
            id: Number(id),
            self: `${API}/issue/${id}/remotelink/${id}`,
            globalId: `github=${pull.url}`,
            application: { type: "com.github", name: "GitHub" },
            relationship: "implemented by",
            object: {
              url: pull.url,
              title: pull.title,
              summary: "",
              icon: {},
              status: { resolved: pull.merged, icon: {} },
            },
          },
        ],
  );
