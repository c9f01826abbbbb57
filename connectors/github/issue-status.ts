import type { Draft, Fields, StatusCategory } from "../../shared/domain/entity.ts";
import { TIMELESS } from "../../shared/domain/instant.ts";
import { type Mapped, mapWord, type Table, type Word } from "../../shared/domain/mapped.ts";

/** A status of GitHub issues. Its id is what a hub's config names to map it otherwise. */
export interface IssueStatus {
  readonly id: string;
  readonly name: string;
  readonly type: string;
}

/** Lifecycle reference 4.1. GitHub has two states and a reason; a milestone on an open issue says that it is planned. */
const STATUS_CATEGORIES: Table<StatusCategory> = new Map([
  ["open", "backlog"],
  ["planned", "todo"],
  ["completed", "done"],
  ["not_planned", "cancelled"],
  ["duplicate", "cancelled"],
]);

/** A status of the present or the past, mapped; its type is the vocabulary's. */
export const mapStatus = (word: Word, own: Table<StatusCategory>): Mapped<StatusCategory> =>
  mapWord(word, STATUS_CATEGORIES, own);

type Resolution = Exclude<NonNullable<Fields<"workItem">["resolution"]>["category"], "unknown">;
const RESOLUTIONS: Table<Resolution> = new Map([
  ["completed", "completed"],
  ["not_planned", "wont_do"],
  ["duplicate", "duplicate"],
]);

const OPEN: IssueStatus = { id: "open", name: "open", type: "open" };
const PLANNED: IssueStatus = { id: "open:milestone", name: "open: in a milestone", type: "planned" };
/** Closed before GitHub knew reasons. */
const CLOSED: IssueStatus = { id: "closed", name: "closed", type: "completed" };

/** The status of an issue in the given state. */
export const issueStatus = (
  state: string | null | undefined,
  reason: string | null | undefined,
  hasMilestone: boolean,
): IssueStatus => {
  if (state === "open" || state === null || state === undefined) return hasMilestone ? PLANNED : OPEN;
  if (state !== "closed") return { id: state, name: state, type: state };
  return reason ? { id: `closed:${reason}`, name: `closed: ${reason}`, type: reason } : CLOSED;
};

/** Why a closed issue is closed, as far as GitHub says so. */
export const issueResolution = (reason: string | null | undefined): Fields<"workItem">["resolution"] =>
  reason ? mapWord({ name: reason }, RESOLUTIONS) : undefined;

/** The statuses as vocabulary, so that history is mapped like the present. */
export const statusVocabulary = (statuses: readonly IssueStatus[]): Draft<"vocabulary">[] =>
  [...new Map(statuses.map((status) => [status.id, status])).values()].map(({ id, name, type }) => ({
    kind: "vocabulary",
    external: { noun: "status", id, key: name, url: "https://docs.github.com/rest/issues/issues" },
    scopes: [],
    updatedAt: TIMELESS,
    fields: { field: "status", name, type },
  }));
