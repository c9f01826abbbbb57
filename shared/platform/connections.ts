import { createHash } from "node:crypto";
import * as z from "zod";
import { connectors } from "../../connectors/index.ts";
import type { Connector, HttpSettings } from "../connector/contract.ts";
import { openAccess } from "../connector/credential.ts";
import { HubError } from "../connector/errors.ts";
import { type Surroundings, vendorHttp } from "../connector/http.ts";
import { budget, remembering } from "../connector/limits.ts";
import { STATUS_CATEGORIES, type StatusCategory } from "../domain/entity.ts";
import { configuredId } from "../domain/kind.ts";
import type { Connection } from "../pipeline/hub.ts";
import { sharedBudget } from "../pipeline/shared-budget.ts";
import { tokenStore } from "../pipeline/token-store.ts";
import type { Ports } from "../ports/ports.ts";
import type { Secrets } from "../ports/secrets.ts";
import { accessProblems } from "./access-config.ts";
import { type ConfigProblem, keysAt, problemsOf } from "./config.ts";
import type { ConnectionConfig, HubConfig, SecretRef } from "./define-hub.ts";
import { objectiveProblems } from "./objectives.ts";
import { ONLY_PRODUCT } from "./only-product.ts";
import { outputProblems } from "./output-problems.ts";
import { peopleProblems } from "./people.ts";
import { reportProblems } from "./report-problems.ts";
import { safeAddress } from "./safe-address.ts";
import { suggestion } from "./suggestion.ts";

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSecretRef = (value: unknown): value is SecretRef =>
  isObject(value) && Object.keys(value).length === 1 && typeof value["secret"] === "string";

const isCategory = (word: string): word is StatusCategory => (STATUS_CATEGORIES as readonly string[]).includes(word);

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const seconds = (text: string): number => Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 3600);

/** How to load the connector of that id; `constructor` is none. */
const connectorCalled = (id: string): (() => Promise<Connector>) | undefined =>
  Object.hasOwn(connectors, id) ? connectors[id] : undefined;

/** Everything wrong with the connections of a config and what names them, secrets that nobody set included. */
export const connectionProblems = async (
  config: HubConfig,
  secrets: Pick<Secrets, "get">,
): Promise<ConfigProblem[]> => {
  const problems: ConfigProblem[] = [];
  for (const [name, connection] of Object.entries(config.connections)) {
    const at = ["connections", name];
    const load = connectorCalled(connection.connector);
    if (load === undefined) {
      const known = Object.keys(connectors);
      problems.push({
        path: [...at, "connector"],
        message: `no connector "${connection.connector}"${suggestion(connection.connector, known)}`,
      });
      continue;
    }
    const connector = await load();
    const { values, missing } = await resolved(connection.config, secrets);
    for (const [key, secretName] of missing) {
      problems.push({
        path: [...at, ...key],
        message: `${secretName} is not set: put it into .env or the environment`,
      });
    }
    const parsed = connector.config.safeParse(values, { reportInput: true });
    if (!parsed.success) problems.push(...problemsOf(parsed.error, at, (path) => keysAt(connector.config, path)));
    else {
      for (const path of unsafeAddresses(connector.http(parsed.data))) {
        problems.push({
          path: [...at, ...path],
          message: "must start with https://, or http:// for an address of this machine",
        });
      }
    }
  }
  for (const name of Object.keys(config.statuses ?? {})) {
    if (!Object.hasOwn(config.connections, name)) {
      problems.push({
        path: ["statuses", name],
        message: `no connection "${name}"${suggestion(name, Object.keys(config.connections))}`,
      });
    }
  }
  for (const [slug, { sources }] of Object.entries(config.products ?? {})) {
    for (const [place, source] of sources.entries()) {
      const name = source.split(":", 1)[0] ?? "";
      if (Object.hasOwn(config.connections, name)) continue;
      problems.push({
        path: ["products", slug, "sources", place],
        message: `no connection "${name}"${suggestion(name, Object.keys(config.connections))}`,
      });
    }
  }
  return [
    ...problems,
    ...peopleProblems(config),
    ...objectiveProblems(config),
    ...(await outputProblems(config, secrets)),
    ...(await accessProblems(config, secrets)),
    ...(await reportProblems(config, secrets)),
  ];
};

