import type { Connector, NormaliseContext } from "../connector/contract.ts";
import type { Credential } from "../connector/credential.ts";
import type { VendorHttp } from "../connector/http.ts";
import type { LastLimits } from "../connector/limits.ts";
import type { WeekStart } from "../domain/day.ts";
import type { EmailHash } from "../domain/email-hash.ts";
import type { StatusCategory } from "../domain/entity.ts";
import type { Declarations } from "../domain/identity.ts";
import type { Instant } from "../domain/instant.ts";
import type { Table as WordTable } from "../domain/mapped.ts";
import type { Stage } from "../domain/stage.ts";
import type { HealthRules } from "../lifecycle/health/rules.ts";
import type { RuleSet } from "../lifecycle/rule-set.ts";
import type { Ports } from "../ports/ports.ts";
import type { Log } from "./log.ts";
import type { Meter } from "./metrics.ts";
import type { Limit } from "./thresholds.ts";

export type { Log, LogFields } from "./log.ts";

/** A product as the config declares it. */
export interface Product {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly vision?: string | undefined;
  readonly owner?: string | undefined;
  readonly objectives?: readonly DeclaredObjective[] | undefined;
  /** Thresholds of its features' health; default the hub's. */
  readonly health?: HealthRules | undefined;
}

/** An objective as the config declares it. */
export interface DeclaredObjective {
  /** Unique within its product. */
  readonly id: string;
  readonly title: string;
  readonly text?: string | undefined;
  readonly period?: { readonly start?: string | undefined; readonly end?: string | undefined } | undefined;
  readonly keyResults?: readonly DeclaredResult[] | undefined;
  /** Titles of initiatives that serve it, or their keys. */
  readonly initiatives?: readonly string[] | undefined;
  /** Keys of features that serve it directly. */
  readonly features?: readonly string[] | undefined;
}

export interface DeclaredResult {
  readonly title: string;
  /** `connection:metric`, the metric by its name, key or id in the tool. */
  readonly metric?: string | undefined;
  readonly from?: number | undefined;
  readonly to: number;
  readonly unit?: string | undefined;
  readonly by?: string | undefined;
  /** Where no metric measures it. */
  readonly current?: number | undefined;
}

/** A configured account of a tool, with its secrets in place. */
export interface Connection {
  /** `con_` and the name. */
  readonly id: string;
  readonly name: string;
  readonly connector: Connector;
  /** Parsed by the connector's own schema. */
  readonly config: unknown;
  readonly statuses: WordTable<StatusCategory>;
  /** The hub's own meaning of names of deployment environments. */
  readonly environments?: NormaliseContext["environments"];
  /** Products whose sources name one of these scopes. */
  readonly productsOf: (scopes: readonly string[]) => readonly string[];
  /** All products that it may feed. */
  readonly productIds: readonly string[];
  /** Data older than this counts as late; older than four times this, as unseen. */
  readonly freshWithinSeconds: number;
  readonly pollEverySeconds: number;
  readonly censusEverySeconds: number;
  /** 0 to 1: a census that would remove a larger share of a place removes nothing. */
  readonly deletionFuse: number;
  readonly http: (signal: AbortSignal) => VendorHttp;
  /** What the tool said last of requests that are left; undefined where it said nothing to this process. */
  readonly limits?: (() => LastLimits | undefined) | undefined;
  /** What it is read with, and until when that is good, as far as is known. */
  readonly credential: { readonly kind: Credential["kind"]; readonly expiresAt: () => Instant | undefined };
}

/** What the config makes of records, with what the table keeps for it. */
export interface Mapping {
  /** Rises when the config maps records otherwise. */
  readonly version: number;
  /** Whom the config declares. */
  readonly people: Declarations;
  /** With the hub's key. */
  readonly emailHash: EmailHash;
}

/** How the config decides stages. */
export interface Rules {
  /** Changes whenever one of these does. */
  readonly version: string;
  /** Of a feature or record of these products. */
  readonly ofProducts: (productIds: readonly string[]) => RuleSet;
  /** Statuses of a connection that stand for a stage, by name or id. */
  readonly stagesOf: (connectionId: string) => WordTable<Stage>;
  /** Keys, names and addresses of records that are another feature, in lower case, each with the key of that feature. */
  readonly features: ReadonlyMap<string, string>;
  /** The words of the config that these are made of. */
  readonly part: unknown;
}

/** What the config says of events. */
export interface EventSettings {
  /** Types that come into being only where they are asked for. */
  readonly include: ReadonlySet<string>;
  /** By `connection:metric`. */
  readonly limits: ReadonlyMap<string, Limit>;
}

/** What every use case works with. */
export interface Hub {
  readonly ports: Ports;
  readonly log: Log;
  /** Absent where nobody asks what was counted. */
  readonly meter?: Meter | undefined;
  /** Where people reach the hub, without a slash at the end. */
  readonly url: string;
  /** In which days begin and end for people, a zone of the IANA data. */
  readonly timezone: string;
  readonly weekStart: WeekStart;
  readonly products: readonly Product[];
  /** Thresholds of health where no product has its own; default those of the reference. */
  readonly health?: HealthRules | undefined;
  readonly rules: Rules;
  readonly connectionNames: readonly string[];
  readonly events?: EventSettings | undefined;
  /** @throws HubError connection_unknown | config_invalid | secret_missing */
  connection(name: string): Promise<Connection>;
  /** Read from the table when it is first asked for. */
  mapping(): Promise<Mapping>;
  /** Names this process in leases. */
  readonly instance: string;
  /** No other process can be at work on these ports: leases of others are left over. */
  readonly alone: boolean;
  /** Any number of functions share these ports, each stopped after minutes, each read and write paid for. */
  readonly elastic: boolean;
}
