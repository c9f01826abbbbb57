import { FEATURE_TOOLS } from "./feature-tools.ts";
import { OTHER_TOOLS, STATUS_TOOLS } from "./hub-tools.ts";
import type { Tool } from "./tool.ts";

/** Every tool for assistants, in the order in which they are listed. */
export const TOOLS: readonly Tool[] = [...STATUS_TOOLS, ...FEATURE_TOOLS, ...OTHER_TOOLS];
