import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { type Instant, maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import type { Reference } from "../../shared/domain/link.ts";
import { markersIn, referencesIn } from "../../shared/domain/reference.ts";

type Told = string | null | undefined;

interface Place {
  readonly projectId?: Told;
  readonly site?: Told;
}

/** A page of PostHog's app. */
export const pageOf = ({ projectId, site }: Place, path: string): string => {
  const origin = site || "https://us.posthog.com";
  return projectId ? `${origin}/project/${projectId}/${path}` : origin;
};

export const scopesOf = ({ projectId }: Place): string[] => (projectId ? [projectId] : []);

/** The newest of some moments; no record changed before the first of them. */
export const newest = (...told: readonly Told[]): Instant =>
  told
    .flatMap((one) => maybeInstant(one) ?? [])
    .toSorted()
    .at(-1) ?? TIMELESS;

/** PostHog marks what is deleted and often lists it no more: it counts as archived until a census misses it. */
export const archivedAt = (isGone: boolean | null | undefined, updatedAt: Instant): Instant | undefined =>
  isGone === true ? updatedAt : undefined;

interface Person {
  readonly id: string;
  readonly first_name?: Told;
  readonly last_name?: Told;
  readonly email?: Told;
}

/** A colleague who uses PostHog: of the address only its keyed hash is kept. */
export const accountsOf = (
  user: Person | null | undefined,
  place: Place,
  { emailHash }: NormaliseContext,
): Draft<"account">[] =>
  user
    ? [
        {
          kind: "account",
          external: { noun: "user", id: user.id, url: pageOf(place, "settings") },
          scopes: [],
          updatedAt: TIMELESS,
          fields: {
            tool: "posthog",
            name: [user.first_name, user.last_name].filter(Boolean).join(" ") || undefined,
            emailHash: emailHash?.(user.email ?? ""),
            isBot: false,
          },
        },
      ]
    : [];

export const userRef = (user: Person | null | undefined): Ref<"account"> | undefined =>
  user ? { kind: "account", noun: "user", id: user.id } : undefined;

/** Tags as texts, in an order that no read changes. */
export const tagsOf = (tags: readonly unknown[] | null | undefined): string[] =>
  (tags ?? []).filter((tag) => typeof tag === "string").toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** Everything that a record's words point to. */
export const wordsOf = (words: {
  readonly title?: Told;
  readonly tags?: readonly unknown[] | null | undefined;
  readonly body?: Told;
  readonly flagKey?: Told;
}): Reference[] => {
  const tags = tagsOf(words.tags).join("\n");
  return [
    ...referencesIn(words.title, "title"),
    ...referencesIn(tags, "tag"),
    ...referencesIn(words.body, "body"),
    ...markersIn([words.title ?? "", tags, words.body ?? ""].join("\n")),
    ...(words.flagKey ? [{ alias: `flag:${words.flagKey.toLowerCase()}`, place: "flag" as const }] : []),
  ];
};