/** The settings whose address is not safe to send a credential to. */
const unsafeAddresses = ({ baseUrl, credential }: HttpSettings): (readonly string[])[] => {
  if (!safeAddress(baseUrl)) return [["baseUrl"]];
  return safeAddress(credential?.renewal?.url ?? baseUrl) ? [] : [["oauth", "tokenUrl"]];
};

/** Which of a connection's secrets a process may read: all of them, those that verify its webhooks, or none. */
export type SecretsKnown = "all" | "webhooks" | "none";

/** Whether the secret at a path of the config is among those. */
const wantedBy =
  ({ webhook }: Connector, knows: SecretsKnown) =>
  (path: readonly string[]): boolean =>
    knows === "all" || (knows === "webhooks" && (webhook?.secrets ?? WEBHOOK_SECRETS).includes(path.join(".")));

const WEBHOOK_SECRETS: readonly string[] = ["webhookSecret", "previousWebhookSecret"];

/** The names of those secrets, as the config gives them. @throws HubError config_invalid if there is no such connector */
export const secretNames = async (
  { connector: id, config }: ConnectionConfig,
  knows: SecretsKnown,
): Promise<string[]> => {
  const load = connectorCalled(id);
  if (load === undefined) throw new HubError("config_invalid", `no connector ${id}`, { retry: "never" });
  const wanted = wantedBy(await load(), knows);
  const { missing } = await resolved(config, { get: async () => undefined }, wanted);
  return missing.map(([, name]) => name);
};

/** Whether tokens of it rotate, so that it stores what it was given last. In doubt it does. */
export const keepsTokens = async ({ connector: id, config }: ConnectionConfig): Promise<boolean> => {
  const connector = await connectorCalled(id)?.();
  if (connector === undefined) return false;
  const { values } = await resolved(config, { get: async () => undefined });
  const parsed = connector.config.safeParse(values);
  return !parsed.success || connector.http(parsed.data).credential?.renewal?.seed !== undefined;
};

/** A config's values with secrets in place, and which ones nobody set: their names stand in for them. */
const resolved = async (
  config: Readonly<Record<string, unknown>>,
  secrets: Pick<Secrets, "get">,
  wanted: (path: readonly string[]) => boolean = () => true,
  at: readonly string[] = [],
): Promise<{ values: Record<string, unknown>; missing: (readonly [readonly string[], string])[] }> => {
  const values: Record<string, unknown> = {};
  const missing: (readonly [readonly string[], string])[] = [];
  for (const [key, value] of Object.entries(config)) {
    if (isSecretRef(value)) {
      if (!wanted([...at, key])) {
        values[key] = value.secret;
        continue;
      }
      const found = await secrets.get(value.secret);
      if (found === undefined) missing.push([[key], value.secret]);
      values[key] = found ?? value.secret;
    } else if (isObject(value)) {
      const inner = await resolved(value, secrets, wanted, [...at, key]);
      values[key] = inner.values;
      missing.push(...inner.missing.map(([path, name]) => [[key, ...path], name] as const));
    } else values[key] = value;
  }
  return { values, missing };
};

type TokenPorts = Pick<Ports, "table" | "secrets" | "clock">;

