import type { WeekStart } from "../domain/day.ts";
import type { StatusCategory } from "../domain/entity.ts";
import type { Stage } from "../domain/stage.ts";
import type { HealthSettings } from "../lifecycle/health/rules.ts";
import type { AccessConfig } from "./access-config.ts";
import type { OutputConfig } from "./output-shape.ts";
import type { MailConfig, ReportConfig } from "./report-shape.ts";
import type { HubRulesConfig, RulesConfig } from "./rules-shape.ts";

/** The name of a value that stands in the environment, in `.env` or in the cloud's secret store: never the value. */
export interface SecretRef {
  readonly secret: string;
}

/** Names a secret: `secret("JIRA_TOKEN")`. */
export const secret = (name: string): SecretRef => ({ secret: name });

/** One configured account of a tool. */
export interface ConnectionConfig {
  readonly connector: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Data older than this counts as late, e.g. `15m`, `2h`. Default `1h`. */
  readonly freshWithin?: string;
  /** How often it is read beside its webhooks. Default `5m`. */
  readonly pollEvery?: string;
  /** How often what the tool lists is compared with what the hub holds. Default `1d`. */
  readonly censusEvery?: string;
  /** A census that misses more than this share of a project, team or repository removes nothing. Default 0.1. */
  readonly deletionFuse?: number;
}

export interface ProductConfig {
  readonly name: string;
  readonly vision?: string;
  /** What belongs to it: `connection` or `connection:scope`, e.g. `jira:ACME`, `github:acme/web`. */
  readonly sources: readonly string[];
  /** A slug of `people`, or a name. */
  readonly owner?: string;
  readonly objectives?: readonly ObjectiveConfig[];
  /** Thresholds of its features' health, before those of the hub. */
  readonly health?: HealthSettings;
  /** How its stages are decided where that differs from the hub's rules. */
  readonly rules?: RulesConfig;
}

/** What a product is to reach, with what it is measured by. */
export interface ObjectiveConfig {
  /** Unique within the product. */
  readonly id: string;
  readonly title: string;
  readonly text?: string;
  readonly period?: { readonly start?: string; readonly end?: string };
  readonly keyResults?: readonly KeyResultConfig[];
  /** Titles of initiatives that serve it, as their tool shows them, or their keys. */
  readonly initiatives?: readonly string[];
  /** Keys of features that serve it without an initiative. */
  readonly features?: readonly string[];
}

export interface KeyResultConfig {
  readonly title: string;
  /** `connection:metric`, the metric by its name, key or id there; its newest point is the current value. */
  readonly metric?: string;
  /** Where it started; 0 without it. */
  readonly from?: number;
  readonly to: number;
  readonly unit?: string;
  /** The day by which it is to be reached. */
  readonly by?: string;
  /** The current value, where no metric tells it. */
  readonly current?: number;
}

/** Somebody whose accounts no rule joins, or joins wrongly. */
export interface PersonConfig {
  readonly name: string;
  /** Theirs, as `connection:account`, the account by handle, id or mail address, e.g. `github:ana-d`. */
  readonly accounts: readonly string[];
  /** Not theirs, whatever rules say. */
  readonly notAccounts?: readonly string[];
}

/** Events beyond those that every hub tells. */
export interface EventConfig {
  /** Types that are so frequent that they must be asked for: `work_item.changed`. */
  readonly include?: readonly string[];
  /** Limits of metrics, by `connection:metric`, the metric by name, key or id: `metric.threshold.crossed`. */
  readonly limits?: Readonly<Record<string, { readonly above?: number; readonly below?: number }>>;
}

export interface WebhookConfig {
  /** Webhook endpoints may lie on this machine, with http and any port. For trying out; without effect on AWS. */
  readonly allowLoopback?: boolean;
}

/** The whole configuration of a hub: pure data. */
export interface HubConfig {
  /** By slug. Without any, there is one product that everything belongs to. */
  readonly products?: Readonly<Record<string, ProductConfig>>;
  /** By name, which is also the address of its webhooks: `/hooks/{name}`. */
  readonly connections: Readonly<Record<string, ConnectionConfig>>;
  /** Exceptions of the status mapping, by connection: status name or id to category, or to the stage it stands for. */
  readonly statuses?: Readonly<Record<string, Readonly<Record<string, StatusCategory | Stage>>>>;
  /** How stages are decided where that differs from the standard rules. */
  readonly rules?: HubRulesConfig;
  /** Features that several tools know: the key of the one that stands for all, and keys or addresses of the others. */
  readonly features?: Readonly<Record<string, readonly string[]>>;
  /** What names of deployment environments mean, where the tools' own reading does not fit: name to category. */
  readonly environments?: Readonly<Record<string, "production" | "staging" | "test" | "other">>;
  /** Thresholds of health, only the exceptions; docs/health.md. */
  readonly health?: HealthSettings;
  /** By slug. Accounts of two declared people are never one person's. */
  readonly people?: Readonly<Record<string, PersonConfig>>;
  /** Where events go out to, by name: analytics and messengers. */
  readonly outputs?: Readonly<Record<string, OutputConfig>>;
  /** Who may see the hub; default on a hub that only its own machine reaches whoever sits there, else whoever has a key. */
  readonly access?: AccessConfig;
  /** Reports by name, made and sent by a schedule. */
  readonly reports?: Readonly<Record<string, ReportConfig>>;
  /** How reports go out as mails. */
  readonly mail?: MailConfig;
  /** IANA name of the zone that days and weeks are counted in; default UTC. */
  readonly timezone?: string;
  /** Default Monday. */
  readonly weekStart?: WeekStart;
  readonly events?: EventConfig;
  readonly webhooks?: WebhookConfig;
  /** Where people reach the hub; default the local address. */
  readonly url?: string;
  /** Prefix of CloudEvents types; default `dev.throughline`. */
  readonly eventTypePrefix?: string;
}

/** Checks a configuration while it is written. */
export const defineHub = (config: HubConfig): HubConfig => config;

type Common = Omit<ConnectionConfig, "connector" | "config">;
type Settings = Readonly<Record<string, unknown>> & Common;

const connection =
  (connector: string) =>
  ({ freshWithin, pollEvery, censusEvery, deletionFuse, ...config }: Settings): ConnectionConfig => ({
    connector,
    config,
    ...(freshWithin !== undefined && { freshWithin }),
    ...(pollEvery !== undefined && { pollEvery }),
    ...(censusEvery !== undefined && { censusEvery }),
    ...(deletionFuse !== undefined && { deletionFuse }),
  });

/** A Jira Cloud site; settings in connectors/jira/README.md. */
export const jira = connection("jira");
/** A Linear workspace; settings in connectors/linear/README.md. */
export const linear = connection("linear");
/** GitHub repositories; settings in connectors/github/README.md. */
export const github = connection("github");
/** Segment, which only sends; settings in connectors/segment/README.md. */
export const segment = connection("segment");
/** Teams of a Figma organisation; settings in connectors/figma/README.md. */
export const figma = connection("figma");
/** Databases and pages of a Notion workspace; settings in connectors/notion/README.md. */
export const notion = connection("notion");
/** Channels of a Slack workspace; settings in connectors/slack/README.md. */
export const slack = connection("slack");
