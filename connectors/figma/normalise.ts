import type * as z from "zod";
import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import type { DESIGN_STATUSES } from "../../shared/domain/fields-around.ts";
import type { HistoryEntry } from "../../shared/domain/history.ts";
import { type Instant, maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import type { Reference } from "../../shared/domain/link.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { aliasOfUrl, referencesIn } from "../../shared/domain/reference.ts";
import type { DevResource, File, Node } from "./schema.ts";

type Resources = readonly z.output<typeof DevResource>[] | null | undefined;
type User = { readonly id: string; readonly handle?: string | null | undefined } | null | undefined;

/** Words of the API, and `CHANGED`, which Figma's own app shows and its API does not. */
const STATUSES: Table<(typeof DESIGN_STATUSES)[number]> = new Map([
  ["none", "draft"],
  ["ready_for_dev", "ready_for_dev"],
  ["completed", "ready_for_dev"],
  ["changed", "changed_after_ready"],
]);

const pageOf = (key: string): string => `https://www.figma.com/design/${key}`;

const httpOr = (url: string | null | undefined, standard: string): string =>
  url && /^https?:\/\//.test(url) ? url : standard;

/** Of a file: itself, its versions as history, and whoever touched it last. */
export const normaliseFile = (file: File, _: NormaliseContext): readonly Draft[] => {
  const { key, meta, versions, comments, dev_resources } = file;
  const name = meta?.name || key;
  const editedAt = maybeInstant(meta?.last_touched_at);
  const [newest] = versions ?? [];
  const threads = comments?.filter(({ parent_id }) => !parent_id);
  const draft: Draft<"design"> = {
    kind: "design",
    external: { noun: "file", id: key, url: httpOr(meta?.url, pageOf(key)) },
    scopes: meta?.folder_name ? [meta.folder_name] : [],
    updatedAt: latest([editedAt, ...momentsOf(comments)]),
    aliases: [`figma.com/${key}`],
    references: [...referencesIn(meta?.name, "title"), ...nativeIn(dev_resources)],
    fields: {
      name,
      file: key,
      version: newest?.label || newest?.id || meta?.version || undefined,
      lastEditedAt: editedAt,
      authorId: refOf(meta?.last_touched_by ?? meta?.creator),
      ...(threads != null && {
        commentsOpen: threads.filter(({ resolved_at }) => !resolved_at).length,
        commentsResolved: threads.filter(({ resolved_at }) => resolved_at).length,
      }),
      devResources: linksOf(dev_resources),
    },
    history: (versions ?? []).flatMap((version) => entryOf(version)),
  };
  return [draft, ...accountsOf([meta?.last_touched_by, meta?.creator, ...(versions ?? []).map(({ user }) => user)])];
};

/** Of a part of a file: its dev status. */
export const normaliseNode = (node: Node): readonly Draft[] => {
  const { file_key: key, node_id: id, document, dev_resources } = node;
  const type = document?.devStatus?.type ?? "NONE";
  const isChanged = node.is_changed === true && type !== "NONE";
  const editedAt = maybeInstant(node.last_modified);
  const draft: Draft<"design"> = {
    kind: "design",
    external: {
      noun: "node",
      id: `${key}:${id}`,
      url: `${pageOf(key)}?node-id=${encodeURIComponent(id.replaceAll(":", "-"))}`,
    },
    scopes: node.file?.folder_name ? [node.file.folder_name] : [],
    updatedAt: editedAt ?? TIMELESS,
    references: [...referencesIn(document?.name, "title"), ...nativeIn(dev_resources)],
    fields: {
      name: document?.name || id,
      file: key,
      node: id,
      status: mapWord({ name: isChanged ? "CHANGED" : type }, STATUSES),
      version: node.version ?? undefined,
      lastEditedAt: editedAt,
      devResources: linksOf(dev_resources),
    },
  };
  return [draft];
};

/** A comment moves no time of the file, but what is counted of it is news. */
const momentsOf = (comments: File["comments"]): (Instant | undefined)[] =>
  (comments ?? []).flatMap(({ created_at, resolved_at }) => [maybeInstant(created_at), maybeInstant(resolved_at)]);

const latest = (moments: readonly (Instant | undefined)[]): Instant =>
  moments.reduce<Instant>((held, one) => (one !== undefined && one > held ? one : held), TIMELESS);

/** People attach these to say what a design is for: a link that the tool itself holds. */
const nativeIn = (resources: Resources): Reference[] =>
  (resources ?? []).flatMap(({ url }) => {
    const alias = aliasOfUrl(url ?? "");
    return alias === undefined ? [] : [{ alias, place: "native" as const }];
  });

const linksOf = (resources: Resources): { name: string; url: string }[] | undefined => {
  const links = (resources ?? []).flatMap(({ name, url }) => (url ? [{ name: name || url, url }] : []));
  return links.length > 0 ? links : undefined;
};

const entryOf = ({ id, created_at, label, user }: NonNullable<File["versions"]>[number]): HistoryEntry[] => {
  const at = maybeInstant(created_at);
  if (at === undefined) return [];
  return [{ id, at, by: user?.id, changes: [{ field: "version", from: null, to: { id, name: label ?? undefined } }] }];
};

const refOf = (user: User): Ref<"account"> | undefined =>
  user ? { kind: "account", noun: "user", id: user.id } : undefined;

/** Figma tells no address of anybody but the token's owner: accounts have a handle and nothing else. */
const accountsOf = (users: readonly User[]): Draft<"account">[] => {
  const known = new Map(users.flatMap((user) => (user ? [[user.id, user] as const] : [])));
  return [...known.values()].map(({ id, handle }) => ({
    kind: "account",
    external: { noun: "user", id, url: "https://www.figma.com" },
    scopes: [],
    updatedAt: TIMELESS,
    fields: { tool: "figma", handle: handle ?? undefined, name: handle ?? undefined, isBot: false },
  }));
};
