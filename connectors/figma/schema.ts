import * as z from "zod";

const text = z.string().nullish();
const User = z.looseObject({ id: z.string().min(1), handle: text }).nullish();

/** https://developers.figma.com/docs/rest-api/projects-endpoints */
export const Projects = z.looseObject({
  projects: z.array(z.looseObject({ id: z.coerce.string(), name: z.string() })),
});
export const ProjectFiles = z.looseObject({
  files: z.array(z.looseObject({ key: z.string().min(1), last_modified: z.string() })),
});

/** https://developers.figma.com/docs/rest-api/file-endpoints#get-file-meta */
export const Meta = z.looseObject({
  name: text,
  folder_name: text,
  last_touched_at: text,
  last_touched_by: User,
  creator: User,
  url: text,
  version: text,
});
export const MetaAnswer = z.looseObject({ file: Meta });

/** https://developers.figma.com/docs/rest-api/version-history-endpoints */
const Version = z.looseObject({ id: z.string(), created_at: text, label: text, user: User });
export const Versions = z.looseObject({
  versions: z.array(Version),
  pagination: z.looseObject({ prev_page: text, next_page: text }).nullish(),
});

/** https://developers.figma.com/docs/rest-api/comments-endpoints; of a comment only what is counted is kept. */
export const Comment = z.looseObject({ id: z.string(), parent_id: text, created_at: text, resolved_at: text });
export const Comments = z.looseObject({ comments: z.array(Comment) });

/** https://developers.figma.com/docs/rest-api/dev-resources-endpoints */
export const DevResource = z.looseObject({ id: z.string(), name: text, url: text, node_id: text });
export const DevResources = z.looseObject({ dev_resources: z.array(DevResource) });

/** A file with what its own endpoints tell of it. */
export const File = z.looseObject({
  key: z.string().min(1),
  meta: Meta.nullish(),
  versions: z.array(Version).nullish(),
  comments: z.array(Comment).nullish(),
  dev_resources: z.array(DevResource).nullish(),
});
export type File = z.output<typeof File>;

/** https://developers.figma.com/docs/rest-api/file-endpoints#get-file-nodes */
const NodeDocument = z.looseObject({
  id: text,
  name: text,
  devStatus: z.looseObject({ type: z.string(), description: text }).nullish(),
});
export const Nodes = z.looseObject({
  lastModified: text,
  version: text,
  nodes: z.record(z.string(), z.looseObject({ document: NodeDocument }).nullable()),
});

/** A part of a file, without its layers. */
export const Node = z.looseObject({
  file_key: z.string().min(1),
  node_id: z.string().min(1),
  file: Meta.nullish(),
  last_modified: text,
  version: text,
  document: NodeDocument.nullish(),
  /** Its layers are others than when it was marked. */
  is_changed: z.boolean().nullish(),
  dev_resources: z.array(DevResource).nullish(),
});
export type Node = z.output<typeof Node>;
