import type { Draft } from "../../shared/domain/entity.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { mapWord } from "../../shared/domain/mapped.ts";
import { referencesIn } from "../../shared/domain/reference.ts";
import { byText, dayOf, labelsOf, refTo, timesOf } from "./envelope.ts";
import { linksTo } from "./link-target.ts";
import type { Initiative, Project } from "./schema.ts";
import { healthOf, PLANS, priorityOf, resolutionOf } from "./words.ts";

/** A project as a feature. Its health is what a person declared, never what we derive. */
export const normaliseProject = (project: Project): readonly Draft[] => {
  const targetDate = dayOf(project.targetDate);
  const status = project.status;
  const type = status?.type ?? project.state ?? undefined;
  const draft: Draft<"feature"> = {
    kind: "feature",
    external: { noun: "project", id: project.id, url: project.url ?? "https://linear.app" },
    scopes: project.teams.flatMap(({ key }) => key ?? []).toSorted(byText),
    ...timesOf(project),
    fields: {
      title: project.name ?? project.id,
      problem: project.description || undefined,
      type: "Project",
      initiativeIds: project.initiatives
        .map(({ id }) => ({ kind: "initiative", noun: "initiative", id }) as const)
        .toSorted((a, b) => byText(a.id, b.id)),
      priority: priorityOf(project.priority, project.priorityLabel),
      ownerId: refTo("account", "user", project.lead, project.leadId),
      startDate: dayOf(project.startDate),
      targetDate,
      targetDateResolution: resolutionOf(targetDate, project.targetDateResolution),
      declaredStatus: mapWord({ id: status?.id ?? undefined, name: status?.name ?? type ?? "", type }, PLANS),
      declaredHealth: healthOf(project.health),
      declaredHealthAt: maybeInstant(project.healthUpdatedAt),
      completedAt: maybeInstant(project.completedAt),
      labels: labelsOf(project.labels),
    },
    references: [
      ...linksTo(project.externalLinks),
      ...referencesIn(project.name, "title"),
      ...referencesIn([project.description, project.content].filter(Boolean).join("\n"), "body"),
    ],
  };
  return [draft];
};

/** An initiative belongs to the workspace; a team is told only where one leads it. */
export const normaliseInitiative = (initiative: Initiative): readonly Draft[] => {
  const targetDate = dayOf(initiative.targetDate);
  const draft: Draft<"initiative"> = {
    kind: "initiative",
    external: { noun: "initiative", id: initiative.id, url: initiative.url ?? "https://linear.app" },
    scopes: initiative.leadTeam?.key ? [initiative.leadTeam.key] : [],
    ...timesOf(initiative),
    fields: {
      title: initiative.name ?? initiative.id,
      status: mapWord({ name: initiative.status ?? "" }, PLANS),
      declaredHealth: healthOf(initiative.health),
      declaredHealthAt: maybeInstant(initiative.healthUpdatedAt),
      parentId: refTo("initiative", "initiative", initiative.parentInitiative),
      ownerId: refTo("account", "user", initiative.owner, initiative.ownerId),
      targetDate,
      targetDateResolution: resolutionOf(targetDate, initiative.targetDateResolution),
    },
  };
  return [draft];
};
