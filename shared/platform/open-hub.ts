import { randomUUID } from "node:crypto";
import { HubError } from "../connector/errors.ts";
import type { Surroundings } from "../connector/http.ts";
import { declarations } from "../domain/identity.ts";
import { type Known, keeping } from "../domain/kept-fields.ts";
import { configuredId } from "../domain/kind.ts";
import { HEALTH_RULES, healthRules } from "../lifecycle/health/rules.ts";
import { hash } from "../pipeline/entity-of.ts";
import type { Connection, Hub, Log, Product } from "../pipeline/hub.ts";
import type { Meter } from "../pipeline/metrics.ts";
import type { Ports } from "../ports/ports.ts";
import { update } from "../store/entities.ts";
import { mappingKey } from "../store/keys.ts";
import type { SecretsKnown } from "./connections.ts";
import { counted } from "./counted.ts";
import type { ConnectionConfig, HubConfig } from "./define-hub.ts";
import { hubEmailHash, IDENTITY_KEY } from "./identity-key.ts";
import { ONLY_PRODUCT } from "./only-product.ts";
import { declaredPeople } from "./people.ts";
import { mappingPartOf, rulesOf, rulesPartOf } from "./rules.ts";
import { suggestion } from "./suggestion.ts";

/** What a hub is made of. */
interface Parts {
  readonly config: HubConfig;
  readonly ports: Ports;
  readonly log: Log;
  readonly meter?: Meter | undefined;
  readonly url: string;
  /** No other process works on these ports. */
  readonly alone: boolean;
  /** Any number of functions share these ports; default false. */
  readonly elastic?: boolean;
  /** Looks at the store of a hub that may be at work: its config comes into force when that one starts. */
  readonly beside?: boolean;
  /** Secrets that this process may read; default all. Without all of them it reaches no vendor. */
  readonly knows?: SecretsKnown;
  /** The key of hashed addresses is the table's own, whatever the secrets hold. */
  readonly keepsIdentityKey?: boolean;
  readonly fetch?: typeof fetch;
}

/** Puts a hub together that is ready: a checked config over an adapter set. @throws HubError config_invalid */
export const openHub = async (parts: Parts): Promise<Hub> => {
  const hub = hubOf(parts);
  await hub.mapping();
  return hub;
};

/**
 * Puts a hub together without reading anything yet. Connections are opened when first used, so that one with a missing
 * secret does not stop the others.
 */
export const hubOf = (parts: Parts): Hub => {
  const { config, ports, log, meter, alone, knows, beside = false, elastic = false } = parts;
  const around: Surroundings = {
    fetch: parts.fetch ?? fetch,
    now: () => ports.clock.now().getTime(),
    sleep: (milliseconds, signal) => (milliseconds > 0 ? ports.clock.sleep(milliseconds, signal) : Promise.resolve()),
    random: Math.random,
  };
  const names = Object.keys(config.connections);
  const open = openOnce(ports, log, knows);
  return {
    ports,
    log,
    ...(meter && { meter }),
    url: (config.url ?? parts.url).replace(/\/$/, ""),
    timezone: config.timezone ?? "UTC",
    weekStart: config.weekStart ?? "monday",
    products: productsOf(config),
    health: config.health === undefined ? HEALTH_RULES : healthRules([config.health], hash),
    rules: rulesOf(rulesPartOf(config)),
    connectionNames: names,
    events: {
      include: new Set(config.events?.include ?? []),
      limits: new Map(Object.entries(config.events?.limits ?? {})),
    },
    async connection(name) {
      const settings = Object.hasOwn(config.connections, name) ? config.connections[name] : undefined;
      if (settings === undefined) {
        throw new HubError(
          "connection_unknown",
          `no connection "${name.slice(0, 60)}"${suggestion(name.slice(0, 60), names)}`,
          { retry: "never" },
        );
      }
      return open(name, settings, async () => {
        const { openConnection } = await import("./connections.ts");
        const opened = { config, ports, around: counted(around, meter, name), knows, elastic };
        return openConnection(name, settings, opened);
      });
    },
    mapping: once(async () => {
      const given = parts.keepsIdentityKey === true ? undefined : await ports.secrets.get(IDENTITY_KEY);
      const emailHash = await hubEmailHash(ports.table, given, log, beside);
      return {
        version: await mappingVersion(ports, config, log, beside),
        people: declarations(declaredPeople(config, emailHash)),
        emailHash,
      };
    }),
    instance: randomUUID(),
    alone,
    elastic,
  };
};

