import type { World } from "../company/world.ts";
import type { Verb } from "../control/outcome.ts";
import type { Budget } from "../http/budget.ts";
import type { Vendor } from "../http/server.ts";

/** A tool of the company beside its three trackers, as its folder makes it. */
export interface Site {
  readonly vendor: Vendor;
  /** Settings of a connection besides its address and webhook secret: made-up credentials that it accepts, and what to read. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What of it belongs to a product, as `sources` of a config name it behind the connection's name; all of it by default. */
  readonly scopes?: (product: string) => readonly string[];
  /** False: the tool sends no webhooks, so that a connection of it has no webhook secret. */
  readonly webhooks?: false;
  /** What people can do in it: `<vendor>.<verb>` of the control interface. Their webhooks bring {@link Hook.signed}. */
  readonly verbs?: Readonly<Record<string, readonly [help: string, verb: Verb]>>;
  /** Limits that can be changed: `<vendor>` or `<vendor>.<name>` of the control interface. */
  readonly budgets?: Readonly<Record<string, Budget>>;
  /** Forgets every change. */
  readonly reset?: () => void;
}

export type OpenSite = (world: World) => Site;
