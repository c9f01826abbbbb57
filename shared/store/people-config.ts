import type { AccountView, PersonView } from "./views.ts";

type Named = Pick<PersonView, "name" | "slug"> & { readonly accounts: readonly Pick<AccountView, "label">[] };

/** A name as a slug of the config: `Zoë Laurent` as `zoe-laurent`. */
const slugOf = (name: string): string =>
  name
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, "")
    .trim()
    .replaceAll(/[ _-]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, 60) || "someone";

const line = ({ name, slug }: Named, accounts: readonly string[], notAccounts: readonly string[] = []): string => {
  const list = (texts: readonly string[]) => `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
  const not = notAccounts.length === 0 ? "" : `, notAccounts: ${list(notAccounts)}`;
  return `${JSON.stringify(slug ?? slugOf(name))}: { name: ${JSON.stringify(name)}, accounts: ${list(accounts)}${not} },`;
};

const labels = ({ accounts }: Named): string[] => accounts.map(({ label }) => label);

/** The line under `people` of the config that declares the person as it stands, for further accounts to be added. */
export const declareLine = (person: Named): string => line(person, labels(person));

/** The line that makes two persons one. A name that the config gives stays. */
export const confirmLine = (person: Named, other: Named): string => {
  const [first, second] = person.slug === undefined && other.slug !== undefined ? [other, person] : [person, other];
  return line(first, [...labels(first), ...labels(second)]);
};

/** The line that keeps two persons apart. */
export const refuseLine = (person: Named, other: Named): string => line(person, labels(person), labels(other));
