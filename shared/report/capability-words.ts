import type { StreamAccess } from "../store/connection-detail.ts";
import { KIND_WORDS } from "./words.ts";

/** One stream of one scope, as somebody tried it. */
export type Tried = Pick<StreamAccess, "stream" | "kinds" | "stages" | "right"> & {
  readonly scope: string;
  readonly works: boolean;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
};

/** What lacks in one line: which records come no more, and which stages lose their evidence. */
export const lost = ({
  stream,
  scope,
  kinds,
  stages,
  right,
  reason,
  code,
}: Omit<Tried, "works">): { what: string; fix?: string } => {
  const of = scope === "" ? "" : ` of ${scope}`;
  const missed = kinds.map((kind) => KIND_WORDS[kind].toLowerCase()).join(", ");
  const blind = stages.length === 0 ? "" : `, and no evidence for ${stages.join(", ")}`;
  const isRight = code === "vendor_forbidden" || code === "vendor_not_found";
  return {
    what: `cannot read ${stream}${of}: ${reason ?? "refused"}; without it no new ${missed}${blind}`,
    ...(isRight && right !== undefined && { fix: `give the credential the right "${right}"` }),
  };
};

/** The streams of which every scope works, in order. */
export const working = (capabilities: readonly Tried[]): string[] => {
  const broken = new Set(capabilities.flatMap(({ works, stream }) => (works ? [] : [stream])));
  return [...new Set(capabilities.map(({ stream }) => stream))].filter((stream) => !broken.has(stream));
};

/** What is said of a credential that may do more than read. */
export const tooWide = (rights: readonly string[]): { what: string; fix: string } => ({
  what: `the credential may do more than read: ${rights.join(", ")}`,
  fix: "create one with only the rights on the connector's page: the hub never writes, but anyone who steals it could",
});
