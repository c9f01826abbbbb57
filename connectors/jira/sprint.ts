import type { Draft } from "../../shared/domain/entity.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { valuesOf } from "./custom-field.ts";
import { type Issue, Sprint } from "./schema.ts";
import { below } from "./site.ts";

const STATES: Table<"future" | "active" | "closed"> = new Map([
  ["future", "future"],
  ["active", "active"],
  ["closed", "closed"],
]);

/**
 * A sprint as a cycle: the same draft from the agile API, a webhook and the sprint field of an issue. Hence no scopes,
 * which only boards tell: a sprint belongs where its issues do.
 *
 * @param self address of the record that tells the sprint
 */
export const cycleDraft = (sprint: Sprint, self: string | null | undefined): Draft<"cycle"> => {
  const board = sprint.originBoardId ?? sprint.boardId ?? sprint.rapidViewId;
  const startsAt = maybeInstant(sprint.startDate);
  const endsAt = maybeInstant(sprint.endDate);
  const completedAt = maybeInstant(sprint.completeDate);
  return {
    kind: "cycle",
    external: {
      noun: "sprint",
      id: sprint.id,
      url: below(self, `/secure/RapidBoard.jspa?${board == null ? "" : `rapidView=${board}&`}sprint=${sprint.id}`),
    },
    scopes: [],
    updatedAt: TIMELESS,
    fields: {
      name: sprint.name ?? `Sprint ${sprint.id}`,
      state: mapWord({ name: (sprint.state ?? "").toLowerCase() }, STATES),
      ...(startsAt !== undefined && { startsAt }),
      ...(endsAt !== undefined && { endsAt }),
      ...(completedAt !== undefined && { completedAt }),
    },
  };
};

/** The sprints that an issue's sprint field names, each once. */
export const sprintsOf = (issue: Issue): Sprint[] => {
  const found = new Map<string, Sprint>();
  for (const value of valuesOf(issue, "sprint").flat()) {
    const parsed = Sprint.safeParse(typeof value === "string" ? fromText(value) : value);
    if (parsed.success) found.set(parsed.data.id, parsed.data);
  }
  return [...found.values()];
};

/** Jira Server prints the Java object: `…Sprint@a88a698[id=1,state=ACTIVE,name=Sample Sprint 2,completeDate=<null>]`. */
const fromText = (text: string): Record<string, string> => {
  const body = /^[^[]*\[(.*)\]$/s.exec(text)?.[1] ?? "";
  const pairs = body.split(/,(?=[A-Za-z]+=)/).map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs.filter(([, value]) => value !== "<null>" && value !== ""));
};
