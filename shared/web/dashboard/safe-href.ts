const LINKABLE: ReadonlySet<string> = new Set(["http:", "https:", "mailto:"]);

/**
 * A vendor's address if it may become a link, as the browser would read it; undefined for every other scheme and for
 * text that is no absolute address. JSX escapes text, but it would print `javascript:` into an `href` as it is.
 */
export const safeHref = (address: string | undefined): string | undefined => {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  return LINKABLE.has(url.protocol) ? url.href : undefined;
};
