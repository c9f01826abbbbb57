import { HubError } from "../../connector/errors.ts";
import type { Scope } from "./scope.ts";

/** Who asks, and what they may see and do. */
export interface Identity {
  /** `key_…`, `mem_…`, `shr_…`; `local` on a hub that only its own machine reaches. */
  readonly id: string;
  /** As people call them; it stands in the audit log and beside what they say. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Ids of products; what lies outside does not exist for them. */
  readonly products: readonly string[] | "all";
  /** Of who is signed in with a browser: the digest of the session. */
  readonly session?: string | undefined;
}

/** Whoever reaches a hub that listens on its own machine alone. */
export const LOCAL: Identity = { id: "local", name: "local", scopes: ["admin"], products: "all" };

/** Whoever brings no credential at all: open documents are all they see. */
export const NOBODY: Identity = { id: "nobody", name: "nobody", scopes: [], products: [] };

export const may = ({ scopes }: Identity, scope: Scope): boolean => scopes.includes("admin") || scopes.includes(scope);

/** @throws HubError key_missing for nobody; else scope_missing, which names the scope */
export const demand = (identity: Identity, scope: Scope): void => {
  if (identity === NOBODY) throw new HubError("key_missing", "this needs a key or a sign-in", { retry: "never" });
  if (!may(identity, scope))
    throw new HubError("scope_missing", `this needs the scope ${scope}, which ${identity.name} does not have`, {
      retry: "never",
      details: { scope },
    });
};

/** @throws HubError scope_missing for who sees some products only: what everybody gets is not theirs to send */
export const demandAll = ({ products, name }: Identity): void => {
  if (products !== "all")
    throw new HubError("scope_missing", `this concerns all products, and ${name} sees some of them`, {
      retry: "never",
    });
};
