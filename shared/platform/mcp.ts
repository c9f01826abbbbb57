import type { Hono } from "hono";
import type { Hub } from "../pipeline/hub.ts";
import { mcpApp } from "../web/mcp/mcp-app.ts";
import type { WebEnv } from "../web/web-deps.ts";
import { webDepsOf } from "./web-deps.ts";

/** The tools for assistants over the hub of this process. */
export const mcpOf = async (hub: () => Hub): Promise<Hono<WebEnv>> => mcpApp(await webDepsOf(hub));
