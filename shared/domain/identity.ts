import type { EmailHash } from "./email-hash.ts";
import type { Entity } from "./entity.ts";

/** By what two accounts are one person, strongest first (lifecycle reference, section 6). */
export const IDENTITY_RULES = ["sso", "email", "org_email", "declared"] as const;
export type IdentityRule = (typeof IDENTITY_RULES)[number];

/** `probable`: something about the person waits for a decision. `unmatched`: known in one tool only. */
export const PERSON_STATES = ["probable", "unmatched", "confirmed"] as const;
export type PersonState = (typeof PERSON_STATES)[number];

/** What identification looks at; accounts that are no person's are left out before. */
export interface IdentityAccount {
  readonly id: string;
  readonly connectionId: string;
  readonly externalId: string;
  readonly tool: string;
  readonly handle?: string | undefined;
  readonly name?: string | undefined;
  readonly emailHash?: string | undefined;
  readonly orgEmailHash?: string | undefined;
  readonly ssoSubject?: string | undefined;
}

/** A name of an account in the config, as the identity keys that it may stand for. */
export interface AccountName {
  readonly connectionId: string;
  readonly keys: readonly string[];
}

/** A person as the config declares one. No account of two declared persons is ever the same person's. */
export interface DeclaredPerson {
  readonly slug: string;
  readonly name: string;
  readonly accounts: readonly AccountName[];
  readonly notAccounts: readonly AccountName[];
}

/** Accounts that are one person, with what is still open about them. All lists in order of ids. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** Of the config, if it declares the person. */
  readonly slug?: string | undefined;
  readonly state: PersonState;
  /** Each with the strongest rule that holds it; null for one alone. */
  readonly accounts: readonly { readonly id: string; readonly rule: IdentityRule | null }[];
  /** Accounts of other persons with the same handle and display name. */
  readonly mayBe: readonly { readonly accountId: string; readonly otherId: string; readonly personId: string }[];
  /** Accounts that a rule would join and the config keeps apart. */
  readonly conflicts: readonly { readonly accountId: string; readonly otherId: string; readonly rule: IdentityRule }[];
}

/** More open questions about one person help nobody. */
const ASK_AT_MOST = 20;

/** The id of the person whose smallest account this is: an id given up in a merge still tells whose it was. */
export const personIdOf = (accountId: string): string => accountId.replace(/^acc_/, "per_");
export const accountIdOf = (personId: string): string => personId.replace(/^per_/, "acc_");

/** An account as identification sees it; undefined for bots, the deactivated and those that are gone. */
export const identityOf = (entity: Entity<"account">): IdentityAccount | undefined => {
  const { id, source, fields, presence } = entity;
  const isGone = presence.state === "deleted" || presence.state === "out_of_scope" || presence.state === "archived";
  if (isGone || fields.isBot || fields.isActive === false) return undefined;
  const { tool, handle, name, emailHash, orgEmailHash, ssoSubject } = fields;
  const { connectionId, externalId } = source;
  return { id, connectionId, externalId, tool, handle, name, emailHash, orgEmailHash, ssoSubject };
};

const handleKey = (handle: string): string => `handle:${handle.toLowerCase()}`;

/** Under what an account can be found: those who share a key may be one person. Sorted. */
export const identityKeys = (account: IdentityAccount): string[] => {
  const { externalId, handle, emailHash, orgEmailHash, ssoSubject } = account;
  const mails = [emailHash, orgEmailHash].flatMap((hash) => (hash === undefined ? [] : [`mail:${hash}`]));
  const keys = [
    `id:${externalId}`,
    ...(handle ? [handleKey(handle)] : []),
    ...mails,
    ...(ssoSubject ? [`sso:${ssoSubject}`] : []),
  ];
  return [...new Set(keys)].sort();
};

/** Whether sharing the key says anything by itself; the tool's own id only serves the config. */
export const isTelling = (key: string): boolean => !key.startsWith("id:");

/** @param text `connection:account`, the account by its handle, its id in the tool, or its mail address */
export const accountName = (text: string, emailHash: EmailHash): AccountName => {
  const colon = text.indexOf(":");
  const named = text.slice(colon + 1);
  const hash = emailHash(named);
  const keys = hash === undefined ? [`id:${named}`, handleKey(named)] : [`mail:${hash}`];
  return { connectionId: `con_${text.slice(0, colon)}`, keys };
};

