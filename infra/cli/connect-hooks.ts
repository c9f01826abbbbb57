import { randomBytes } from "node:crypto";
import { HubError } from "../../shared/connector/errors.ts";
import { ensureHooks } from "../../shared/pipeline/hooks.ts";
import { suggestion } from "../../shared/platform/suggestion.ts";
import { openWorkspace } from "../local/workspace.ts";
import { type Call, EXIT, text } from "./command.ts";
import { variableOf } from "./connection-settings.ts";
import { openBeside } from "./open-store.ts";
import { keepConnection } from "./write-config.ts";
import { keepSecrets } from "./write-env.ts";

const TAKES_AT_MOST_MS = 120_000;

/** `connect <connection> --webhooks`: one webhook per scope at the vendor, with a secret that is made where there is none. */
export const connectHooks = async ({ words: [name = ""], values, terminal, json }: Call): Promise<number> => {
  const { root, environment } = terminal;
  const workspace = await openWorkspace({
    root,
    dataFolder: environment["THROUGHLINE_DATA"] ?? ".throughline",
    now: new Date(),
  });
  const config = workspace.config?.config;
  if (config === undefined) throw new HubError("config_missing", "there is no config here yet", { retry: "never" });
  const names = Object.keys(config.connections);
  const settings = Object.hasOwn(config.connections, name) ? config.connections[name] : undefined;
  if (settings === undefined)
    throw new HubError("connection_unknown", `no connection "${name}"${suggestion(name, names)}`, { retry: "never" });
  const url = `${hubAddress(text(values, "url") ?? config.url)}/hooks/${name}`;
  const store = await openBeside(terminal, workspace.folder, config);
  try {
    const connection = await store.hub.connection(name);
    const { webhookSecret: held } = connection.config as { webhookSecret?: string };
    const takesSecret = connection.connector.webhook?.setup?.takesSecret?.(connection.config) !== false;
    const secret = !takesSecret ? "" : (held ?? randomBytes(32).toString("hex"));
    if (takesSecret && held === undefined) {
      // Written first: a webhook whose secret nobody knows would be refused for ever.
      const variable = variableOf(name, "webhookSecret");
      keepSecrets(terminal, { [variable]: secret }, values["force"] === true);
      const next = { ...settings, config: { ...settings.config, webhookSecret: { secret: variable } } };
      keepConnection(terminal, workspace, name, next);
    }
    const outcomes = await ensureHooks(store.hub, connection, { url, secret }, AbortSignal.timeout(TAKES_AT_MOST_MS));
    if (json) terminal.out(`${JSON.stringify({ connection: name, url, webhooks: outcomes })}\n`);
    else
      for (const { scope, did, expiresAt, doubled } of outcomes) {
        const of = scope === "" ? "" : ` of ${scope}`;
        const end = expiresAt === undefined ? "" : `, ends ${expiresAt.slice(0, 10)} and is renewed by the hub`;
        const more = doubled === 0 ? "" : `; ${doubled} more have the same address: remove them in the tool`;
        terminal.out(`✓ webhook${of} ${did}: ${url}${end}${more}\n`);
      }
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof HubError) || !["vendor_forbidden", "vendor_not_found"].includes(error.code)) throw error;
    const right = (await store.hub.connection(name)).connector.webhook?.setup?.right ?? "";
    throw new HubError(error.code, `${error.message}: webhooks of ${name} need the right "${right}"`, {
      retry: "never",
      cause: error,
    });
  } finally {
    store.close();
  }
};

/** Vendors must reach it. @throws HubError usage */
const hubAddress = (given: string | undefined): string => {
  const url = URL.canParse(given ?? "") ? new URL(given ?? "") : undefined;
  const isLocal = url !== undefined && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLocal)) return url.href.replace(/\/$/, "");
  throw new HubError("usage", "--url must be the hub's address as the tool reaches it, https://…", { retry: "never" });
};
