import type { FieldedKind } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import type { Stage } from "../domain/stage.ts";

/** What the last runs showed that a connection's credential may read of one stream. */
export interface StreamAccess {
  readonly stream: string;
  /** What comes by it. */
  readonly kinds: readonly FieldedKind[];
  /** Stages that get evidence from it. */
  readonly stages: readonly Stage[];
  /** The right that it needs, in the vendor's words. */
  readonly right?: string | undefined;
  /** It is never asked for: the tool sends it. */
  readonly isSent: boolean;
  /** Of its scopes: how many could be read last, and how many were not tried yet. */
  readonly works: number;
  readonly untried: number;
  readonly broken: readonly {
    readonly scope: string;
    readonly code: string;
    readonly reason: string;
    readonly at: Instant;
  }[];
}

/** One setting of a connection as it is in force. */
export interface Setting {
  /** With dots: `oauth.clientId`. */
  readonly name: string;
  /** Of a secret the name under which it is kept, never what it is. */
  readonly value: string;
  readonly isSecret: boolean;
  /** The config says nothing of it. */
  readonly isDefault: boolean;
  /** In the config file, from 1. */
  readonly line?: number | undefined;
}

/** What the page of a connection tells beside how it is. */
export interface ConnectionDetail {
  readonly access: readonly StreamAccess[];
  readonly settings: readonly Setting[];
  /** The config file; absent for the demo. */
  readonly file?: string | undefined;
  /** What the config says of words of the tool: deployment environments, and statuses that stand for a stage. */
  readonly environments: readonly { readonly name: string; readonly means: string }[];
  readonly stages: readonly { readonly name: string; readonly means: Stage }[];
}

/** A status word of a tool with what it means here. */
export interface MappedWord {
  /** The tool's. */
  readonly id: string;
  readonly name: string;
  /** The tool's own coarse type. */
  readonly type: string;
  readonly scope?: string | undefined;
  /** `unknown`: nothing maps it. */
  readonly means: string;
  /** Whether the config, the tool's own type, or nothing decided. */
  readonly by: "tool" | "user" | "default";
}