/** Whom the config's names mean, by account. */
export interface Declarations {
  readonly people: readonly DeclaredPerson[];
  /** The persons that name the account, and those that say it is not theirs, which counts for more; by slug. */
  naming(account: IdentityAccount): {
    readonly own: readonly DeclaredPerson[];
    readonly not: readonly DeclaredPerson[];
  };
}

export const declarations = (people: readonly DeclaredPerson[]): Declarations => {
  const sorted = people.toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
  const index = (which: "accounts" | "notAccounts") =>
    Map.groupBy(
      sorted.flatMap((person) =>
        person[which].flatMap(({ connectionId, keys }) =>
          keys.map((key) => ({ at: `${connectionId} ${key}`, person })),
        ),
      ),
      ({ at }) => at,
    );
  const [own, not] = [index("accounts"), index("notAccounts")];
  const found = (names: typeof own, { connectionId }: IdentityAccount, keys: readonly string[]) => [
    ...new Set(keys.flatMap((key) => names.get(`${connectionId} ${key}`) ?? []).map(({ person }) => person)),
  ];
  return {
    people: sorted,
    naming(account) {
      const keys = identityKeys(account);
      const refusing = found(not, account, keys);
      return { own: found(own, account, keys).filter((person) => !refusing.includes(person)), not: refusing };
    },
  };
};

/** Accounts that are known to be one person so far, and whom the config says they are and are not. */
interface Part {
  readonly ids: Set<string>;
  readonly slugs: Set<string>;
  readonly refused: Set<string>;
}

const both = (a: Part, b: Part): Part => ({
  ids: new Set([...a.ids, ...b.ids]),
  slugs: new Set([...a.slugs, ...b.slugs]),
  refused: new Set([...a.refused, ...b.refused]),
});

const canJoin = (a: Part, b: Part): boolean => {
  const { slugs, refused } = both(a, b);
  return slugs.size < 2 && ![...slugs].some((slug) => refused.has(slug));
};

/** Accounts that one rule joins by one key. */
interface Shared {
  readonly rule: IdentityRule;
  readonly key: string;
  readonly ids: readonly string[];
}

/**
 * The persons behind accounts: connected by rules that need no confirmation, strongest rule first. What the config keeps
 * apart stays apart, over any number of steps: a rule that would join it is not followed and is told as a conflict.
 * The same for every order of the accounts; accounts that share no key do not touch each other's result.
 */
export const identify = (accounts: readonly IdentityAccount[], declared: Declarations): Person[] => {
  const all = new Map(accounts.map((account) => [account.id, account] as const).toSorted(byId));
  const naming = new Map([...all].map(([id, account]) => [id, declared.naming(account)] as const));
  const parts = new Map<string, Part>();
  for (const [id, { own, not }] of naming) {
    // Two declared persons that claim one account: the first by slug has it.
    const slugs = new Set(own.slice(0, 1).map(({ slug }) => slug));
    parts.set(id, { ids: new Set([id]), slugs, refused: new Set(not.map(({ slug }) => slug)) });
  }
  const shared = sharedBy([...all.values()], (id) => parts.get(id)?.slugs ?? new Set());
  const conflicts = shared.flatMap((one) => join(one, parts));
  const rules = new Map<string, IdentityRule>();
  for (const { rule, ids } of shared) {
    const together = Map.groupBy(ids, (id) => parts.get(id));
    for (const held of together.values())
      for (const id of held) if (held.length > 1 || rule === "declared") rules.set(id, rules.get(id) ?? rule);
  }
  const personOf = (id: string) => personIdOf([...(parts.get(id)?.ids ?? [id])].toSorted()[0] ?? id);
  const pairs = probable([...all.values()], parts);
  return [...new Set(parts.values())].map((part): Person => {
    const ids = [...part.ids].toSorted();
    const bySlug = declared.people.find(({ slug }) => part.slugs.has(slug));
    const mayBe = pairs
      .filter(([a]) => part.ids.has(a))
      .map(([accountId, otherId]) => ({ accountId, otherId, personId: personOf(otherId) }));
    const apart = [
      ...conflicts,
      ...conflicts.map(({ accountId, otherId, rule }) => ({ accountId: otherId, otherId: accountId, rule })),
    ];
    const open = apart.filter(({ accountId }) => part.ids.has(accountId)).toSorted(byContent);
    const isSure = ids.length > 1 || bySlug !== undefined;
    return {
      id: personIdOf(ids[0] ?? ""),
      name: bySlug?.name ?? nameAmong(ids.flatMap((id) => all.get(id) ?? [])),
      ...(bySlug !== undefined && { slug: bySlug.slug }),
      state: mayBe.length + open.length > 0 ? "probable" : isSure ? "confirmed" : "unmatched",
      accounts: ids.map((id) => ({ id, rule: rules.get(id) ?? null })),
      mayBe: mayBe.toSorted(byContent).slice(0, ASK_AT_MOST),
      conflicts: open.slice(0, ASK_AT_MOST),
    };
  });
};

