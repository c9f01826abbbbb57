import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { TIMELESS } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import type { User } from "./schema.ts";
import { below } from "./site.ts";

/** Jira Server and old webhooks know people by key or name only. */
const idOf = (user: User | null | undefined): string | undefined =>
  user?.accountId || user?.key || user?.name || undefined;

/** The tool's id of a person, for history entries. */
export const authorOf = idOf;

export const accountRef = (user: User | null | undefined): Ref<"account"> | undefined => {
  const id = idOf(user);
  return id === undefined ? undefined : { kind: "account", noun: "user", id };
};

/**
 * The account of a person or app that an issue names. Only what every issue tells alike, so that all issues agree.
 *
 * @param self address of the record that names the user
 */
export const accountDraft = (
  user: User | null | undefined,
  self: string | null | undefined,
  { emailHash: hashOf }: NormaliseContext,
): Draft<"account">[] => {
  const id = idOf(user);
  if (user == null || id === undefined) return [];
  const emailHash = hashOf?.(user.emailAddress ?? "");
  return [
    {
      kind: "account",
      external: { noun: "user", id, url: below(self, `/jira/people/${id}`) },
      scopes: [],
      updatedAt: TIMELESS,
      fields: {
        tool: "jira",
        ...(user.displayName && { name: user.displayName }),
        ...(emailHash !== undefined && { emailHash }),
        isBot: user.accountType === "app",
      },
    },
  ];
};
