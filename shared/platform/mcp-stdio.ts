import { serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Hub } from "../pipeline/hub.ts";
import { LOCAL } from "../web/access/identity.ts";
import { mcpServer } from "../web/mcp/mcp-server.ts";
import { webDepsOf } from "./web-deps.ts";

/** The tools for assistants over standard input and output, for whoever sits at this machine. Ends when the input does. */
export const serveMcpOnStdio = async (hub: () => Hub): Promise<void> => {
  const deps = await webDepsOf(hub);
  const ended = new Promise<void>((resolve) => {
    process.stdin.once("end", resolve);
    process.stdin.once("close", resolve);
  });
  const serving = serveStdio(() => mcpServer(deps, LOCAL));
  await ended;
  await serving.close();
};
