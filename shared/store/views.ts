import type { Assertion, Update } from "../domain/assertion.ts";
import type { Scope, ScopeItem, ScopeRole } from "../domain/cycle-scope.ts";
import type { Entity, FieldedKind, Presence, StatusCategory } from "../domain/entity.ts";
import type { EventName, HubEvent } from "../domain/event.ts";
import type { IdentityRule, PersonState } from "../domain/identity.ts";
import type { Instant } from "../domain/instant.ts";
import type { ItemHistory } from "../domain/item-history.ts";
import type { Mapped } from "../domain/mapped.ts";
import type { Explanation, Stage } from "../domain/stage.ts";
import type { ConnectionLoad } from "./connection-load.ts";
import type { FlowReads } from "./flow-views.ts";
import type { KindReads } from "./kind-reads.ts";
import type { Decision, PastReads, PastViews } from "./past-reads.ts";
import type { PlanPast } from "./plan-past.ts";
import type { EvidenceLine, TimelineLine } from "./record-lines.ts";
import type { LinkView, SuggestionView } from "./shown-links.ts";
import type { InitiativeView, ObjectiveView } from "./shown-plan.ts";

export type { ConnectionLoad } from "./connection-load.ts";
export type { SearchHit, UnmappedWord } from "./kind-reads.ts";
export type { PastViews, ViewChange } from "./past-reads.ts";
export type { EvidenceLine, TimelineLine } from "./record-lines.ts";

export type HealthValue = "on_track" | "at_risk" | "off_track" | "unknown";

/** A feature as every surface shows it: one row, made by projection, read whole. */
export interface FeatureView {
  readonly id: string;
  readonly key?: string | undefined;
  readonly name: string;
  /** Where it lives in its tool. */
  readonly url: string;
  readonly tool: string;
  /** The tool's word: Epic, Idea, Project, Milestone. */
  readonly type: string;
  readonly productIds: readonly string[];
  readonly connectionId: string;
  readonly presence: Presence;
  readonly status: Mapped;
  readonly owner?: { readonly id: string; readonly name: string } | undefined;
  readonly initiatives: readonly { readonly id: string; readonly name: string }[];
  readonly targetDate?: string | undefined;
  readonly targetDateResolution?: string | undefined;
  /** Of its moves from one day to another; absent where it never moved. */
  readonly firstTargetDate?: string | undefined;
  readonly targetMoves?: number | undefined;
  readonly explanation: Explanation;
  /** Of customers, linked to it; absent in rows that an earlier version wrote. */
  readonly tickets?: number | undefined;
  readonly health: {
    readonly value: HealthValue;
    readonly disagree: boolean;
    readonly declared?:
      | {
          readonly value: HealthValue;
          readonly at?: Instant | undefined;
          readonly stale: boolean;
          /** Who said so here, with their reason; absent where a tool told it. */
          readonly by?: string | undefined;
          readonly text?: string | undefined;
        }
      | undefined;
    readonly derived: { readonly value: HealthValue; readonly rule: string; readonly reasons: readonly string[] };
    /** Absent in rows that an earlier version wrote. */
    readonly dimensions?: readonly HealthDimension[] | undefined;
    /** Null where history is too short, or nothing is left to do. */
    readonly forecast?:
      | { readonly p50: string | null; readonly p85: string | null; readonly basis: string }
      | null
      | undefined;
    /** Version of the thresholds. */
    readonly rules?: string | undefined;
  };
  /** What people assert of it now, shown as theirs. */
  readonly assertions?: readonly Assertion[] | undefined;
  readonly progress: { readonly done: number; readonly total: number; readonly cancelled: number };
  /** The feature that stands for this record, which then stands on no board: the same feature in another tool. */
  readonly sameAs?: string | undefined;
  /** Records of other tools that are this feature. */
  readonly names?:
    | readonly {
        readonly id: string;
        readonly key?: string | undefined;
        readonly name: string;
        readonly tool: string;
        readonly url: string;
      }[]
    | undefined;
  readonly counts: { readonly workItems: number; readonly pullRequests: number; readonly deployments: number };
  /** Rises by exactly 1 with each change of this view. */
  readonly version: number;
  /** Newest source time of what it was made from. */
  readonly updatedAt: Instant;
  /** When projection last looked. */
  readonly observedAt: Instant;
  /** Of its experiments. */
  readonly decisions?: readonly Decision[] | undefined;
  /** Why it was last written. */
  readonly cause?: "sync" | "time" | "rule_change" | "override" | undefined;
}

