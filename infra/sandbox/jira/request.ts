import { referenceOf } from "../company/exposure.ts";
import type { Change, Stage, WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { type Case, customers, Desktop } from "../support/cases.ts";
import { findIssue, isSearchable, issueJson, linkTo, positionOf, visibleIssue } from "./issue.ts";
import {
  isBrowsable,
  ORGANISATIONS_FIELD,
  projects,
  REQUEST_TYPE_FIELD,
  RESOLUTION_FIELD,
  RESPONSE_FIELD,
  SATISFACTION_FIELD,
  SITE,
} from "./vocabulary.ts";

/** Requests of the service project have the positions from here on, behind those of any company's work. */
const FIRST = 700_000;
const API = `${SITE}/rest/api/3`;

/** The service project's cases, with what was changed since. */
export const serviceDesk = (world: World): Desktop => {
  const desk = desks.get(world) ?? new Desktop(world, "jira");
  desks.set(world, desk);
  return desk;
};
const desks = new WeakMap<World, Desktop>();

const STAGES: Readonly<Record<Case["stage"], Stage>> = {
  new: "todo",
  open: "in_progress",
  pending: "in_review",
  hold: "in_review",
  solved: "done",
  closed: "done",
};

/** A request as the issue that it is. A changed case is another object. */
const itemOf = (one: Case): WorkItem => {
  const item = items.get(one) ?? made(one);
  items.set(one, item);
  return item;
};
const items = new WeakMap<Case, WorkItem>();

const made = (one: Case): WorkItem => {
  const stage = STAGES[one.stage];
  const move = (time: number | undefined, from: Stage, to: Stage): Change[] =>
    time === undefined || from === to ? [] : [{ time, by: one.agent, field: "stage", from, to }];
  const between: Stage = one.solved === undefined ? stage : "in_progress";
  return {
    product: 0,
    n: FIRST + one.n,
    key: `SUP-${one.n + 1}`,
    kind: "request",
    title: one.subject,
    creator: one.agent,
    ...(one.replied !== undefined && { assignee: one.agent }),
    priority: one.priority,
    sprints: [],
    blocked: false,
    stage,
    created: one.created,
    updated: one.updated,
    ...(one.deleted === true && { deleted: one.updated }),
    history: [...move(one.replied, "todo", between), ...move(one.solved, between, stage)],
  };
};

/** Every request that a search may give, in no order. */
export const searchableRequests = (world: World): readonly WorkItem[] => {
  const all = serviceDesk(world).all.filter(({ deleted }) => deleted !== true);
  return all.map(itemOf).filter((item) => isSearchable(world, item));
};

const caseOf = (world: World, idOrKey: string): Case | undefined => {
  const key = /^SUP-([1-9]\d{0,8})$/i.exec(idOrKey);
  const n = key === null ? positionOf(idOrKey) - FIRST : Number(key[1]) - 1;
  return Number.isInteger(n) && n >= 0 ? serviceDesk(world).find(n) : undefined;
};

/** The issue or request under an id or a key, if our credentials may see it. */
export const visible = (world: World, idOrKey: string): WorkItem | undefined => {
  const one = caseOf(world, idOrKey);
  if (one === undefined) return visibleIssue(world, idOrKey);
  return one.deleted === true || !isBrowsable(world, projects[2]) ? undefined : itemOf(one);
};

/** An issue or request with the fields that were asked for. */
export const jsonOf = (world: World, item: WorkItem, fields: readonly string[]) => {
  const one = item.kind === "request" ? serviceDesk(world).find(item.n - FIRST) : undefined;
  return issueJson(world, item, fields, one === undefined ? {} : requestFields(world, one));
};

const PROMISES = { response: 8 * 3_600_000, resolution: 48 * 3_600_000 } as const;
const moment = (time: number) => ({
  iso8601: new Date(time).toISOString().replace("Z", "+0000"),
  jira: new Date(time).toISOString().replace("Z", "+0000"),
  friendly: new Date(time).toUTCString(),
  epochMillis: time,
});
const span = (millis: number) => ({ millis, friendly: `${Math.round(millis / 60_000)}m` });

/** An agreement as its custom field holds it: a cycle for each time it ran. */
const agreement = (id: string, name: string, start: number, end: number | undefined, goal: number) => {
  const common = { startTime: moment(start), goalDuration: span(goal) };
  return {
    id,
    name,
    _links: { self: `${SITE}/rest/servicedeskapi/request/${id}/sla/${id}` },
    completedCycles:
      end === undefined
        ? []
        : [
            {
              ...common,
              stopTime: moment(end),
              breachTime: moment(start + goal),
              breached: end - start > goal,
              elapsedTime: span(end - start),
              remainingTime: span(goal - (end - start)),
            },
          ],
    ...(end === undefined && {
      ongoingCycle: {
        ...common,
        breachTime: moment(start + goal),
        breached: false,
        paused: false,
        withinCalendarHours: true,
        elapsedTime: span(0),
        remainingTime: span(goal),
      },
    }),
  };
};

const asking = (customer: number) => ({
  self: `${API}/user?accountId=qm%3A${customer}`,
  accountId: `qm:5c1f0e6b:${customer}`,
  emailAddress: `someone@${customers[customer]?.domain}`,
  displayName: "Someone",
  active: true,
  timeZone: "Etc/UTC",
  accountType: "customer",
});

const requestFields = (world: World, one: Case): Readonly<Record<string, unknown>> => {
  const reference = referenceOf(world, one.exposure);
  const linked = one.named === "link" && reference !== undefined ? findIssue(world, reference.key) : undefined;
  const url = one.named === "text" || one.named === "field" ? reference?.url : undefined;
  const paragraphs = url === undefined ? [one.words] : [one.words, `See ${url}`];
  return {
    reporter: asking(one.customer),
    creator: asking(one.customer),
    labels: one.named === "tag" && reference !== undefined ? [`feature:${reference.key}`] : [],
    issuelinks: linked === undefined ? [] : [linkTo(world, linked, String(60_000 + one.n))],
    description: {
      type: "doc",
      version: 1,
      content: paragraphs.map((text) => ({ type: "paragraph", content: [{ type: "text", text }] })),
    },
    fixVersions: [],
    components: [],
    [REQUEST_TYPE_FIELD]: {
      requestType: { id: "25", name: one.nature === "wish" ? "Suggest a feature" : "Report a problem" },
      currentStatus: { status: one.stage },
    },
    [ORGANISATIONS_FIELD]: [{ id: String(one.customer + 1), name: customers[one.customer]?.name, _links: {} }],
    [RESPONSE_FIELD]: agreement("31", "Time to first response", one.created, one.replied, PROMISES.response),
    [RESOLUTION_FIELD]: agreement("30", "Time to resolution", one.created, one.solved, PROMISES.resolution),
    [SATISFACTION_FIELD]: one.rating === undefined ? null : { rating: one.rating },
  };
};
