import { ERRORS, type ErrorCode, HubError } from "../../shared/connector/errors.ts";
import { capabilitiesOf, rightsBeyondReading } from "../../shared/pipeline/capabilities.ts";
import { Slug } from "../../shared/platform/config.ts";
import { lost, tooWide, working } from "../../shared/report/capability-words.ts";
import { openWorkspace } from "../local/workspace.ts";
import { type Call, type Command, EXIT, text } from "./command.ts";
import { connectHooks } from "./connect-hooks.ts";
import { gather } from "./connection-settings.ts";
import { exitOf } from "./exit-of.ts";
import { openBeside } from "./open-store.ts";
import { keepConnection } from "./write-config.ts";
import { keepSecrets } from "./write-env.ts";

export const connect: Command = {
  usage:
    "throughline connect <tool> [--name NAME] [--set setting=value…] [--force] | throughline connect <connection> --webhooks [--url URL]",
  does: "sets a tool up: asks for its settings (or takes them by --set; `--set setting=-` reads a secret from stdin), tries one small read of everything, writes .env and the config; with --webhooks sets its webhooks up",
  options: {
    name: { type: "string" },
    set: { type: "string", multiple: true },
    force: { type: "boolean" },
    webhooks: { type: "boolean" },
    url: { type: "string" },
  },
  words: [1, 1],
  run: (call) => (call.values["webhooks"] === true ? connectHooks(call) : connectTool(call)),
};

const connectTool = async (call: Call): Promise<number> => {
  const { terminal, values, json } = call;
  const { root, environment } = terminal;
  const isForced = values["force"] === true;
  const workspace = await openWorkspace({
    root,
    dataFolder: environment["THROUGHLINE_DATA"] ?? ".throughline",
    now: new Date(),
  });
  const tool = call.words[0] ?? "";
  const name = text(values, "name") ?? tool;
  if (!Slug.safeParse(name).success) {
    const fix = "lower-case letters, digits, - and _, begun by a letter or digit, at most 60";
    throw new HubError("usage", `"${name}" is no name of a connection: ${fix}`, { retry: "never" });
  }
  const connections = workspace.config?.config.connections ?? {};
  const held = Object.hasOwn(connections, name) ? connections[name] : undefined;
  if (held !== undefined && !isForced) {
    throw new HubError("usage", `there is a connection "${name}" already: --name another one, or --force`, {
      retry: "never",
    });
  }
  const { connector, settings, secrets } = await gather(call, tool, name, held);
  const connection = { ...held, connector: connector.id, config: settings };
  // Tried before anything is written, with the new secrets in place of the environment's.
  const store = await openBeside(
    { ...terminal, environment: { ...environment, ...secrets } },
    workspace.folder.replace(/demo-[\d-]+$/, "hub"),
    { connections: { [name]: connection } },
  );
  try {
    const opened = await store.hub.connection(name);
    terminal.note(`reading a little of ${connector.title} …\n`);
    const tried = await capabilitiesOf(opened);
    const broken = tried.filter(({ works }) => !works);
    const good = working(tried);
    const rights = good.length > 0 ? await rightsBeyondReading(opened) : [];
    if (rights.length > 0) {
      const { what, fix } = tooWide(rights);
      terminal.note(`! ${what}\n  ${fix}\n`);
    }
    if (!json) {
      if (good.length > 0) terminal.out(`✓ can read ${good.join(", ")}\n`);
      for (const one of broken) {
        const { what, fix = ERRORS[one.code as ErrorCode] } = lost(one);
        terminal.out(`✗ ${what}   ${one.code}\n  Fix: ${fix}\n`);
      }
    }
    // Of a tool that only sends there is nothing to read.
    const worksPartly = tried.length === 0 || tried.some(({ works }) => works);
    const written = worksPartly || isForced;
    if (written) {
      keepSecrets(terminal, secrets, isForced);
      keepConnection(terminal, workspace, name, connection);
    } else terminal.note("nothing was written; --force writes all the same\n");
    if (json) terminal.out(`${JSON.stringify({ connection: name, written, capabilities: tried })}\n`);
    if (broken.length === 0) return EXIT.ok;
    return worksPartly ? EXIT.partly : exitOf(broken[0]?.code as ErrorCode);
  } finally {
    store.close();
  }
};
