import type { Child } from "hono/jsx";
import { safeHref } from "./safe-href.ts";

/** A link to a vendor's address, or its plain text where the address cannot be trusted. */
export const Outside = ({ href, children }: { readonly href: string | undefined; readonly children?: Child }) => {
  const safe = safeHref(href);
  if (safe === undefined) return <span>{children}</span>;
  return (
    <a class="out" href={safe} rel="noreferrer noopener">
      {children}
    </a>
  );
};

/** An address of ours with parameters; those undefined or empty are left out. */
export const address = (
  path: string,
  parameters: Readonly<Record<string, string | undefined>>,
  anchor = "",
): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) search.set(name, value);
  return `${path}${search.size > 0 ? `?${search}` : ""}${anchor}`;
};
