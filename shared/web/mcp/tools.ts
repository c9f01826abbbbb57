import { CHANGE_TOOLS } from "./change-tools.ts";
import { FEATURE_TOOLS } from "./feature-tools.ts";
import { listConnections, STATUS_TOOLS, search } from "./hub-tools.ts";
import { getReport } from "./report-tool.ts";
import type { Tool } from "./tool.ts";

/** Every tool for assistants, in the order in which they are listed. */
export const TOOLS: readonly Tool[] = [
  ...STATUS_TOOLS,
  ...FEATURE_TOOLS,
  ...CHANGE_TOOLS,
  search,
  getReport,
  listConnections,
];
