import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import type { Project, Sprint, Status, Version } from "./schema.ts";
import { below, browseUrl } from "./site.ts";
import { cycleDraft } from "./sprint.ts";
import { categoryKey } from "./vocabulary.ts";

/** A project is the team that works in it: its key is the scope of everything inside. */
export const normaliseProject = (project: Project): Draft<"team">[] => [
  {
    kind: "team",
    external: {
      noun: "project",
      id: project.id,
      ...(project.key && { key: project.key }),
      url: browseUrl([project.self], project.key),
    },
    scopes: project.key ? [project.key] : [],
    updatedAt: TIMELESS,
    ...(project.archived === true && { archivedAt: maybeInstant(project.archivedDate) ?? TIMELESS }),
    fields: { name: project.name ?? project.key ?? project.id, ...(project.key && { slug: project.key }) },
  },
];

/** A status of the site's vocabulary, by which history is mapped. */
export const normaliseStatus = (status: Status): Draft<"vocabulary">[] => {
  const project = status.scope?.project?.id;
  return [
    {
      kind: "vocabulary",
      external: { noun: "status", id: status.id, url: status.self ?? "" },
      scopes: [],
      updatedAt: TIMELESS,
      fields: {
        field: "status",
        name: status.name ?? status.id,
        type: categoryKey(status.statusCategory) ?? "undefined",
        ...(project != null && { scope: project }),
      },
    },
  ];
};

const RELEASE_STATES: Table<"planned" | "completed"> = new Map([
  ["unreleased", "planned"],
  ["released", "completed"],
]);

/** A fix version as a release. Jira tells the day of a release, not the moment. */
export const normaliseVersion = (version: Version, _: NormaliseContext): Draft<"release">[] => {
  const { id, projectKey, name } = version;
  const releaseDate = /^\d{4}-\d{2}-\d{2}/.exec(version.releaseDate ?? "")?.[0];
  return [
    {
      kind: "release",
      external: {
        noun: "version",
        id,
        url: projectKey ? below(version.self, `/projects/${projectKey}/versions/${id}`) : (version.self ?? ""),
      },
      scopes: projectKey ? [projectKey] : [],
      updatedAt: TIMELESS,
      ...(version.archived === true && { archivedAt: TIMELESS }),
      fields: {
        name: name ?? id,
        version: name ?? id,
        ...(version.description && { notes: version.description }),
        status: mapWord({ name: version.released === true ? "released" : "unreleased" }, RELEASE_STATES),
        ...(releaseDate !== undefined && { releaseDate }),
      },
    },
  ];
};

export const normaliseSprint = (sprint: Sprint): Draft<"cycle">[] => [cycleDraft(sprint, sprint.self)];
