import type { World } from "../company/world.ts";
import { Budget } from "../http/budget.ts";
import { bodyObject, match, ok, type Route, route } from "../http/route.ts";
import type { Answer, Asked } from "../http/server.ts";
import type { OpenSite } from "../site/site.ts";
import { type FigmaFile, Files, TEAM, userJson } from "./files.ts";
import { figmaVerbs } from "./verbs.ts";

const TOKEN = "figd_sandbox-figma-token";
const EVENTS = [
  "FILE_UPDATE",
  "FILE_DELETE",
  "FILE_VERSION_UPDATE",
  "LIBRARY_PUBLISH",
  "FILE_COMMENT",
  "DEV_MODE_STATUS_UPDATE",
];

const failed = (status: number, err: string): Answer => ({ status, json: { status, err } });
const iso = (time: number): string => new Date(time).toISOString();
const seconds = (time: number): string => `${iso(time).slice(0, 19)}Z`;

/** Figma's REST interface over the made-up company: https://developers.figma.com/docs/rest-api */
export const figmaSite: OpenSite = (world) => {
  const files = new Files(world);
  const budget = new Budget(10_000, 60_000, () => world.clock);
  const hooks = new Map<string, Readonly<Record<string, unknown>>>();
  const all = [...fileRoutes(world, files), ...hookRoutes(hooks)];
  return {
    vendor: (asked) => {
      if (asked.headers["x-figma-token"] !== TOKEN) return failed(403, "Invalid token");
      const spent = budget.spend(1);
      if (!spent.allowed)
        return {
          ...failed(429, "Rate limit exceeded"),
          headers: {
            "retry-after": String(spent.retryAfterSeconds),
            "x-figma-plan-tier": "org",
            "x-figma-rate-limit-type": "high",
          },
        };
      return match(all, asked)?.answer() ?? failed(404, "Not found");
    },
    settings: { token: TOKEN, teams: [TEAM] },
    scopes: (product) => [product],
    verbs: figmaVerbs(files),
    budgets: { "": budget },
    reset: () => {
      files.reset();
      hooks.clear();
    },
  };
};

const fileRoutes = (world: World, files: Files): readonly Route[] => {
  const { products } = world.company;
  const projectId = (index: number) => String(604_829_000 + index);
  const inFile =
    (answer: (file: FigmaFile, asked: Asked) => Answer) => (asked: Asked, part: (name: string) => string) => {
      const file = files.at(part("key"));
      return file === undefined ? failed(404, "Not found") : answer(file, asked);
    };
  return [
    route("GET", "/v1/teams/:team/projects", (_, part) =>
      part("team") === TEAM
        ? ok({ name: "Acme", projects: products.map(({ index, name }) => ({ id: projectId(index), name })) })
        : failed(404, "Not found"),
    ),
    route("GET", "/v1/projects/:project/files", (_, part) => {
      const product = products.find(({ index }) => projectId(index) === part("project"));
      if (product === undefined) return failed(404, "Not found");
      const own = files.all().filter(({ exposure }) => exposure.product.index === product.index);
      return ok({
        name: product.name,
        files: own.map(({ key, name, modified }) => ({
          key,
          name,
          thumbnail_url: `https://s3-alpha.figma.com/thumbnails/${key}`,
          last_modified: seconds(modified),
        })),
      });
    }),
    route(
      "GET",
      "/v1/files/:key/meta",
      inFile((file) => ok({ file: metaJson(file) })),
    ),
    route("GET", "/v1/files/:key/versions", inFile(versionsAnswer)),
    route(
      "GET",
      "/v1/files/:key/comments",
      inFile((file) => ok({ comments: commentsJson(file) })),
    ),
    route(
      "GET",
      "/v1/files/:key/dev_resources",
      inFile(({ key, resources }) =>
        ok({
          dev_resources: resources.map(({ id, name, url, node }) => ({ id, name, url, file_key: key, node_id: node })),
        }),
      ),
    ),
    route("GET", "/v1/files/:key/nodes", inFile(nodesAnswer)),
  ];
};

const metaJson = ({ key, name, modified, versions, exposure }: FigmaFile) => ({
  name,
  folder_name: exposure.product.name,
  last_touched_at: seconds(modified),
  creator: userJson(versions.at(-1)?.by ?? 3),
  last_touched_by: userJson(versions[0]?.by ?? 3),
  thumbnail_url: `https://s3-alpha.figma.com/thumbnails/${key}`,
  editorType: "figma",
  role: "viewer",
  link_access: "org_view",
  url: `https://www.figma.com/design/${key}/${encodeURIComponent(name.replaceAll(" ", "-"))}`,
  version: versions[0]?.id ?? "1",
});

