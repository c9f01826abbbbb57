import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Draft } from "../../shared/domain/entity.ts";
import type { PastValue } from "../../shared/domain/history.ts";
import { courseOf, membershipOf, type Past } from "../../shared/domain/interval.ts";
import { draftsOf } from "../fixtures/jira/open-jira.ts";

/** Real changelogs, and what another tool read from the same issues some years later. Kept outside the project. */
const recorded = new URL("../../../shared/data/recorded/jira/", import.meta.url);
const isThere = existsSync(recorded);
if (!isThere) process.stderr.write("skipped: no recorded Jira payloads beside the project\n");
const text = (path: string): string => (isThere ? readFileSync(new URL(path, recorded), "utf8") : "");

const Line = z.looseObject({ stream: z.string(), body: z.record(z.string(), z.unknown()) });
const issues: readonly Draft<"workItem">[] = text("faros-airbyte-records/records.jsonl")
  .split("\n")
  .filter(Boolean)
  .map((line) => Line.parse(JSON.parse(line)))
  .flatMap(({ stream, body }) => (stream === "issues" ? draftsOf("issues", body).slice(0, 1) : []))
  .filter((draft) => draft.kind === "workItem")
  .map((draft) => draft as Draft<"workItem">);

const At = z.looseObject({ uid: z.string() });
const Theirs = z.object({
  tms_Task: z
    .looseObject({
      uid: z.string(),
      statusChangelog: z
        .array(z.object({ changedAt: z.string(), status: z.looseObject({ detail: z.string() }) }))
        .nullish(),
    })
    .optional(),
  tms_TaskAssignment: z.looseObject({ task: At, assignee: At, assignedAt: z.string() }).optional(),
  tms_SprintHistory: z.looseObject({ task: At, sprint: At, addedAt: z.string() }).optional(),
});
const theirs = isThere
  ? Object.values(
      z.record(z.string(), z.array(z.unknown())).parse(JSON.parse(text("faros-normalised/faros_jira.expected.json"))),
    )
      .flat()
      .map((one) => Theirs.parse(one))
  : [];

const pastOf = ({ createdAt = "", updatedAt, history = [] }: Draft): Past => ({
  createdAt,
  changedAt: updatedAt,
  history,
});
const statusOf = (draft: Draft<"workItem">) => {
  const { id, detail } = draft.fields.status;
  return courseOf("status", pastOf(draft), { name: detail, ...(id !== undefined && { id }) });
};
const cyclesOf = (draft: Draft<"workItem">) => {
  const present = (draft.fields.cycleIds ?? []).map(({ id }): PastValue => ({ id }));
  return membershipOf("cycle", pastOf(draft), present);
};
const assigneeOf = (draft: Draft<"workItem">) => {
  const id = draft.fields.assigneeIds?.[0]?.id;
  return courseOf("assignee", pastOf(draft), id === undefined ? null : { id });
};

describe.skipIf(!isThere)("recorded Jira changelogs", () => {
  it("lead to what the issues say of themselves, without gaps", () => {
    expect(issues.length).toBeGreaterThan(3);
    expect(issues.flatMap(({ history = [] }) => history).length).toBeGreaterThan(60);
    for (const issue of issues) {
      for (const course of [statusOf(issue), assigneeOf(issue)]) {
        expect([issue.external.key, course.agrees, course.isComplete]).toEqual([issue.external.key, true, true]);
        expect(course.intervals[0]?.from).toBe(issue.createdAt);
        expect(course.intervals.map(({ to }) => to)).toEqual([
          ...course.intervals.slice(1).map(({ from }) => from),
          undefined,
        ]);
      }
      expect(cyclesOf(issue)).toMatchObject({ agrees: true, isComplete: true });
    }
  });

  it("keep every sprint that an issue was taken out of", () => {
    const left = issues.flatMap((issue) => {
      const present = new Set((issue.fields.cycleIds ?? []).map(({ id }) => id));
      const ever = new Set(cyclesOf(issue).intervals.map(({ value }) => value.id ?? ""));
      expect([...present].filter((id) => !ever.has(id))).toEqual([]);
      return [...ever].filter((id) => !present.has(id));
    });
    expect(left.length).toBeGreaterThan(5);
  });

  it("give the statuses, assignments and sprint entries that Faros reads, up to where the recording ends", () => {
    let compared = 0;
    for (const issue of issues) {
      const end = issue.updatedAt;
      const { key } = issue.external;
      const ours = statusOf(issue).intervals.map(({ from, value }) => [from, value?.name]);
      for (const { tms_Task: task, tms_TaskAssignment: assigned, tms_SprintHistory: entered } of theirs) {
        if (task?.uid === key && task?.statusChangelog) {
          const told = task.statusChangelog.filter(({ changedAt }) => changedAt <= end);
          expect(ours).toEqual(told.map(({ changedAt, status }) => [changedAt, status.detail]));
          compared += told.length;
        }
        if (assigned?.task.uid === key && assigned !== undefined && assigned.assignedAt <= end) {
          const stay = assigneeOf(issue).intervals.find(({ from }) => from === assigned.assignedAt);
          expect(stay?.value?.id).toBe(assigned.assignee.uid);
          compared += 1;
        }
        // Faros keeps one entry per sprint, the last.
        if (entered?.task.uid === key && entered !== undefined && entered.addedAt <= end) {
          const stay = cyclesOf(issue).intervals.findLast(({ value }) => value.id === entered.sprint.uid);
          expect([entered.sprint.uid, stay?.from]).toEqual([entered.sprint.uid, entered.addedAt]);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(20);
  });
});
