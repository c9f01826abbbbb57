import type { Client } from "jira.js/core";

type Calls = typeof import("jira.js/cloud") & typeof import("jira.js/agile");
/** What a call of jira.js takes. Its types are all we take of it: at run time it would be 1,500 files to load. */
type Asked<Name extends keyof Calls> = Calls[Name] extends (client: Client, asked: infer A) => unknown
  ? NonNullable<A>
  : never;

const get = (client: Client, url: string, searchParams?: object): Promise<unknown> =>
  client.sendRequest({ url, method: "GET", ...(searchParams !== undefined && { searchParams: { ...searchParams } }) });
const post = (client: Client, url: string, body: object): Promise<unknown> =>
  client.sendRequest({ url, method: "POST", body });

/** Calls that read and change nothing, though some of them are a POST. */
export const bulkFetchIssues = (client: Client, body: Asked<"bulkFetchIssues">) =>
  post(client, "/rest/api/3/issue/bulkfetch", body);
export const getBulkChangelogs = (client: Client, body: Asked<"getBulkChangelogs">) =>
  post(client, "/rest/api/3/changelog/bulkfetch", body);
export const searchIssues = (client: Client, body: Asked<"searchAndReconsileIssuesUsingJqlPost">) =>
  post(client, "/rest/api/3/search/jql", body);

export const getCurrentUser = (client: Client) => get(client, "/rest/api/3/myself");
export const getFields = (client: Client) => get(client, "/rest/api/3/field");
export const getStatuses = (client: Client) => get(client, "/rest/api/3/status");
export const getProject = (client: Client, { projectIdOrKey }: Asked<"getProject">) =>
  get(client, `/rest/api/3/project/${projectIdOrKey}`);
export const searchProjects = (client: Client, query: Asked<"searchProjects">) =>
  get(client, "/rest/api/3/project/search", query);
export const getProjectVersionsPaginated = (
  client: Client,
  { projectIdOrKey, ...query }: Asked<"getProjectVersionsPaginated">,
) => get(client, `/rest/api/3/project/${projectIdOrKey}/version`, query);
export const getVersion = (client: Client, { id }: Asked<"getVersion">) => get(client, `/rest/api/3/version/${id}`);

export const getAllBoards = (client: Client, query: Asked<"getAllBoards">) =>
  get(client, "/rest/agile/1.0/board", query);
export const getBoard = (client: Client, { boardId }: Asked<"getBoard">) =>
  get(client, `/rest/agile/1.0/board/${boardId}`);
export const getAllSprints = (client: Client, { boardId, ...query }: Asked<"getAllSprints">) =>
  get(client, `/rest/agile/1.0/board/${boardId}/sprint`, query);
export const getSprint = (client: Client, { sprintId }: Asked<"getSprint">) =>
  get(client, `/rest/agile/1.0/sprint/${sprintId}`);
