import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { TIMELESS } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";

type Told = string | null | undefined;

interface Place {
  readonly projectId?: Told;
  readonly workspaceId?: Told;
  readonly site?: Told;
}

/** A page of Mixpanel's app; its API gives no addresses. */
export const pageOf = ({ projectId, workspaceId, site }: Place, path: string): string => {
  const view = workspaceId ? `/view/${workspaceId}` : "";
  return projectId
    ? `${site || "https://mixpanel.com"}/project/${projectId}${view}/app/${path}`
    : "https://mixpanel.com";
};

export const scopesOf = ({ projectId }: Place): string[] => (projectId ? [projectId] : []);

interface Maker {
  readonly id: string;
  readonly name: string | undefined;
  readonly email?: Told;
}

/** Somebody of the company: of the address only its keyed hash is kept. */
export const accountOf = (
  { id, name, email }: Maker,
  place: Place,
  { emailHash }: NormaliseContext,
): Draft<"account"> => ({
  kind: "account",
  external: { noun: "user", id, url: pageOf(place, "settings") },
  scopes: [],
  updatedAt: TIMELESS,
  fields: {
    tool: "mixpanel",
    name,
    emailHash: emailHash?.(email ?? ""),
    isBot: false,
  },
});

export const userRef = (id: Told): Ref<"account"> | undefined =>
  id ? { kind: "account", noun: "user", id } : undefined;

/** Tags as texts, in an order that no read changes. */
export const tagsOf = (tags: readonly unknown[] | null | undefined): string[] =>
  (tags ?? []).filter((tag) => typeof tag === "string").toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