const byId = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
const byContent = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** All that joins, strongest first, then by key: the order in which it is followed. */
const sharedBy = (accounts: readonly IdentityAccount[], slugsOf: (id: string) => ReadonlySet<string>): Shared[] => {
  const keyed: Readonly<Record<IdentityRule, (account: IdentityAccount) => readonly (string | undefined)[]>> = {
    sso: ({ ssoSubject }) => [ssoSubject],
    email: ({ emailHash }) => [emailHash],
    org_email: ({ emailHash, orgEmailHash }) => [...new Set([emailHash, orgEmailHash])],
    declared: ({ id }) => [...slugsOf(id)],
  };
  return IDENTITY_RULES.flatMap((rule) => {
    const named = accounts.flatMap((account) =>
      keyed[rule](account).flatMap((key) => (key ? [{ key, id: account.id }] : [])),
    );
    const groups = Map.groupBy(named, ({ key }) => key);
    return [...groups].toSorted(byId).map(([key, group]) => ({ rule, key, ids: group.map(({ id }) => id) }));
  });
};

/** Joins the parts of those who share a key, each with the first that it may join. @returns what may not be joined */
const join = ({ rule, ids }: Shared, parts: Map<string, Part>): Person["conflicts"][number][] => {
  const conflicts: Person["conflicts"][number][] = [];
  const heads: string[] = [];
  for (const id of ids) {
    const own = parts.get(id);
    if (own === undefined || heads.some((head) => parts.get(head) === own)) continue;
    const refusing: string[] = [];
    const fitting = heads.find((head) => {
      const part = parts.get(head);
      if (part !== undefined && canJoin(part, own)) return true;
      refusing.push(head);
      return false;
    });
    const part = fitting === undefined ? undefined : parts.get(fitting);
    if (part === undefined) heads.push(id);
    else {
      const joined = both(part, own);
      for (const member of joined.ids) parts.set(member, joined);
    }
    conflicts.push(...refusing.map((head) => ({ accountId: head, otherId: id, rule })));
  }
  return conflicts;
};

/** Pairs, both ways round, of the same handle in two tools and the same display name that are not known to be one person. */
const probable = (
  accounts: readonly IdentityAccount[],
  parts: ReadonlyMap<string, Part>,
): (readonly [string, string])[] => {
  const alike = Map.groupBy(
    accounts.filter(({ handle, name }) => handle && name),
    ({ handle, name }) => JSON.stringify([handle?.toLowerCase(), plainName(name ?? "")]),
  );
  return [...alike.values()].flatMap((group) =>
    group.flatMap((a) =>
      group.flatMap((b) => {
        const [one, other] = [parts.get(a.id), parts.get(b.id)];
        if (a.tool === b.tool || one === undefined || other === undefined || one === other) return [];
        return canJoin(one, other) ? [[a.id, b.id] as const] : [];
      }),
    ),
  );
};

const plainName = (name: string): string => name.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " ").trim();

const nameAmong = (accounts: readonly IdentityAccount[]): string => {
  const told = accounts.find(({ name }) => name)?.name ?? accounts.find(({ handle }) => handle)?.handle;
  return told ?? accounts[0]?.externalId ?? "";
};
