import type * as z from "zod";
import { defineConnector, type NormaliseContext, stream } from "../../shared/connector/contract.ts";
import type { Setup } from "../../shared/connector/setup.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { Config, credentialOf, type PageStream, scopesOf } from "./config.ts";
import {
  normaliseDocument,
  normaliseFeature,
  normaliseKeyResult,
  normaliseObjective,
  normaliseUser,
} from "./normalise.ts";
import { Cursor, census, PeopleCursor, readPages, readUsers, rereadPages, START } from "./read.ts";
import { List, Page, Person } from "./schema.ts";
import { webhook } from "./webhook.ts";

const OF_PAGES = "Read content, and the database or page shared with the integration";

const setup: Setup<Config> = {
  credentialAt: "https://www.notion.so/profile/integrations",
  asks: ["token", "databases|pages"],
  rights: {
    users: "Read user information including email addresses",
    documents: OF_PAGES,
    objectives: OF_PAGES,
    keyResults: OF_PAGES,
    features: OF_PAGES,
  },
  smallest: (config) => ({ ...config, pageSize: 1 }),
};

const listed = (object: "page" | "user") => (answer: unknown) => {
  const results = List.safeParse(answer).data?.results;
  return results?.every((one) => one["object"] === object) ? results : undefined;
};

type PageKind = "document" | "objective" | "keyResult" | "feature";

/** Streams of pages differ in what a page becomes, and in nothing else. */
const pages = (
  name: PageStream,
  kind: PageKind,
  normalise: (page: z.output<typeof Page>, context: NormaliseContext) => readonly Draft[],
) =>
  stream<Config, Page, Cursor>({
    record: Page,
    kinds: [kind],
    normalise,
    listed: listed("page"),
    poll: { cursor: Cursor, start: START, scopes: scopesOf(name), read: readPages(name) },
    reread: rereadPages(name),
    census: census(name, kind),
  });

/** Notion: documents, objectives, key results and roadmaps, as far as the config says which database holds what. */
export default defineConnector<Config>({
  id: "notion",
  title: "Notion",
  category: "data",
  docs: "https://developers.notion.com",
  config: Config,
  http: (config) => ({
    baseUrl: config.baseUrl,
    headers: { "notion-version": config.version },
    credential: credentialOf(config),
    requestsPerMinute: config.requestsPerMinute,
  }),
  streams: {
    users: stream<Config, Person, PeopleCursor>({
      record: Person,
      kinds: ["account"],
      normalise: normaliseUser,
      timeless: true,
      listed: listed("user"),
      poll: { cursor: PeopleCursor, start: {}, read: (context, cursor) => readUsers(context, cursor) },
    }),
    documents: pages("documents", "document", normaliseDocument),
    objectives: pages("objectives", "objective", normaliseObjective),
    keyResults: pages("keyResults", "keyResult", normaliseKeyResult),
    features: pages("features", "feature", normaliseFeature),
  },
  setup,
  webhook,
});
