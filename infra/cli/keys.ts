import { HubError } from "../../shared/connector/errors.ts";
import { configuredId } from "../../shared/domain/kind.ts";
import { ROLE_NAMES, SCOPES } from "../../shared/domain/role.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { suggestion } from "../../shared/platform/suggestion.ts";
import { type Credential, credentials, type Grant, holds, revoke } from "../../shared/store/access.ts";
import { type Audited, audit } from "../../shared/store/audit.ts";
import { endMadeWith } from "../../shared/store/made-with.ts";
import { AWS_OPTIONS, configHere, targetFrom } from "./aws-call.ts";
import { type Call, type Command, EXIT, text, type Values } from "./command.ts";
import { LINK_MS, made, OPERATOR } from "./made-key.ts";
import { openStore } from "./open-store.ts";
import { plain } from "./show.ts";
import { whole } from "./start.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

interface Opened extends Audited {
  readonly config: HubConfig;
  /** Where people reach the hub. */
  readonly url: string;
  close(): void;
}

export const keys: Command = {
  usage:
    "throughline keys create [--name TEXT] [--role ROLE|--scopes S,…] [--products P,…] [--days N] [--sign-in] | list | revoke <id> [--env NAME] [--region REGION]",
  does: "keys of the API: makes one and tells it this once, lists, or ends one; --sign-in makes a link that signs a browser in once, within an hour; with --env those of a hub on AWS",
  options: {
    ...AWS_OPTIONS,
    name: { type: "string" },
    role: { type: "string" },
    scopes: { type: "string" },
    products: { type: "string" },
    days: { type: "string" },
    "sign-in": { type: "boolean" },
  },
  words: [1, 2],
  async run(call) {
    const [what = "", id] = call.words;
    if (!["create", "list", "revoke"].includes(what) || (what === "revoke") !== (id !== undefined))
      throw new HubError("usage", `usage: ${keys.usage}`, { retry: "never" });
    const opened = await open(call);
    try {
      if (what === "create") await create(call, opened);
      else if (what === "list") await list(call, opened);
      else await end(call, opened, id ?? "");
      return EXIT.ok;
    } finally {
      opened.close();
    }
  },
};

/** The store of this folder, or with `--env` or `--region` that of a hub on AWS. */
const open = async (call: Call): Promise<Opened> => {
  const { values, terminal } = call;
  if (text(values, "env") === undefined && text(values, "region") === undefined) {
    const { hub, config, close } = await openStore(terminal);
    return { ports: hub.ports, config, url: hub.url, close };
  }
  const [{ deployedTable }, config, target] = await Promise.all([
    import("../deploy/deployed-table.ts"),
    configHere(terminal),
    targetFrom(call),
  ]);
  const { ports, apiUrl } = await deployedTable(target);
  return { ports, config, url: (config.url ?? apiUrl).replace(/\/$/, ""), close: () => {} };
};

const wordsOf = (values: Values, name: string): string[] | undefined =>
  text(values, name)
    ?.split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

const known = (name: string, words: readonly string[], all: readonly string[]): void => {
  const wrong = words.find((word) => !all.includes(word));
  if (wrong !== undefined)
    throw new HubError("usage", `--${name} "${wrong}" is none${suggestion(wrong, all)}`, { retry: "never" });
};

/** @throws HubError usage */
const grantFrom = (values: Values, { products = {} }: HubConfig): Grant => {
  const scopes = wordsOf(values, "scopes");
  const role = text(values, "role") ?? (scopes === undefined ? "admin" : undefined);
  if (role !== undefined && scopes !== undefined)
    throw new HubError("usage", "--role and --scopes exclude each other", { retry: "never" });
  if (role !== undefined) known("role", [role], ROLE_NAMES);
  known("scopes", scopes ?? [], SCOPES);
  const slugs = wordsOf(values, "products");
  known("products", slugs ?? [], Object.keys(products));
  return {
    ...(role !== undefined ? { role } : { scopes }),
    products: slugs === undefined ? "all" : slugs.map((slug) => configuredId("prd", slug)),
  };
};

const create = async ({ values, json, terminal }: Call, opened: Opened): Promise<void> => {
  const isLink = values["sign-in"] === true;
  const days = whole(values, "days", 1, 3650);
  if (isLink && days !== undefined)
    throw new HubError("usage", "a link to sign in ends after an hour: leave --days out", { retry: "never" });
  const grant = grantFrom(values, opened.config);
  const name = text(values, "name") ?? "command line";
  const { id, secret } = isLink
    ? await made(opened, { ...grant, name, kind: "link", lives: LINK_MS })
    : await made(opened, { ...grant, name, kind: "key", lives: days === undefined ? undefined : days * DAY_MS });
  if (json) terminal.out(`${JSON.stringify({ id, [isLink ? "url" : "key"]: secret })}\n`);
  else terminal.out(`${secret}\n`);
  const what = isLink ? "signs in once, within an hour" : "is shown now and never again";
  terminal.note(`✓ ${id}, ${grant.role ?? grant.scopes?.join(", ")}: it ${what}\n`);
};

const stateOf = (key: Credential, now: Date): string => {
  if (key.revokedAt !== undefined) return "revoked";
  return holds(key, now) ? "in use" : "expired";
};

const list = async ({ json, terminal }: Call, { ports: { table, clock } }: Opened): Promise<void> => {
  for (let after: string | undefined; ; ) {
    const page = await credentials(table, "key", after, 200);
    for (const key of page.items) {
      const { id, name, role, scopes = [], products, lastUsedAt } = key;
      if (json) terminal.out(`${JSON.stringify(key)}\n`);
      else
        terminal.out(
          `${id}  ${stateOf(key, clock.now()).padEnd(8)}  ${(role ?? scopes.join(",")).padEnd(8)}  ${products === "all" ? "all products" : products.join(",")}  ${lastUsedAt === undefined ? "never used" : `used ${lastUsedAt.slice(0, 10)}`}  ${plain(name)}\n`,
        );
    }
    after = page.next;
    if (after === undefined) return;
  }
};

const end = async ({ json, terminal }: Call, opened: Opened, id: string): Promise<void> => {
  const { table, clock } = opened.ports;
  const ended = await revoke(table, "key", id, clock.now());
  if (ended) await audit(opened, OPERATOR, "key.revoke", id);
  const { keys: others, shares, endpoints } = await endMadeWith(opened, OPERATOR, id, "key.revoke");
  if (!ended && others.length + shares.length + endpoints.length === 0)
    throw new HubError("not_found", `there is no key ${id} that could be ended`, { retry: "never" });
  const what = { keys: others.map((one) => one.id), shares: shares.map((one) => one.id) };
  const disabled = endpoints.map((one) => one.id);
  if (json) return terminal.out(`${JSON.stringify({ id, revoked: true, ended: what, disabled })}\n`);
  terminal.out(`✓ ${id} no longer works\n`);
  for (const one of [...what.keys, ...what.shares]) terminal.out(`✓ ${one}, made with it, no longer works either\n`);
  for (const one of disabled)
    terminal.out(`✓ nothing more is sent to ${one}, which it made, until somebody takes it over\n`);
};
