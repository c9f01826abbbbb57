import * as z from "zod";
import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { Config, credentialOf, headersOf, selects } from "./config.ts";
import { normaliseFile, normaliseNode } from "./normalise.ts";
import { Cursor, filesOf, readFiles, rereadFiles, rereadNodes, START } from "./read.ts";
import { File, Node, ProjectFiles } from "./schema.ts";
import { setup } from "./setup.ts";
import { webhook } from "./webhook.ts";

const Named = z.looseObject({ file_key: z.string(), node_id: z.string() });

/** Files as the list of a project gives them: their metadata stands beside the key there. */
const listed = (answer: unknown): readonly unknown[] | undefined =>
  ProjectFiles.safeParse(answer).data?.files.map(({ key, ...meta }) => ({
    key,
    meta: { ...meta, last_touched_at: meta.last_modified },
  }));

/** Figma: files with versions, counts of comments, dev resources, and the dev status of their parts. */
export default defineConnector<Config>({
  id: "figma",
  title: "Figma",
  category: "design",
  docs: "https://developers.figma.com/docs/rest-api",
  config: Config,
  http: (config) => ({
    baseUrl: config.baseUrl,
    headers: headersOf(config),
    credential: credentialOf(config),
    requestsPerMinute: config.requestsPerMinute,
  }),
  streams: {
    files: stream<Config, File, Cursor>({
      record: File,
      kinds: ["design", "account"],
      normalise: normaliseFile,
      listed,
      poll: { cursor: Cursor, start: START, read: (context, cursor) => readFiles(context, cursor) },
      reread: rereadFiles,
      census: {
        noun: "file",
        kinds: ["design"],
        async *ids(context) {
          yield (await filesOf(context)).map(({ key }) => ({ id: key }));
        },
        selects,
        holds: () => true,
        // A project is seen as long as its team is: a team that is not seen fails the listing itself.
        reaches: () => Promise.resolve(true),
      },
    }),
    nodes: stream<Config, Node, Cursor>({
      record: Node,
      kinds: ["design"],
      normalise: normaliseNode,
      reread: rereadNodes,
      rereadId: (record) => {
        const named = Named.safeParse(record).data;
        return named && `${named.file_key}:${named.node_id}`;
      },
    }),
  },
  setup,
  webhook,
});
