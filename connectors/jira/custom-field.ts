import type { CustomField } from "../../shared/domain/entity.ts";
import type { Issue } from "./schema.ts";

/** What a custom field means to us. Its id differs from site to site; type and name are all there is to know it by. */
export type Meaning =
  | "sprint"
  | "points"
  | "flag"
  | "start"
  | "epic"
  | "sla"
  | "satisfaction"
  | "organisations"
  | "votes"
  | "value"
  | "effort";

const TYPES: readonly (readonly [ending: string, Meaning])[] = [
  [":gh-sprint", "sprint"],
  [":jsw-story-points", "points"],
  [":gh-epic-link", "epic"],
  [":sd-sla-field", "sla"],
  [":sd-request-feedback", "satisfaction"],
  [":sd-customer-organizations", "organisations"],
];
/** Product Discovery's own kinds of field (`jira.polaris:rating` and others) are told apart by the names it gives them. */
const DISCOVERY = /^jira\.polaris:/;
const DISCOVERY_NAMES: ReadonlyMap<string, Meaning> = new Map([
  ["votes", "votes"],
  ["value", "value"],
  ["impact", "value"],
  ["effort", "effort"],
]);
const NAMES: ReadonlyMap<string, Meaning> = new Map([
  ["sprint", "sprint"],
  ["story points", "points"],
  ["story point estimate", "points"],
  ["flagged", "flag"],
  ["start date", "start"],
  ["epic link", "epic"],
]);

/**
 * The meaning of a field, or undefined if it is none of ours.
 *
 * @param type `schema.custom` of the field
 */
export const meaningOf = (type: string | null | undefined, name: string | null | undefined): Meaning | undefined => {
  const known = TYPES.find(([ending]) => type?.endsWith(ending))?.[1];
  if (known !== undefined) return known;
  const plain = (name ?? "").trim().toLowerCase();
  return (DISCOVERY.test(type ?? "") ? DISCOVERY_NAMES : NAMES).get(plain);
};

const SPRINT_TEXT = /^com\.atlassian\.greenhopper\.service\.sprint\.Sprint@/;

const isSprint = (value: unknown): boolean =>
  typeof value === "string"
    ? SPRINT_TEXT.test(value)
    : typeof value === "object" &&
      value !== null &&
      "state" in value &&
      "name" in value &&
      ("boardId" in value || "rapidViewId" in value || "originBoardId" in value);

const isFlag = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "value" in value && value.value === "Impediment";

/** Without `schema` and `names` (a webhook, a plain GET) sprints and flags are still known by their form. */
const meaningByForm = (value: unknown): Meaning | undefined => {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (value.every(isSprint)) return "sprint";
  return value.every(isFlag) ? "flag" : undefined;
};

type CustomFields = ReturnType<typeof readCustomFields>;
const read = new WeakMap<Issue, CustomFields>();

/** Read once for all that is asked of an issue. */
const customFieldsIn = (issue: Issue): CustomFields => {
  const fields = read.get(issue) ?? readCustomFields(issue);
  read.set(issue, fields);
  return fields;
};

const readCustomFields = (issue: Issue) =>
  Object.entries(issue.fields ?? {})
    .filter(([id, value]) => id.startsWith("customfield_") && value !== null && value !== undefined)
    .map(([id, value]) => {
      const { custom, type } = issue.schema?.[id] ?? {};
      const name = issue.names?.[id];
      const isTold = custom != null || name !== undefined;
      const told = isTold ? meaningOf(custom, name) : meaningByForm(value);
      // Where the config names the field of the points, no other one holds them.
      const isOtherPoints = told === "points" && issue.pointsField != null;
      const meaning = id === issue.pointsField ? "points" : isOtherPoints ? undefined : told;
      return { id, value, name, type, meaning };
    });

/** The values of all fields of one meaning: a site may have two story point fields. */
export const valuesOf = (issue: Issue, meaning: Meaning): unknown[] =>
  customFieldsIn(issue).flatMap((field) => (field.meaning === meaning ? [field.value] : []));

/** The named custom fields beyond those we read into fields of our own. */
export const otherCustomFields = (issue: Issue): CustomField[] =>
  customFieldsIn(issue).flatMap(({ id, name, type, value, meaning }) =>
    meaning === undefined && name !== undefined ? [{ fieldId: id, name, type: type ?? "unknown", value }] : [],
  );
