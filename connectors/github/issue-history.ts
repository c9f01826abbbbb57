import type { Change, HistoryEntry } from "../../shared/domain/history.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import { type IssueStatus, issueStatus } from "./issue-status.ts";
import type { Issue, TimelineEvent } from "./schema.ts";

/** The closing event is stamped up to this long after `closed_at`. */
const SAME_CLOSING_MS = 2000;

/**
 * An issue's past: all of it where its timeline was read along, else its closing alone, which the record itself tells.
 * Both give a closing the same id and content, also after the issue was reopened, so reading it twice adds nothing.
 * GitHub tells times by the second: of closings alike within one, the first has the id that the record alone gives.
 */
export const issueHistory = (issue: Issue): { entries: HistoryEntry[]; statuses: IssueStatus[] } => {
  const closedAt = issue.state === "closed" ? maybeInstant(issue.closed_at) : undefined;
  const statuses: IssueStatus[] = [];
  const entries: HistoryEntry[] = [];
  const alike = new Map<string, number>();
  const keepClosing = (from: IssueStatus, to: IssueStatus, at: Instant): void => {
    const id = `${from.id}>${to.id}@${at}`;
    const count = (alike.get(id) ?? 0) + 1;
    alike.set(id, count);
    entries.push({ id: count === 1 ? id : `${id}#${count}`, at, changes: [statusChange(from, to)] });
  };

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
  const presentClosing = closedAt === undefined ? -1 : nearestClosing(events, closedAt);
  for (const [index, { event, at }] of events.entries()) {
    if (event.event === "closed") {
      // The record may be older than its timeline by a moment: what the event itself says counts first.
      const isPresent = index === presentClosing;
      const reason = event.state_reason ?? (isPresent ? issue.state_reason : undefined);
      const next = issueStatus("closed", reason, false);
      const from = status;
      state = "closed";
      if (moveTo(next).length > 0) keepClosing(from, next, (isPresent ? closedAt : undefined) ?? at);
      continue;
    }
    const changes = plainChanges(event);
    if (event.event === "reopened") state = "open";
    if (event.event === "milestoned") milestone = event.milestone?.title ?? "";
    if (event.event === "demilestoned") milestone = undefined;
    if (state === "open") changes.push(...moveTo(issueStatus("open", undefined, milestone !== undefined)));
    if (changes.length > 0) entries.push(told(event, at, changes));
  }
  if (closedAt !== undefined && !issue.timeline) {
    const open = issueStatus("open", undefined, Boolean(issue.milestone));
    const closed = issueStatus("closed", issue.state_reason, false);
    statuses.push(open, closed);
    keepClosing(open, closed, closedAt);
  }
  return { entries, statuses };
};

interface Placed {
  readonly event: TimelineEvent;
  readonly at: Instant;
}

/** Oldest first, those of one second in GitHub's own order, and none twice where pages overlap. */
const inOrder = (timeline: readonly TimelineEvent[]): Placed[] => {
  const placed = new Map<unknown, Placed>();
  for (const event of timeline) {
    const at = maybeInstant(event.created_at);
    const id = event.node_id ?? event.id ?? event;
    if (at !== undefined && !placed.has(id)) placed.set(id, { event, at });
  }
  return [...placed.values()].sort((a, b) => a.at.localeCompare(b.at));
};

/** Which event is the closing that the record tells the time of, the later one of two; -1 if none is. */
const nearestClosing = (events: readonly Placed[], closedAt: Instant): number => {
  let found = -1;
  let nearest = SAME_CLOSING_MS;
  for (const [index, { event, at }] of events.entries()) {
    const away = Math.abs(Date.parse(at) - Date.parse(closedAt));
    if (event.event === "closed" && away <= nearest) [found, nearest] = [index, away];
  }
  return found;
};

const statusChange = (from: IssueStatus, to: IssueStatus): Change => ({
  field: "status",
  from: { id: from.id, name: from.name },
  to: { id: to.id, name: to.name },
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
