/** The only calls we make. Named one by one, so that a bundle holds these and not the whole package; loaded on first use. */
export { getAllBoards, getAllSprints, getBoard, getSprint } from "jira.js/agile";
export {
  bulkFetchIssues,
  getBulkChangelogs,
  getCurrentUser,
  getFields,
  getProject,
  getProjectVersionsPaginated,
  getStatuses,
  getVersion,
  searchAndReconsileIssuesUsingJqlPost as searchIssues,
  searchProjects,
} from "jira.js/cloud";
