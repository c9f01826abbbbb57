import { HubError } from "../connector/errors.ts";
import type { HookSetup, RegisteredHook } from "../connector/setup.ts";
import type { Instant } from "../domain/instant.ts";
import { update } from "../store/entities.ts";
import { hooksKey } from "../store/keys.ts";
import type { Connection, Hub } from "./hub.ts";

/** What was done about the webhook of one scope. */
export interface HookOutcome {
  readonly scope: string;
  readonly did: "created" | "kept";
  readonly expiresAt?: Instant | undefined;
  /** Further webhooks with our address, which somebody should remove. */
  readonly doubled: number;
}

/** Kept for webhooks that end by themselves. */
interface HooksSeen {
  readonly url: string;
  readonly expiresAt: Instant;
  readonly triedAt: Instant;
  /** None of ours stands at the vendor any more; said once. */
  readonly isGone?: boolean;
}

const RENEW_BEFORE_MS = 10 * 86_400_000;
/** A renewal that failed is tried again no sooner. */
const TRY_AGAIN_MS = 3_600_000;

/**
 * Sets up one webhook per scope. One that has our address is brought up to date and not doubled.
 *
 * @throws HubError config_invalid where only people can set webhooks up | what the vendor's answers mean
 */
export const ensureHooks = async (
  hub: Hub,
  connection: Connection,
  hook: { readonly url: string; readonly secret: string },
  signal: AbortSignal,
): Promise<HookOutcome[]> => {
  const setup = setupOf(connection);
  const context = { http: connection.http(signal), config: connection.config, signal };
  const outcomes: HookOutcome[] = [];
  for (const scope of setup.scopes?.(connection.config) ?? [""]) {
    const ours = (await setup.list(context, scope)).filter(({ url }) => url === hook.url);
    const [held] = ours;
    if (held !== undefined) await setup.update?.(context, scope, held.id, hook);
    const { id } = held ?? (await setup.create(context, scope, hook));
    // When it ends stands in the list only.
    const now = held === undefined ? await setup.list(context, scope) : ours;
    const expiresAt = now.find((one) => one.id === id)?.expiresAt;
    outcomes.push({ scope, did: held === undefined ? "created" : "kept", expiresAt, doubled: ours.slice(1).length });
    await noteEnd(hub, connection, hook.url, now);
  }
  await renewHooks(hub, connection, signal);
  return outcomes;
};

const setupOf = ({ name, connector }: Connection): HookSetup<unknown> => {
  if (connector.webhook?.setup !== undefined) return connector.webhook.setup;
  throw new HubError("config_invalid", `${name}: webhooks of ${connector.title} are set up by hand`, {
    retry: "never",
  });
};

/** Makes webhooks that end by themselves live on when less than ten days are left; asks the vendor only then. */
export const renewHooks = async (hub: Hub, connection: Connection, signal: AbortSignal): Promise<void> => {
  const setup = connection.connector.webhook?.setup;
  if (setup?.renew === undefined) return;
  const { pk, sk } = hooksKey(connection.name);
  const seen = (await hub.ports.table.get<HooksSeen>(pk, sk))?.data;
  const now = hub.ports.clock.now();
  if (seen === undefined || Date.parse(seen.expiresAt) - now.getTime() > RENEW_BEFORE_MS) return;
  if (now.getTime() - Date.parse(seen.triedAt) < TRY_AGAIN_MS) return;
  const triedAt = now.toISOString();
  await update<HooksSeen>(hub.ports.table, { pk, sk }, (held) => held && { data: { ...held.data, triedAt } });
  const context = { http: connection.http(signal), config: connection.config, signal };
  const ours = (await setup.list(context, "")).filter(({ url }) => url === seen.url);
  if (ours.length === 0) {
    if (seen.isGone) return;
    const reason =
      "none of ours stands at the vendor any more; `throughline connect <connection> --webhooks` sets them up";
    hub.log.warn({ connection: connection.name, reason }, "webhooks gone");
    await update<HooksSeen>(hub.ports.table, { pk, sk }, (held) => held && { data: { ...held.data, isGone: true } });
    return;
  }
  await setup.renew(
    context,
    ours.map(({ id }) => id),
  );
  await noteEnd(hub, connection, seen.url, await setup.list(context, ""));
  hub.log.info({ connection: connection.name, records: ours.length }, "webhooks renewed");
};

/** Keeps the nearest end, so that only it is looked at. */
const noteEnd = async (
  hub: Hub,
  { name }: Connection,
  url: string,
  hooks: readonly RegisteredHook[],
): Promise<void> => {
  const [expiresAt] = hooks.flatMap((hook) => (hook.url === url ? (hook.expiresAt ?? []) : [])).sort();
  if (expiresAt === undefined) return;
  const never = new Date(0).toISOString();
  await update<HooksSeen>(hub.ports.table, hooksKey(name), (held) => ({
    data: { ...held?.data, url, expiresAt, triedAt: held?.data.triedAt ?? never, isGone: false },
  }));
};
