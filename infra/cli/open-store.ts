import { join } from "node:path";
import { type Embedded, holdsHub, openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { connectionViews } from "../../shared/pipeline/connection-views.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { vocabulary } from "../../shared/pipeline/vocabulary.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { quietLog } from "../../shared/platform/log.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import type { Views } from "../../shared/store/views.ts";
import { keptDemoConfig } from "../local/demo.ts";
import { keptAddress } from "../local/hub-address.ts";
import { openWorkspace } from "../local/workspace.ts";
import type { Terminal } from "./command.ts";

export interface OpenStore {
  readonly hub: Hub;
  readonly config: HubConfig;
  readonly folder: string;
  readonly embedded: Embedded;
  readonly views: Views;
  close(): void;
}

/**
 * The store of the current workspace, beside a hub that may be running: SQLite lets several processes read, and write
 * by turns.
 *
 * @throws HubError config_missing if nothing was ever started here
 */
export const openStore = async (terminal: Terminal): Promise<OpenStore> => {
  const { environment, root } = terminal;
  const workspace = await openWorkspace({
    root,
    dataFolder: environment["THROUGHLINE_DATA"] ?? ".throughline",
    now: new Date(),
  });
  if (!holdsHub(workspace.folder)) {
    throw new HubError("config_missing", `nothing was synced here yet: run npm start, or npx throughline sync`, {
      retry: "never",
    });
  }
  return openBeside(terminal, workspace.folder, workspace.config?.config ?? keptDemoConfig(workspace.folder));
};

/** A hub over a data folder, whether another one runs there or not; makes the folder where there is none. */
export const openBeside = async (terminal: Terminal, folder: string, config: HubConfig): Promise<OpenStore> => {
  const { environment, root } = terminal;
  const url = keptAddress(folder) ?? `http://localhost:${environment["PORT"] ?? "4100"}`;
  const embedded = openEmbedded({ folder, exclusive: false, environment, envFile: join(root, ".env"), url });
  const hub = await openHub({
    config,
    ports: embedded.ports,
    log: quietLog(terminal.note),
    url,
    alone: false,
    beside: true,
  });
  const views = tableViews(embedded.ports.table, {
    products: hub.products,
    connections: () => connectionViews(hub),
    now: () => new Date(),
    statusOf: vocabulary(hub),
  });
  return { hub, config, folder, embedded, views, close: () => embedded.close() };
};
