import type { Hono } from "hono";
import type { Hub } from "../pipeline/hub.ts";
import { webApp } from "../web/app.ts";
import type { WebEnv } from "../web/web-deps.ts";
import { webDepsOf } from "./web-deps.ts";

/** The HTTP surfaces over the hub of this process. */
export const webOf = async (hub: () => Hub): Promise<Hono<WebEnv>> => webApp(await webDepsOf(hub));
