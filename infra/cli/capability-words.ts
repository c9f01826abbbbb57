import type { Capability } from "../../shared/pipeline/capabilities.ts";

/** Streams that work in one line, and what lacks what for which stage in one line each. */
export const lost = ({ stream, scope, stages, right, reason, code }: Capability): { what: string; fix?: string } => {
  const of = scope === "" ? "" : ` of ${scope}`;
  const needed = stages.length === 0 ? "" : `; without it no evidence for ${stages.join(", ")}`;
  const isRight = code === "vendor_forbidden" || code === "vendor_not_found";
  return {
    what: `cannot read ${stream}${of}: ${reason ?? "refused"}${needed}`,
    ...(isRight && right !== undefined && { fix: `give the credential the right "${right}"` }),
  };
};

/** The streams of which every scope works, in order. */
export const working = (capabilities: readonly Capability[]): string[] => {
  const broken = new Set(capabilities.flatMap(({ works, stream }) => (works ? [] : [stream])));
  return [...new Set(capabilities.map(({ stream }) => stream))].filter((stream) => !broken.has(stream));
};
