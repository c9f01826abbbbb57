import type { Product } from "../company/features.ts";
import { featureUpdated } from "../company/features.ts";
import { at } from "../company/random.ts";
import type { Change, WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { projects, VERSION_COUNT, versionJson } from "../jira/vocabulary.ts";
import { project } from "../linear/organization.ts";
import { LINEAR_PRODUCT, teams } from "../linear/vocabulary.ts";
import { jiraProjectHook, jiraVersionHook } from "../webhooks/jira-hooks.ts";
import { linearIssueHook, linearProjectHook } from "../webhooks/linear-hooks.ts";
import type { Occasion, Outcome, Request, Verb } from "./outcome.ts";
import { ControlError, featureOf, itemOfKey, truthOf } from "./records.ts";
import { transfer } from "./relocate.ts";

/** Archives or trashes an issue of Linear, or takes it back; as there, the update time stays. */
const shelveIssue = ({ world, time, by }: Occasion, key: unknown, on: boolean, trashed: boolean): Outcome => {
  const item = itemOfKey(world, key);
  if (at(world.company.products, item.product).tracker !== "linear")
    throw new ControlError("Only Linear has an archive and a trash for issues.");
  const { archived: _, trashed: __, ...rest } = item;
  const changed: WorkItem = on
    ? { ...rest, archived: world.stamp("linear", time), ...(trashed ? { trashed } : {}) }
    : rest;
  world.putItem(changed);
  const from = item.archived === undefined ? null : new Date(item.archived).toISOString();
  const change: Change = { time, by, field: "archived", from, to: null };
  const action = on && trashed ? "remove" : "update";
  return {
    changed: [truthOf(world, changed)],
    hooks: [linearIssueHook(world, changed, action, by, [change], item)],
  };
};

const shelveProject = ({ world, time, by }: Occasion, title: unknown, on: boolean, trashed: boolean): Outcome => {
  const { index } = featureOf(world, at(world.company.products, LINEAR_PRODUCT), title);
  const before = project(world, index);
  const feature = world.feature(LINEAR_PRODUCT, index);
  const stamp = world.stamp("linear", time);
  world.editFeature(LINEAR_PRODUCT, index, {
    updated: feature.edit?.updated ?? featureUpdated(world.company.calendar, feature),
    archived: on ? stamp : undefined,
    trashed: on && trashed,
  });
  const after = project(world, index);
  const action = on && trashed ? "remove" : "update";
  return {
    changed: [{ tracker: "linear", kind: "project", id: after["id"], title: after["name"], archived: on }],
    hooks: [linearProjectHook(world, index, action, by, before, stamp)],
  };
};

/** Archives or restores a version or a project of Jira. */
const shelveVersion = ({ world, time }: Occasion, name: unknown, on: boolean): Outcome => {
  const index = Array.from({ length: VERSION_COUNT }, (_, place) => versionJson(world, place)).findIndex(
    (version) => version.name === name || version.id === name,
  );
  if (index < 0) throw new ControlError(`There is no version ${JSON.stringify(name)}.`);
  if (on) world.archivedVersions.add(index);
  else world.archivedVersions.delete(index);
  const version = versionJson(world, index);
  return {
    changed: [{ tracker: "jira", kind: "version", id: version.id, name: version.name, archived: on }],
    hooks: [jiraVersionHook(world, index, time, "updated")],
  };
};

const shelveJiraProject = ({ world, time }: Occasion, key: string, on: boolean): Outcome => {
  if (on) world.archivedProjects.add(key);
  else world.archivedProjects.delete(key);
  return {
    changed: [{ tracker: "jira", kind: "project", key, archived: on }],
    hooks: [jiraProjectHook(key, time, on ? "project_archived" : "project_restored_archived")],
  };
};

const shelve = (occasion: Occasion, request: Request, on: boolean): Outcome => {
  if (request["version"] !== undefined) return shelveVersion(occasion, request["version"], on);
  const jira = projects.find(({ key }) => key === request["project"]);
  if (jira !== undefined) return shelveJiraProject(occasion, jira.key, on);
  return request["project"] === undefined
    ? shelveIssue(occasion, request["key"], on, false)
    : shelveProject(occasion, request["project"], on, false);
};

const bin = (occasion: Occasion, request: Request, on: boolean): Outcome =>
  request["project"] === undefined
    ? shelveIssue(occasion, request["key"], on, true)
    : shelveProject(occasion, request["project"], on, true);

const addTeam: Verb = ({ world }) => {
  world.secondTeam = true;
  return { changed: [{ tracker: "linear", kind: "team", key: "LAB" }], hooks: [] };
};

const scopeOf = (world: World, request: Request): string => {
  const { vendor, scope } = request;
  const repositories = world.company.products.map((product: Product) => product.repo);
  const name = typeof scope === "string" ? scope.replace(/^acme\//, "") : "";
  const known: Readonly<Record<string, readonly string[]>> = {
    jira: projects.map(({ key }) => key),
    linear: teams.map(({ key }) => key),
    github: repositories,
  };
  const scopes = known[String(vendor)];
  if (scopes === undefined) throw new ControlError("vendor is jira, linear or github.");
  if (!scopes.includes(name)) throw new ControlError(`scope is one of ${scopes.join(", ")}.`);
  return `${String(vendor)}/${name}`;
};

const revoke: Verb = ({ world }, request) => {
  const scope = scopeOf(world, request);
  world.revoked.set(scope, request["mode"] === "forbidden" ? "forbidden" : "missing");
  return { changed: [{ scope, visible: false }], hooks: [] };
};

const grant: Verb = ({ world }, request) => {
  const scope = scopeOf(world, request);
  world.revoked.delete(scope);
  return { changed: [{ scope, visible: true }], hooks: [] };
};

/** Verbs on what is there and what may be seen. */
export const presenceVerbs: Readonly<Record<string, readonly [string, Verb]>> = {
  archive: [
    "key or project (Linear; the update time stays), project or version (Jira); on?: false to take it back",
    (occasion, request) => shelve(occasion, request, request["on"] !== false),
  ],
  unarchive: ["as archive: takes it back", (occasion, request) => shelve(occasion, request, false)],
  trash: ["key or project of Linear: archived until it is purged", (occasion, request) => bin(occasion, request, true)],
  restore: ["key or project of Linear: out of the trash", (occasion, request) => bin(occasion, request, false)],
  transfer: ["key, repo: a GitHub issue goes to another repository; its old number answers 301", transfer],
  add_team: ["Linear has a second team, LAB, from now on", addTeam],
  revoke: ["vendor, scope (a Jira project, Linear team or GitHub repository), mode?: forbidden for GitHub", revoke],
  grant: ["vendor, scope: visible again", grant],
};
