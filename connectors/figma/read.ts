import { createHash } from "node:crypto";
import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { VendorHttp } from "../../shared/connector/http.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { ask } from "./ask.ts";
import { type Config, selects } from "./config.ts";
import { Comments, DevResources, type File, MetaAnswer, Nodes, ProjectFiles, Projects, Versions } from "./schema.ts";

export type Context = ReadContext<Config>;

/** What a part looked like when it was first seen with its present mark. */
const Mark = z.object({ mark: z.string(), hash: z.string() });

export const Cursor = z.object({
  /** Change time of the file that was read last, and the files of that very second with the version that was read. */
  since: z.string(),
  at: z.record(z.string(), z.string()),
  /** By file and part. */
  marked: z.record(z.string(), Mark),
});
export type Cursor = z.output<typeof Cursor>;
export const START: Cursor = { since: "", at: {}, marked: {} };

/** So many parts are followed; those that were marked first are dropped first. */
const MARKED_AT_MOST = 2000;
const VERSIONS_PER_PAGE = 50;
/** The first read keeps the newest 200 versions of a file; later reads stop where the last one was. */
const VERSION_PAGES = 4;

interface Listed {
  readonly key: string;
  readonly modified: string;
}

/** Every file of the selected projects of all teams, once. Figma lists without pages. */
export const filesOf = async ({ http, config }: Context): Promise<readonly Listed[]> => {
  const found = new Map<string, Listed>();
  for (const team of config.teams) {
    const { projects } = await ask(http, Projects, `/v1/teams/${team}/projects`);
    for (const { id, name } of projects) {
      if (!selects(config, name)) continue;
      const { files } = await ask(http, ProjectFiles, `/v1/projects/${encodeURIComponent(id)}/files`);
      for (const { key, last_modified } of files) found.set(key, { key, modified: maybeInstant(last_modified) ?? "" });
    }
  }
  return [...found.values()];
};

/** The files that changed since, oldest change first, each with what its own endpoints tell. */
export async function* readFiles(context: Context, from: Cursor): AsyncGenerator<Page<Cursor>, void, undefined> {
  const { config } = context;
  const touched = (await filesOf(context))
    .filter(({ modified }) => modified >= from.since)
    .toSorted((a, b) => (a.modified === b.modified ? (a.key < b.key ? -1 : 1) : a.modified < b.modified ? -1 : 1));
  let cursor = from;
  if (touched.length === 0) yield { records: [], cursor };
  for (let at = 0; at < touched.length; at += config.filesPerPage) {
    const records: unknown[] = [];
    const nodes: unknown[] = [];
    for (const { key, modified } of touched.slice(at, at + config.filesPerPage)) {
      context.signal.throwIfAborted();
      const held = modified === from.since ? from.at[key] : undefined;
      const file = await fileAt(context, key, from.since, held);
      if (file === undefined) continue;
      records.push(file);
      const read = await nodesOf(context, file, cursor.marked);
      nodes.push(...read.records);
      const same = modified === cursor.since;
      const version = { [key]: file.meta?.version ?? "" };
      cursor = { since: modified, at: same ? { ...cursor.at, ...version } : version, marked: read.marked };
    }
    yield { records, also: { nodes }, cursor };
  }
}

/** Files by their keys, as far as they are there and selected. */
export const rereadFiles = async (context: Context, keys: readonly string[]): Promise<readonly unknown[]> => {
  const found: unknown[] = [];
  for (const key of keys) {
    const file = await fileAt(context, key, "");
    if (file !== undefined && selects(context.config, file.meta?.folder_name ?? undefined)) found.push(file);
  }
  return found;
};

/** Parts by `file:part`. A part is told to have just been marked, so that nothing has changed since. */
export const rereadNodes = async (context: Context, ids: readonly string[]): Promise<readonly unknown[]> => {
  const found: unknown[] = [];
  for (const [key, parts] of Map.groupBy(ids, (id) => id.slice(0, id.indexOf(":")))) {
    const { file } = await absent(ask(context.http, MetaAnswer, `/v1/files/${encodeURIComponent(key)}/meta`), {
      file: undefined,
    });
    if (file === undefined || !selects(context.config, file.folder_name ?? undefined)) continue;
    const resources = (await ask(context.http, DevResources, `/v1/files/${encodeURIComponent(key)}/dev_resources`))
      .dev_resources;
    const wanted = parts.map((part) => part.slice(key.length + 1));
    const read = await nodesOf(context, { key, meta: file, dev_resources: resources }, {}, wanted);
    found.push(...read.records);
  }
  return found;
};