/** One aspect of health: its level, with what was measured and what it was held against. */
export interface HealthDimension {
  readonly name: "schedule" | "scope" | "flow" | "quality" | "experiment" | "support" | "adoption" | "freshness";
  readonly level: HealthValue | "not_applicable";
  readonly value?: string | undefined;
  readonly threshold?: string | undefined;
  readonly text: string;
  /** URLs, at most five. */
  readonly evidence: readonly string[];
  /** Newest source time of what it rests on. */
  readonly dataAt?: Instant | undefined;
  /** Experiments that wait for a decision. */
  readonly waiting?: readonly { readonly id: string; readonly name: string }[] | undefined;
}

export interface ProductView {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly vision?: string | undefined;
  readonly owner?: string | undefined;
}

export type ConnectionState =
  | "healthy"
  | "pending"
  | "syncing"
  | "degraded"
  | "stale"
  | "needs_auth"
  | "failed"
  | "paused";

export interface StreamRun {
  readonly stream: string;
  readonly scope: string;
  readonly state: "pending" | "syncing" | "completed" | "failed";
  readonly startedAt?: Instant | undefined;
  readonly finishedAt?: Instant | undefined;
  /** The first complete run ended then; before it nothing counts as healthy. */
  readonly firstCompletedAt?: Instant | undefined;
  readonly pages: number;
  readonly records: number;
  /** Since the last complete run ended; absent before the first. */
  readonly lagSeconds?: number | undefined;
  /** Records of this stream, over all scopes, that could not be read. */
  readonly quarantined: number;
  /** What the last comparison with the tool's own list found; absent where the tool allows none, or before the first. */
  readonly census?: StreamCensus | undefined;
  readonly error?:
    | { readonly code: string; readonly message: string; readonly fix: string; readonly at: Instant }
    | undefined;
}

/** How complete a stream is, by the tool's own count. */
export interface StreamCensus {
  readonly at: Instant;
  /** How many records the tool lists, and how many of its records the hub held as there. */
  readonly theirs: number;
  readonly ours: number;
  /** Listed by the tool and not held: asked for since. */
  readonly gaps: number;
  /** Held, and gone in the tool or out of sight: noted since. */
  readonly gone: number;
  readonly lost: number;
  /** Places where so many were missing that nothing was removed. */
  readonly fuse: readonly { readonly name: string; readonly missing: number; readonly of: number }[];
  /** Why the one after it did not end. */
  readonly error?: string | undefined;
}

/** What a connection is read with, and how long that is still good. */
export interface CredentialView {
  readonly kind: "none" | "api_token" | "access_token" | "oauth" | "app";
  /** Absent where nobody told, and for what renews itself without an end. */
  readonly expiresAt?: Instant | undefined;
  /** `expiring` from 14 days before its end; `expired` at its end, and when the tool refused it. */
  readonly state: "ok" | "expiring" | "expired";
}

export interface ConnectionView {
  readonly id: string;
  /** Its name in the config, as in `/hooks/{name}`. */
  readonly name: string;
  readonly tool: string;
  readonly title: string;
  /** What it reads; absent where the connection could not be opened. */
  readonly kinds?: readonly FieldedKind[] | undefined;
  readonly state: ConnectionState;
  readonly reason?: string | undefined;
  /** Of the products that it may feed; absent where the connection could not be opened. */
  readonly productIds?: readonly string[] | undefined;
  readonly dataAsOf?: Instant | undefined;
  readonly streams: readonly StreamRun[];
  /** Absent where the connection could not be opened. */
  readonly credential?: CredentialView | undefined;
  readonly quarantined: number;
  /** Absent where the connection could not be opened, or is never asked. */
  readonly load?: ConnectionLoad | undefined;
  readonly webhooks: {
    readonly configured: boolean;
    readonly lastReceivedAt?: Instant | undefined;
    readonly rejected: number;
  };
}

