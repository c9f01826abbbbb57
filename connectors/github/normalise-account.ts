import type { Draft } from "../../shared/domain/entity.ts";
import { TIMELESS } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import { User } from "./schema.ts";

/** The account's reference, or undefined for a ghost (a deleted user) and for shapes without an id. */
export const accountRef = (user: User | null | undefined): Ref<"account"> | undefined =>
  user?.node_id ? { kind: "account", noun: "user", id: user.node_id } : undefined;

/** The users among values of unknown shape. */
export const usersIn = (people: readonly unknown[] | null | undefined): User[] =>
  (people ?? []).flatMap((person) => {
    const user = User.safeParse(person).data;
    return user === undefined ? [] : [user];
  });

/**
 * One draft per account that a record names. GitHub tells no time of change of an account, and only login and type stand
 * in every shape: so a draft is the same wherever the account appears.
 */
export const accountsOf = (users: readonly (User | null | undefined)[]): Draft<"account">[] => {
  const drafts = new Map<string, Draft<"account">>();
  for (const user of users) {
    if (!user?.node_id || !user.login) continue;
    drafts.set(user.node_id, {
      kind: "account",
      external: {
        noun: "user",
        id: user.node_id,
        key: user.login,
        url: user.html_url ?? `https://github.com/${user.login}`,
      },
      scopes: [],
      updatedAt: TIMELESS,
      fields: { tool: "github", handle: user.login, isBot: user.type === "Bot" || user.login.endsWith("[bot]") },
    });
  }
  return [...drafts.values()];
};