/** What is gone is left out; any other failure is one. */
const absent = async <Value, Instead>(asked: Promise<Value>, instead: Instead): Promise<Value | Instead> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof HubError && error.code === "vendor_not_found") return instead;
    throw error;
  }
};

/** @param held the version that was read already: Figma tells changes by the second, and there may be two in one */
const fileAt = async (
  { http }: Context,
  key: string,
  since: string,
  held?: string | undefined,
): Promise<File | undefined> => {
  const path = `/v1/files/${encodeURIComponent(key)}`;
  const told = await absent(ask(http, MetaAnswer, `${path}/meta`), undefined);
  if (told === undefined || (held !== undefined && told.file.version === held)) return undefined;
  const { comments } = await ask(http, Comments, `${path}/comments`);
  const { dev_resources } = await ask(http, DevResources, `${path}/dev_resources`);
  return {
    key,
    meta: told.file,
    versions: await versionsOf(http, path, since),
    // What people wrote and who they are stays in Figma.
    comments: comments.map(({ id, parent_id, created_at, resolved_at }) => ({
      id,
      parent_id,
      created_at,
      resolved_at,
    })),
    dev_resources,
  };
};

/** Newest first, back to what was read before. */
const versionsOf = async (http: VendorHttp, path: string, since: string): Promise<NonNullable<File["versions"]>> => {
  const found: NonNullable<File["versions"]> = [];
  let before: string | undefined;
  for (let page = 0; page < VERSION_PAGES; page += 1) {
    const query = new URLSearchParams({ page_size: String(VERSIONS_PER_PAGE), ...(before && { before }) });
    const { versions } = await ask(http, Versions, `${path}/versions?${query}`);
    const known = new Set(found.map(({ id }) => id));
    if (versions.some(({ id }) => known.has(id))) {
      throw new HubError("vendor_paging_broken", "Figma gave the same versions of a file twice", { retry: "later" });
    }
    found.push(...versions);
    const oldest = versions.at(-1);
    const isRead = since !== "" && (maybeInstant(oldest?.created_at) ?? "") < since;
    if (oldest === undefined || isRead || versions.length < VERSIONS_PER_PAGE) break;
    before = oldest.id;
  }
  return found;
};

/** The parts of a file that dev resources are attached to or that were marked before. */
const nodesOf = async (
  { http, config }: Context,
  { key, meta, dev_resources }: Pick<File, "key" | "meta" | "dev_resources">,
  marked: Cursor["marked"],
  wanted?: readonly string[],
): Promise<{ readonly records: readonly unknown[]; readonly marked: Cursor["marked"] }> => {
  const followed = Object.keys(marked).flatMap((id) => (id.startsWith(`${key}:`) ? [id.slice(key.length + 1)] : []));
  const attached = (dev_resources ?? []).flatMap(({ node_id }) => node_id ?? []);
  const ids = wanted ?? [...new Set([...attached, ...followed])];
  if (!config.readNodes || ids.length === 0) return { records: [], marked };
  const query = new URLSearchParams({ ids: ids.join(","), depth: String(config.nodeDepth) });
  const told = await ask(http, Nodes, `/v1/files/${encodeURIComponent(key)}/nodes?${query}`);
  const next = new Map(Object.entries(marked));
  const records = ids.flatMap((node_id) => {
    const document = told.nodes[node_id]?.document;
    next.delete(`${key}:${node_id}`);
    if (document === undefined) return [];
    const { devStatus, ...layers } = document;
    const now = { mark: JSON.stringify(devStatus ?? null), hash: hashOf(layers) };
    const held = marked[`${key}:${node_id}`];
    const before = held?.mark === now.mark ? held : now;
    if ((devStatus?.type ?? "NONE") !== "NONE") next.set(`${key}:${node_id}`, before);
    return [
      {
        file_key: key,
        node_id,
        file: meta,
        last_modified: told.lastModified,
        version: told.version,
        document: { id: node_id, name: document.name, devStatus },
        is_changed: before.hash !== now.hash,
        dev_resources: (dev_resources ?? []).filter((one) => one.node_id === node_id),
      },
    ];
  });
  return { records, marked: Object.fromEntries([...next].slice(-MARKED_AT_MOST)) };
};

const hashOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