export interface Slice<Item> {
  readonly items: readonly Item[];
  /** Give it back as `after` for what follows; undefined at the end. */
  readonly next: string | undefined;
}

export interface FeatureFilter {
  /** Ids of features: of these only. */
  readonly ids?: readonly string[] | undefined;
  /** Product ids. */
  readonly product?: string | undefined;
  /** Ids of products: of any of them. */
  readonly products?: readonly string[] | undefined;
  readonly stage?: readonly (Stage | "none")[] | undefined;
  readonly health?: readonly HealthValue[] | undefined;
  /** Case-insensitive text in the name or key. */
  readonly q?: string | undefined;
  /** Ids of accounts, or names in lower case: any of them. */
  readonly owner?: readonly string[] | undefined;
  /** Newest first, in place of by id: what changes meanwhile may come twice. */
  readonly order?: "-updated_at" | undefined;
  /** Promised for a day before this one. */
  readonly dueBefore?: string | undefined;
  readonly updatedSince?: Instant | undefined;
}

export interface WorkItemFilter {
  readonly product?: string | undefined;
  readonly products?: readonly string[] | undefined;
  readonly status?: readonly (StatusCategory | "unknown")[] | undefined;
  readonly tool?: string | undefined;
  /** A feature's id. */
  readonly feature?: string | undefined;
  readonly updatedSince?: Instant | undefined;
}

export interface CycleFilter {
  readonly products?: readonly string[] | undefined;
  readonly state?: readonly ("future" | "active" | "closed" | "unknown")[] | undefined;
  readonly tool?: string | undefined;
}

/** An account by its name; the name is absent where the tool never told of the account itself. */
export interface PersonName {
  readonly id: string;
  readonly name?: string | undefined;
}

/** Accounts by id. */
export type People = ReadonlyMap<string, PersonName>;
/** An account of a tool, as lists of people show it. */
export interface AccountView {
  readonly id: string;
  readonly tool: string;
  readonly connectionId: string;
  readonly handle?: string | undefined;
  readonly name: string;
  readonly url: string;
  /** As the config names it: `connection:handle`, or by its id where there is no handle. */
  readonly label: string;
}

export interface PersonView {
  readonly id: string;
  readonly name: string;
  /** Of the config, if it declares the person. */
  readonly slug?: string | undefined;
  readonly state: PersonState;
  readonly accounts: readonly (AccountView & { readonly rule: IdentityRule | null })[];
  /** Other persons with the same handle and display name in another tool: to be confirmed or refused. */
  readonly mayBe: readonly {
    readonly id: string;
    readonly name: string;
    readonly slug?: string | undefined;
    readonly accounts: readonly AccountView[];
  }[];
  /** Accounts that a rule would join and the config keeps apart. */
  readonly conflicts: readonly {
    readonly account: AccountView;
    readonly other: AccountView;
    readonly rule: IdentityRule;
  }[];
  readonly version: number;
  readonly recordedAt: Instant;
}