const versionsAnswer = ({ key, versions }: FigmaFile, { query, base }: Asked): Answer => {
  const size = Number(query.get("page_size") ?? 30);
  if (!Number.isInteger(size) || size < 1 || size > 50) return failed(400, "page_size must be between 1 and 50");
  const before = query.get("before");
  const start = before === null ? 0 : versions.findIndex(({ id }) => id === before) + 1;
  const page = versions.slice(start, start + size);
  const last = page.at(-1);
  const isMore = start + size < versions.length && last !== undefined;
  return ok({
    versions: page.map(({ id, at, by, label }) => ({
      id,
      created_at: seconds(at),
      label,
      description: label === null ? null : "",
      user: userJson(by),
      thumbnail_url: `https://s3-alpha.figma.com/thumbnails/${key}`,
    })),
    pagination: isMore ? { next_page: `${base}/v1/files/${key}/versions?page_size=${size}&before=${last.id}` } : {},
  });
};

const commentsJson = ({ key, comments, node }: FigmaFile) =>
  comments.map(({ id, by, at, resolved, message }, index) => ({
    id,
    client_meta: { node_id: node.id, node_offset: { x: 0, y: 0 } },
    file_key: key,
    parent_id: "",
    user: userJson(by),
    created_at: iso(at),
    resolved_at: resolved === undefined ? null : iso(resolved),
    message,
    order_id: String(index + 1),
    reactions: [],
  }));

const nodesAnswer = (file: FigmaFile, { query }: Asked): Answer => {
  const ids = query.get("ids")?.split(",") ?? [];
  if (ids.length === 0) return failed(400, "ids must be specified");
  const depth = query.get("depth");
  if (depth !== null && !/^[1-9]\d*$/.test(depth)) return failed(400, "depth must be a positive integer");
  const { node } = file;
  const document = {
    id: node.id,
    name: node.name,
    type: "SECTION",
    devStatus: { type: node.status },
    children: [{ id: `${node.id}1`, name: `Layer ${node.revision}`, type: "FRAME", children: [] }],
  };
  return ok({
    name: file.name,
    role: "viewer",
    lastModified: seconds(file.modified),
    editorType: "figma",
    thumbnailUrl: "",
    version: file.versions[0]?.id ?? "1",
    nodes: Object.fromEntries(
      ids.map((id) => [
        id,
        id === node.id ? { document, components: {}, componentSets: {}, schemaVersion: 0, styles: {} } : null,
      ]),
    ),
  });
};

const hookRoutes = (hooks: Map<string, Readonly<Record<string, unknown>>>): readonly Route[] => {
  const shown = (hook: Readonly<Record<string, unknown>>) => ({ ...hook, passcode: "" });
  return [
    route("GET", "/v2/webhooks", ({ query }) =>
      ok({
        webhooks: [...hooks.values()]
          .filter(
            ({ context, context_id }) => context === query.get("context") && context_id === query.get("context_id"),
          )
          .map(shown),
      }),
    ),
    route("POST", "/v2/webhooks", (asked) => {
      const body = bodyObject(asked) ?? {};
      const { event_type, context, context_id, endpoint, passcode } = body;
      if (!EVENTS.includes(String(event_type))) return failed(400, "Invalid event_type");
      if (context !== "team" || context_id !== TEAM) return failed(400, "Invalid context");
      if (typeof endpoint !== "string" || typeof passcode !== "string" || passcode.length > 100)
        return failed(400, "endpoint and passcode are required, passcode of at most 100 characters");
      const id = String(2_250_001 + hooks.size);
      const hook = { id, team_id: TEAM, status: "ACTIVE", client_id: null, ...body };
      hooks.set(id, hook);
      return ok(shown(hook));
    }),
    route("PUT", "/v2/webhooks/:id", (asked, part) => {
      const held = hooks.get(part("id"));
      if (held === undefined) return failed(404, "Not found");
      hooks.set(part("id"), { ...held, ...bodyObject(asked) });
      return ok(shown(hooks.get(part("id")) ?? held));
    }),
  ];
};