/** Does it when first asked; what failed is tried again by the next. */
const once = <Result>(work: () => Promise<Result>): (() => Promise<Result>) => {
  let done: Promise<Result> | undefined;
  return () => {
    const doing = done ?? work();
    done = doing;
    doing.catch(() => {
      if (done === doing) done = undefined;
    });
    return doing;
  };
};

const LOOK_AGAIN_MS = 1000;

/** Keeps connections open. A secret that is set later or anew counts without a restart: the connection is opened again. */
const openOnce = ({ secrets, clock }: Ports, log: Log, knows?: SecretsKnown) => {
  const held = new Map<string, { readonly used: string | undefined; lookedAt: number; opened: Promise<Connection> }>();
  return async (name: string, settings: ConnectionConfig, start: () => Promise<Connection>): Promise<Connection> => {
    const now = clock.now().getTime();
    const before = held.get(name);
    if (before !== undefined && (knows === "none" || now - before.lookedAt < LOOK_AGAIN_MS)) return before.opened;
    if (before !== undefined) before.lookedAt = now;
    // Loaded with the first connection, since it brings the shapes of all configs with it.
    const { secretsInUse } = await import("./connections.ts");
    const used = knows === "none" ? undefined : await secretsInUse(settings, secrets, knows);
    const present = held.get(name);
    // An editor may have taken the file away for a moment: what is open stays open.
    if (present !== undefined && (used === undefined || used === present.used)) return present.opened;
    if (present !== undefined) log.info({ connection: name }, "opened anew: a secret was changed");
    const opened = start();
    const entry = { used, lookedAt: now, opened };
    held.set(name, entry);
    opened.catch(() => held.get(name) === entry && held.delete(name));
    return opened;
  };
};

const productsOf = ({ products, people = {}, health: hubs }: HubConfig): Product[] =>
  products === undefined
    ? [{ ...ONLY_PRODUCT, id: configuredId("prd", ONLY_PRODUCT.slug) }]
    : Object.entries(products).map(([slug, { name, vision, owner, objectives, health }]) => ({
        id: configuredId("prd", slug),
        slug,
        name,
        ...(vision !== undefined && { vision }),
        ...(owner !== undefined && { owner: people[owner]?.name ?? owner }),
        ...(objectives !== undefined && { objectives }),
        ...(health !== undefined && { health: healthRules([hubs, health], hash) }),
      }));

/** The part of the config that maps records, kept so that a change of it can be shown before it is made. */
export interface MappingInForce extends Pick<HubConfig, "products" | "statuses" | "environments"> {
  readonly hash: string;
  readonly version: number;
  /** The least {@link FORMAT} of code that may work on this store; absent: any. */
  readonly format?: number | undefined;
}

/**
 * Rows only gain fields, and whoever writes a row keeps those that it does not know. A version whose rows an older one
 * would spoil all the same raises this and notes it in the store: the older one then refuses to go on.
 */
const FORMAT = 1;

const MAPPING: Known<MappingInForce> = {
  hash: true,
  version: true,
  products: true,
  statuses: true,
  environments: true,
  format: true,
};

/** Rises by one whenever what maps records changed since a hub was last at work. */
const mappingVersion = async ({ table }: Ports, config: HubConfig, log: Log, beside: boolean): Promise<number> => {
  const { products, statuses, environments } = mappingPartOf(config);
  const now = hash([products ?? null, statuses ?? null, environments ?? null]);
  const before = (await table.get<MappingInForce>(mappingKey.pk, mappingKey.sk))?.data;
  if ((before?.format ?? FORMAT) > FORMAT)
    throw new HubError("store_newer", `this store needs format ${before?.format}, this version knows ${FORMAT}`, {
      retry: "later",
    });
  if (before?.hash === now) return before.version;
  // Who only looks puts nothing into force.
  if (beside) return (before?.version ?? 0) + 1;
  await update<MappingInForce>(table, mappingKey, (held) =>
    held?.data.hash === now
      ? undefined
      : {
          data: keeping(
            held?.data,
            {
              hash: now,
              version: (held?.data.version ?? 0) + 1,
              ...(products && { products }),
              ...(statuses && { statuses }),
              ...(environments && { environments }),
              ...(held?.data.format !== undefined && { format: held.data.format }),
            },
            MAPPING,
          ),
        },
  );
  if (before !== undefined)
    log.info({}, "products, statuses or environments changed: what is stored is read again under them");
  const row = await table.get<MappingInForce>(mappingKey.pk, mappingKey.sk);
  return row?.data.version ?? 1;
};
