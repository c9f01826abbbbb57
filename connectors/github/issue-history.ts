import type { Change, HistoryEntry } from "../../shared/domain/history.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import { type IssueStatus, issueStatus } from "./issue-status.ts";
import type { Issue, TimelineEvent } from "./schema.ts";

/** The closing event is stamped up to this long after `closed_at`. */
const SAME_CLOSING_MS = 2000;

/**
 * An issue's past: all of it where its timeline was read along, else its closing alone, which the record itself tells.
 * Both give a closing the same id and content, also after the issue was reopened, so reading it twice adds nothing.
 */
export const issueHistory = (issue: Issue): { entries: HistoryEntry[]; statuses: IssueStatus[] } => {
  const closedAt = issue.state === "closed" ? maybeInstant(issue.closed_at) : undefined;
  const statuses: IssueStatus[] = [];
  const entries = new Map<string, HistoryEntry>();
  const keep = (entry: HistoryEntry) => entries.set(entry.id, entry);

  let state = "open";
  let milestone: string | undefined;
  let status = issueStatus(state, undefined, false);
  statuses.push(status);
  const moveTo = (next: IssueStatus): Change[] => {
    if (next.id === status.id) return [];
    const change = statusChange(status, next);
    status = next;
    statuses.push(next);
    return [change];
  };

  const events = inOrder(issue.timeline ?? []);
  const lastClosing = events.findLastIndex(({ event }) => event.event === "closed");
  for (const [index, { event, at }] of events.entries()) {
    if (event.event === "closed") {
      const last = index === lastClosing && closedAt !== undefined && near(at, closedAt);
      const next = issueStatus("closed", last ? issue.state_reason : event.state_reason, false);
      const from = status;
      state = "closed";
      if (moveTo(next).length > 0) keep(closing(from, next, last ? closedAt : at));
      continue;
    }
    const changes = plainChanges(event);
    if (event.event === "reopened") state = "open";
    if (event.event === "milestoned") milestone = event.milestone?.title ?? "";
    if (event.event === "demilestoned") milestone = undefined;
    if (state === "open") changes.push(...moveTo(issueStatus("open", undefined, milestone !== undefined)));
    if (changes.length > 0) keep(told(event, at, changes));
  }
  if (closedAt !== undefined && !issue.timeline) {
    const open = issueStatus("open", undefined, Boolean(issue.milestone));
    const closed = issueStatus("closed", issue.state_reason, false);
    statuses.push(open, closed);
    keep(closing(open, closed, closedAt));
  }
  return { entries: [...entries.values()], statuses };
};

const inOrder = (timeline: readonly TimelineEvent[]): { event: TimelineEvent; at: Instant }[] =>
  timeline
    .flatMap((event) => {
      const at = maybeInstant(event.created_at);
      return at === undefined ? [] : [{ event, at }];
    })
    .sort((a, b) => a.at.localeCompare(b.at));

const near = (a: Instant, b: Instant): boolean => Math.abs(Date.parse(a) - Date.parse(b)) <= SAME_CLOSING_MS;

const statusChange = (from: IssueStatus, to: IssueStatus): Change => ({
  field: "status",
  from: { id: from.id, name: from.name },
  to: { id: to.id, name: to.name },
});

/** The same entry whether the record alone tells it or its timeline does, and after it was reopened too. */
const closing = (from: IssueStatus, to: IssueStatus, at: Instant): HistoryEntry => ({
  id: `${from.id}>${to.id}@${at}`,
  at,
  changes: [statusChange(from, to)],
});

const told = (event: TimelineEvent, at: Instant, changes: readonly Change[]): HistoryEntry => ({
  id: event.node_id ?? String(event.id ?? `${event.event}@${at}`),
  at,
  ...(event.actor?.node_id && { by: event.actor.node_id }),
  changes,
});

/** What an event says of fields other than the status. */
const plainChanges = ({ event, assignee, milestone, rename }: TimelineEvent): Change[] => {
  const person = {
    ...(assignee?.node_id && { id: assignee.node_id }),
    ...(assignee?.login && { name: assignee.login }),
    ...(assignee?.node_id && { noun: "user" }),
  };
  const title = milestone?.title ?? "";
  switch (event) {
    case "assigned":
      return [{ field: "assignee", from: null, to: person, isOneOfMany: true }];
    case "unassigned":
      return [{ field: "assignee", from: person, to: null, isOneOfMany: true }];
    case "milestoned":
      return [{ field: "parent", from: null, to: { name: title } }];
    case "demilestoned":
      return [{ field: "parent", from: { name: title }, to: null }];
    case "renamed":
      return [{ field: "title", from: { name: rename?.from ?? "" }, to: { name: rename?.to ?? "" } }];
    case "transferred":
      return [{ field: "key", from: null, to: null }];
    default:
      return [];
  }
};
