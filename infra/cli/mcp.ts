import { useHub } from "../../shared/platform/current.ts";
import { derivedKey, serveAs } from "../../shared/platform/serving.ts";
import { workspaceKey } from "../local/workspace.ts";
import { type Command, EXIT } from "./command.ts";
import { openStore } from "./open-store.ts";

export const mcp: Command = {
  usage: "throughline mcp",
  does: "tools for assistants over standard input and output, on the data of this folder; started by the assistant",
  words: [0, 0],
  async run({ terminal }) {
    const store = await openStore(terminal);
    try {
      useHub(store.hub);
      const key = workspaceKey(store.folder);
      serveAs({
        cursorKey: async () => derivedKey(key, "cursors"),
        sealKey: async () => derivedKey(key, "webhook secrets"),
        demo: false,
        signIn: { required: false },
      });
      const { serveMcpOnStdio } = await import("../../shared/platform/mcp-stdio.ts");
      await serveMcpOnStdio(() => store.hub);
      return EXIT.ok;
    } finally {
      store.close();
    }
  },
};
