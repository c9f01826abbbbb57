import * as z from "zod";
import type { VendorHttp } from "../../shared/connector/http.ts";
import type { Config } from "./config.ts";
import { meaningOf } from "./custom-field.ts";
import { ask } from "./transport.ts";

/** What an issue is asked for; the custom fields come on top. */
const STANDARD_FIELDS = [
  "summary",
  "description",
  "status",
  "statuscategorychangedate",
  "issuetype",
  "project",
  "priority",
  "resolution",
  "resolutiondate",
  "labels",
  "assignee",
  "reporter",
  "created",
  "updated",
  "duedate",
  "timeoriginalestimate",
  "parent",
  "components",
  "versions",
  "fixVersions",
  "issuelinks",
  "votes",
];

const Field = z.looseObject({
  id: z.string(),
  name: z.string(),
  custom: z.boolean().optional(),
  schema: z.looseObject({ custom: z.string().optional() }).optional(),
});

/** The fields to ask for, and what Jira would tell of the custom ones with `expand=names,schema`. */
export const AskedFields = z.strictObject({
  ids: z.array(z.string()),
  names: z.record(z.string(), z.string()),
  schema: z.record(z.string(), z.unknown()),
  pointsField: z.string().optional(),
});
export type AskedFields = z.output<typeof AskedFields>;

/** Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/#api-rest-api-3-field-get */
export const askedFields = async (
  http: VendorHttp,
  { customFields, storyPointsField }: Config,
): Promise<AskedFields> => {
  const all = await ask(http, z.array(Field), (jira, client) => jira.getFields(client));
  const wanted = new Set(customFields.map((field) => field.toLowerCase()));
  const custom = all.filter(
    ({ id, name, schema }) =>
      id.startsWith("customfield_") &&
      (meaningOf(schema?.custom, name) !== undefined ||
        id === storyPointsField ||
        wanted.has(id) ||
        wanted.has(name.toLowerCase())),
  );
  return {
    ids: [...STANDARD_FIELDS, ...custom.map(({ id }) => id)],
    names: Object.fromEntries(custom.map(({ id, name }) => [id, name])),
    schema: Object.fromEntries(custom.map(({ id, schema }) => [id, schema ?? {}])),
    ...(storyPointsField !== undefined && { pointsField: storyPointsField }),
  };
};
