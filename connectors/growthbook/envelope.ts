import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { type Instant, maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import type { Reference } from "../../shared/domain/link.ts";
import { referencesIn } from "../../shared/domain/reference.ts";

type Text = string | null | undefined;

const APP = "https://app.growthbook.io";

/** Address of a page of GrowthBook's app. */
export const pageOf = (appUrl: Text, path: string): string =>
  `${/^https?:\/\//.test(appUrl ?? "") ? appUrl?.replace(/(?<!\/)\/+$/, "") : APP}/${path}`;

/** Archived is a mark without a time of its own: the last change is the best we know. */
export const timesOf = (record: {
  readonly dateCreated?: Text;
  readonly dateUpdated?: Text;
  readonly archived?: boolean | null | undefined;
}): { createdAt: Instant | undefined; updatedAt: Instant; archivedAt: Instant | undefined } => {
  const createdAt = maybeInstant(record.dateCreated);
  const updatedAt = maybeInstant(record.dateUpdated) ?? createdAt ?? TIMELESS;
  return { createdAt, updatedAt, archivedAt: record.archived === true ? updatedAt : undefined };
};

export const labelsOf = (tags: readonly string[] | null | undefined): string[] | undefined =>
  tags?.length ? [...new Set(tags)].toSorted() : undefined;

/** What names, tags and texts point to; `feature:KEY` is said on purpose, wherever it stands. */
export const pointersIn = (
  titles: readonly Text[],
  tags: readonly string[] | null | undefined,
  texts: readonly Text[],
): Reference[] => [
  ...titles.flatMap((title) => referencesIn(title, "title")),
  ...(tags ?? []).flatMap((tag) => referencesIn(tag, /^feature:/i.test(tag) ? "declared" : "tag")),
  ...texts.flatMap((text) => [
    ...referencesIn((text ?? "").match(/\bfeature:\s?\S{1,300}/gi)?.join(" "), "declared"),
    ...referencesIn(text, "body"),
  ]),
];

/** Values of custom fields are set by people for other tools to read. */
export const pointersInFields = (fields: Readonly<Record<string, unknown>> | null | undefined): Reference[] =>
  Object.values(fields ?? {})
    .flat()
    .flatMap((value) => (typeof value === "string" ? referencesIn(value, "declared") : []));

/** An owner is told as id of a user, as an address or, in old records, by name: a name is nobody's id. */
export const ownerOf = (
  { owner, ownerEmail, appUrl }: { readonly owner?: Text; readonly ownerEmail?: Text; readonly appUrl?: Text },
  { emailHash: hashOf }: NormaliseContext,
): { readonly ref?: Ref<"account">; readonly drafts: readonly Draft<"account">[] } => {
  const hash = hashOf?.(ownerEmail || owner || "");
  const id = /^u_\w+$/.test(owner ?? "") ? owner : hash;
  if (!id) return { drafts: [] };
  return {
    ref: { kind: "account", noun: "user", id },
    drafts: [
      {
        kind: "account",
        external: { noun: "user", id, url: pageOf(appUrl, "settings/team") },
        scopes: [],
        updatedAt: TIMELESS,
        fields: { tool: "growthbook", ...(hash !== undefined && { emailHash: hash }), isBot: false },
      },
    ],
  };
};
