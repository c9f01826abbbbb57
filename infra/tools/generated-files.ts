import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../../shared/platform/version.ts";
import { openApi } from "../../shared/web/api/open-api.ts";
import { architecturePage } from "./architecture-page.ts";
import { clientPlaces, clientShapes } from "./client-shapes.ts";
import { commandsPage } from "./command-page.ts";
import { configPage } from "./config-page.ts";
import { connectorIds, connectorIndex } from "./connector-index.ts";
import { connectorPages, withConnectorTable } from "./connector-page.ts";
import { errorsPage } from "./error-page.ts";
import { eventSchemas, eventsPage, schemaSnapshot } from "./event-pages.ts";
import { flowPage } from "./flow-page.ts";
import { operatePage } from "./operate-page.ts";
import { reliabilityPage } from "./reliability-page.ts";
import { securityPage } from "./security-page.ts";
import { stagesPage } from "./stages-page.ts";

/** Folders of which every file is generated, so that one without a source is left over. */
const WHOLLY_GENERATED = ["docs/events", "docs/connectors"];

/** Every generated file as it should be, by path from the root. The same source gives the same bytes. */
export const generatedFiles = async (root: string): Promise<ReadonlyMap<string, string>> =>
  new Map([
    ["README.md", await withConnectorTable(root)],
    ["connectors/index.ts", connectorIndex(connectorIds(root))],
    ["docs/architecture.md", architecturePage(root)],
    ["docs/cli.md", await commandsPage()],
    ["docs/config.md", await configPage()],
    ["docs/errors.md", errorsPage()],
    ["docs/events.md", eventsPage()],
    ["docs/flow.md", flowPage()],
    ["docs/reliability.md", reliabilityPage(root)],
    ["docs/operate.md", operatePage(root)],
    ["docs/security.md", securityPage(root)],
    ["docs/stages.md", stagesPage(root)],
    ["docs/openapi.json", `${JSON.stringify(openApi({ url: "/", version: VERSION }), null, 2)}\n`],
    ["shared/client/operations.ts", clientShapes(openApi({ url: "/", version: VERSION }))],
    ["shared/client/places.ts", clientPlaces(openApi({ url: "/", version: VERSION }))],
    ["docs/schemas/events.json", schemaSnapshot(held(join(root, "docs/schemas/events.json")))],
    ...eventSchemas(),
    ...(await connectorPages(root)),
  ]);

/** Paths of generated files that differ from what they should be, are missing, or have no source any more. */
export const staleFiles = (root: string, files: ReadonlyMap<string, string>): string[] => {
  const differing = [...files].filter(([path, text]) => held(join(root, path)) !== text).map(([path]) => path);
  return [...differing, ...leftOver(root, files)].sort();
};

/** Files of the wholly generated folders that nothing generates any more. */
export const leftOver = (root: string, files: ReadonlyMap<string, string>): string[] =>
  WHOLLY_GENERATED.flatMap((folder) => namesIn(join(root, folder)).map((name) => `${folder}/${name}`)).filter(
    (path) => !files.has(path),
  );

const held = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
