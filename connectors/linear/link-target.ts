import type { Reference } from "../../shared/domain/link.ts";
import { aliasOfUrl } from "../../shared/domain/reference.ts";
import { byText } from "./envelope.ts";

/** Records of any tool that somebody attached, in an order that no read changes: the alias of each, once. */
export const linksTo = (attached: readonly { readonly url?: string | null | undefined }[]): Reference[] => {
  const aliases = attached.flatMap(({ url }) => (url ? (aliasOfUrl(url) ?? withoutScheme(url) ?? []) : []));
  return [...new Set(aliases)].toSorted(byText).map((alias) => ({ alias, place: "native" }));
};

/** A URL as an alias where no tool of ours has a shorter one: host and path, no query, which may hold a token. */
const withoutScheme = (url: string): string | undefined => {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  return /^https?:$/.test(protocol) ? `${host}${pathname.replace(/\/$/, "")}` : undefined;
};