/** Opens one configured connection with its secrets. @throws HubError secret_missing | config_invalid */
export const openConnection = async (
  name: string,
  settings: ConnectionConfig,
  hub: {
    readonly config: HubConfig;
    readonly ports: TokenPorts;
    readonly around: Surroundings;
    readonly knows?: SecretsKnown | undefined;
    /** Other processes may read with the same credential at the same time. */
    readonly elastic?: boolean;
  },
): Promise<Connection> => {
  const load = connectorCalled(settings.connector);
  if (load === undefined)
    throw new HubError("config_invalid", `no connector ${settings.connector}`, { retry: "never" });
  const connector: Connector = await load();
  const { knows = "all" } = hub;
  const { values, missing } = await resolved(settings.config, hub.ports.secrets, wantedBy(connector, knows));
  if (missing[0] !== undefined)
    throw new HubError("secret_missing", `connection ${name}: ${missing[0][1]} is not set`, { retry: "never" });
  const parsed = connector.config.safeParse(values);
  if (!parsed.success)
    throw new HubError("config_invalid", `connection ${name}: ${z.prettifyError(parsed.error)}`, { retry: "never" });
  const http = connector.http(parsed.data);
  const [unsafe] = unsafeAddresses(http);
  if (unsafe !== undefined)
    throw new HubError("config_invalid", `connection ${name}: ${unsafe.join(".")} is not safe`, { retry: "never" });
  const allowance = remembering(
    hub.elastic
      ? sharedBudget(hub.ports, name, http.requestsPerMinute)
      : budget(http.requestsPerMinute, hub.around.now),
    hub.around.now,
  );
  const { credential } = http;
  const seed = credential?.renewal?.seed;
  const store = seed === undefined || knows !== "all" ? undefined : tokenStore(hub.ports, name, seed);
  const access = openAccess(credential, hub.around, store);
  const statuses = new Map<string, StatusCategory>(
    Object.entries(hub.config.statuses?.[name] ?? {}).flatMap(([word, to]) => (isCategory(to) ? [[word, to]] : [])),
  );
  return {
    id: configuredId("con", name),
    name,
    connector,
    config: parsed.data,
    statuses,
    environments: new Map(Object.entries(hub.config.environments ?? {})),
    productsOf: productsOf(name, hub.config),
    productIds: productIds(name, hub.config),
    freshWithinSeconds: seconds(settings.freshWithin ?? "1h"),
    pollEverySeconds: seconds(settings.pollEvery ?? "5m"),
    censusEverySeconds: seconds(settings.censusEvery ?? "1d"),
    deletionFuse: settings.deletionFuse ?? 0.1,
    http: (signal) => {
      if (knows !== "all") throw new Error(`this function holds no credential of ${name}`);
      return vendorHttp(http, hub.around, signal, allowance, access);
    },
    limits: allowance.last,
    credential: { kind: credential?.kind ?? "none", expiresAt: access.expiresAt },
  };
};

/** Changes when a secret that the connection uses is set anew; undefined while one of them is not set. */
export const secretsInUse = async (
  settings: ConnectionConfig,
  secrets: Pick<Secrets, "get">,
  knows: SecretsKnown = "all",
): Promise<string | undefined> => {
  const connector = await connectorCalled(settings.connector)?.();
  if (connector === undefined) return undefined;
  const { values, missing } = await resolved(settings.config, secrets, wantedBy(connector, knows));
  return missing.length > 0 ? undefined : createHash("sha256").update(JSON.stringify(values)).digest("hex");
};

const productIds = (name: string, { products }: HubConfig): string[] =>
  products === undefined
    ? [configuredId("prd", ONLY_PRODUCT.slug)]
    : Object.entries(products).flatMap(([slug, { sources }]) =>
        sources.some((source) => source === name || source.startsWith(`${name}:`)) ? [configuredId("prd", slug)] : [],
      );

const productsOf = (name: string, { products }: HubConfig) => {
  const everything = products === undefined ? [configuredId("prd", ONLY_PRODUCT.slug)] : [];
  const byScope = new Map<string, string[]>();
  for (const [slug, { sources }] of Object.entries(products ?? {})) {
    for (const source of sources) {
      const key = source.toLowerCase();
      byScope.set(key, [...(byScope.get(key) ?? []), configuredId("prd", slug)]);
    }
  }
  return (scopes: readonly string[]): readonly string[] => [
    ...new Set([
      ...everything,
      ...(byScope.get(name) ?? []),
      ...scopes.flatMap((scope) => byScope.get(`${name}:${scope}`.toLowerCase()) ?? []),
    ]),
  ];
};