/** All reads that surfaces make. Every list is a page in an order that never changes; `after` and `next` are opaque. */
export interface Views extends PastViews, PastReads, KindReads, FlowReads, PlanPast {
  products(): Promise<readonly ProductView[]>;
  /** Which products records belong to, by id; those that are not held are left out. */
  productsOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** @param ever also records that do not speak about it any more */
  evidence(featureId: string, after: string | undefined, limit: number, ever?: boolean): Promise<Slice<EvidenceLine>>;
  /** Newest first. */
  timeline(featureId: string, after: string | undefined, limit: number): Promise<Slice<TimelineLine>>;
  /** What people assert of a feature, oldest first, those that ended among them. */
  said(featureId: string): Promise<readonly Assertion[]>;
  /** Of a feature or initiative, newest first. */
  updates(about: string, after: string | undefined, limit: number): Promise<Slice<Update>>;
  /** Links to and from a record that hold, or that somebody decided about. */
  links(id: string, after: string | undefined, limit: number): Promise<Slice<LinkView>>;
  /** By its id; both ends must be there. `isKnown`: something states it, suggests it, or somebody decided about it. */
  link(id: string): Promise<(LinkView & { readonly isKnown: boolean }) | undefined>;
  /** Suggested links that wait for a person, surest first. */
  suggestions(product: string | undefined, after: string | undefined, limit: number): Promise<Slice<SuggestionView>>;
  /** By id, ascending. */
  objectives(
    filter: { readonly product?: string | undefined },
    after: string | undefined,
    limit: number,
  ): Promise<Slice<ObjectiveView>>;
  /** By id. */
  objective(id: string): Promise<ObjectiveView | undefined>;
  /** By id, ascending. */
  initiatives(
    filter: { readonly product?: string | undefined; readonly status?: readonly string[] | undefined },
    after: string | undefined,
    limit: number,
  ): Promise<Slice<InitiativeView>>;
  /** Ids of the features that serve an objective, directly or by an initiative, in order. */
  objectiveFeatures(objectiveId: string): Promise<readonly string[]>;
  /** By id or key. */
  initiative(idOrKey: string): Promise<InitiativeView | undefined>;
  /** By id. */
  initiativeFeatures(initiativeId: string): Promise<readonly FeatureView[]>;
  /** By id, ascending. */
  workItems(filter: WorkItemFilter, after: string | undefined, limit: number): Promise<Slice<Entity<"workItem">>>;
  /** By id or key. */
  workItem(idOrKey: string): Promise<Entity<"workItem"> | undefined>;
  /** A work item over all its time, with the people who changed it. */
  itemHistory(item: Entity<"workItem">): Promise<ItemHistory & { readonly people: People }>;
  /** By id, ascending. */
  cycles(filter: CycleFilter, after: string | undefined, limit: number): Promise<Slice<Entity<"cycle">>>;
  /** By id. */
  cycle(id: string): Promise<Entity<"cycle"> | undefined>;
  cycleScope(cycle: Entity<"cycle">): Promise<Scope>;
  /** Every item that was ever in a cycle, by its id; with a role, only those that had it. */
  cycleItems(
    cycle: Entity<"cycle">,
    role: ScopeRole | undefined,
    after: string | undefined,
    limit: number,
  ): Promise<Slice<ScopeItem> & { readonly people: People }>;
  /** Those that wait for a decision first, then the unmatched, then the confirmed; each by name. */
  people(
    states: readonly PersonState[] | undefined,
    after: string | undefined,
    limit: number,
  ): Promise<Slice<PersonView>>;
  /** By id, present or given up in a merge. */
  person(id: string): Promise<PersonView | undefined>;
  peopleCounts(): Promise<Readonly<Record<PersonState, number>>>;
  /** Accounts by id, each with its person where it has one. */
  accounts(
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, AccountView & { readonly person?: Pick<PersonView, "id" | "name"> }>>;
  /** The change log, oldest first, from `since` on. */
  changes(
    since: Instant,
    after: string | undefined,
    limit: number,
    names?: readonly string[],
  ): Promise<Slice<HubEvent>>;
  /** The newest events of a type, newest first: of two weeks at the most, and of a bounded part of the log. */
  lastChanges(name: EventName, limit: number): Promise<readonly HubEvent[]>;
  connections(): Promise<readonly ConnectionView[]>;
  /** By name or id. */
  connection(nameOrId: string): Promise<ConnectionView | undefined>;
  /** What was set aside, newest first. */
  quarantine(connectionId: string, after: string | undefined, limit: number): Promise<Slice<Quarantined>>;
  /** One of them, by the name that lists give. */
  deadLetter(connectionId: string, name: string): Promise<Quarantined | undefined>;
  /** How many features, over all products or of one or several, changed stage since then, and up to a moment. */
  changedSince(since: Instant, product: string | readonly string[] | undefined, upTo?: Instant): Promise<number>;
}

/** A record that could not be read: kept with its bytes until somebody replays it. */
export interface Quarantined {
  readonly id: string;
  readonly connectionId: string;
  readonly stream: string;
  readonly rawRef: string;
  /** Place in the archived page, absent if the whole payload is meant. */
  readonly index?: number | undefined;
  readonly code: string;
  readonly message: string;
  readonly at: Instant;
  /** When it was read after all, or discarded. */
  readonly resolvedAt?: Instant | undefined;
  /** Somebody said that it is not wanted. */
  readonly discarded?: true | undefined;
}
