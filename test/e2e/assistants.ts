import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OldStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as OldHttp } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Checkout, RunningHub } from "./local-hub.ts";

const CLI = fileURLToPath(new URL("../../infra/cli/throughline.mjs", import.meta.url));
const ME = { name: "test", version: "1" };

/** Asks for the tools and the first features, as assistants of both revisions do, over HTTP and over standard input. */
export const asAssistants = async (hub: RunningHub, { root, environment }: Checkout) => {
  const url = new URL(`${hub.url}/mcp`);
  const { PATH = "", HOME = "" } = process.env;
  const program = {
    command: process.execPath,
    args: [CLI, "mcp"],
    cwd: root,
    env: { PATH, HOME, CI: "true", ...environment },
    stderr: "pipe" as const,
  };
  const now = async (transport: StreamableHTTPClientTransport | StdioClientTransport) => {
    const client = new Client(ME, { versionNegotiation: { mode: { pin: "2026-07-28" } } });
    await client.connect(transport);
    return client;
  };
  const before = async (transport: OldHttp | OldStdio) => {
    const client = new OldClient(ME);
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    return client;
  };
  const told: Record<string, { readonly tools: number; readonly names: readonly string[] }> = {};
  for (const [how, open] of Object.entries({
    "2026-07-28 over HTTP": () => now(new StreamableHTTPClientTransport(url)),
    "2026-07-28 over stdio": () => now(new StdioClientTransport(program)),
    "2025-11-25 over HTTP": () => before(new OldHttp(url)),
    "2025-11-25 over stdio": () => before(new OldStdio(program)),
  })) {
    const client = await open();
    try {
      const { tools } = await client.listTools();
      const { structuredContent } = await client.callTool({ name: "list_features", arguments: {} });
      const { features } = structuredContent as { features: { name: { text: string } }[] };
      told[how] = { tools: tools.length, names: features.map(({ name }) => name.text) };
    } finally {
      await client.close();
    }
  }
  return told;
};
