import type { EmailHash } from "../domain/email-hash.ts";
import { accountName, type DeclaredPerson } from "../domain/identity.ts";
import type { ConfigProblem } from "./config.ts";
import type { HubConfig } from "./define-hub.ts";
import { suggestion } from "./suggestion.ts";

/** The persons of a config; addresses become their hashes at once. */
export const declaredPeople = ({ people = {} }: HubConfig, emailHash: EmailHash): DeclaredPerson[] =>
  Object.entries(people).map(([slug, { name, accounts, notAccounts = [] }]) => ({
    slug,
    name,
    accounts: accounts.map((text) => accountName(text, emailHash)),
    notAccounts: notAccounts.map((text) => accountName(text, emailHash)),
  }));

/** What cannot be meant: connections that are not there, and accounts that are said to be two persons'. */
export const peopleProblems = ({ people = {}, connections }: HubConfig): ConfigProblem[] => {
  const problems: ConfigProblem[] = [];
  const owners = new Map<string, string>();
  for (const [slug, { accounts, notAccounts = [] }] of Object.entries(people)) {
    for (const [which, texts] of Object.entries({ accounts, notAccounts })) {
      const path = ["people", slug, which];
      for (const text of texts) {
        const name = text.split(":", 1)[0] ?? "";
        if (Object.hasOwn(connections, name)) continue;
        problems.push({ path, message: `no connection "${name}"${suggestion(name, Object.keys(connections))}` });
      }
    }
    for (const text of accounts) {
      const owner = owners.get(text.toLowerCase());
      owners.set(text.toLowerCase(), owner ?? slug);
      if (owner !== undefined) {
        const message = owner === slug ? `"${text}" is named twice` : `"${text}" is already an account of ${owner}`;
        problems.push({ path: ["people", slug, "accounts"], message });
      }
      if (notAccounts.some((not) => not.toLowerCase() === text.toLowerCase())) {
        const message = `"${text}" is named as an account, too: it cannot be both`;
        problems.push({ path: ["people", slug, "notAccounts"], message });
      }
    }
  }
  return problems;
};
