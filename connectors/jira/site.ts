const GATEWAY = "api.atlassian.com";

/** What stands before `/rest/` in a record's own address. */
const baseOf = (self: string | null | undefined): string | undefined =>
  /^(https?:\/\/.+?)\/rest\//.exec(self ?? "")?.[1];

/** Scheme and host of the site people see: through the gateway only the icons still name it. */
const siteOf = (addresses: readonly (string | null | undefined)[]): string | undefined => {
  const bases = addresses.flatMap((address) => /^(https?:\/\/[^/]+)(?:\/|$)/.exec(address ?? "")?.[1] ?? []);
  return bases.find((base) => !base.endsWith(`//${GATEWAY}`));
};

/**
 * Where people open an issue or a project.
 *
 * @param addresses addresses that the record tells, its own first
 */
export const browseUrl = (
  addresses: readonly (string | null | undefined)[],
  key: string | null | undefined,
): string => {
  const base = siteOf(addresses) ?? baseOf(addresses[0]);
  return base === undefined || !key ? (addresses[0] ?? "") : `${base}/browse/${key}`;
};

/** An address below the site, the same whether an issue or the record itself tells where the site is. */
export const below = (self: string | null | undefined, path: string): string => {
  const base = baseOf(self);
  return base === undefined ? "" : `${base}${path}`;
};
