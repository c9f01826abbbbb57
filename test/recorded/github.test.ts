import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { GitHubConfig } from "../../connectors/github/config.ts";
import github from "../../connectors/github/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";

type Row = Record<string, unknown>;

const ROOT = new URL("../../../shared/data/recorded/github/", import.meta.url);
const isThere = existsSync(ROOT);
if (!isThere) process.stdout.write("skipped: recorded GitHub payloads are not on this machine\n");

const CONTEXT = { connectionId: "con_test", statuses: new Map() };
const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);
const filesIn = (folder: string): { file: string; content: unknown }[] =>
  isThere
    ? readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".json"))
        .map((file) => ({ file, content: JSON.parse(readFileSync(new URL(`${folder}${file}`, ROOT), "utf8")) }))
    : [];

/** The stream that a record of GitHub's API belongs to, by the fields that only it has. */
const streamOf = (row: Row): string | undefined => {
  if (typeof row["node_id"] !== "string" && !("commit" in row && "sha" in row)) return undefined;
  if ("pull_request_url" in row && "submitted_at" in row) return "reviews";
  if ("commit" in row && "sha" in row) return "commits";
  if ("head" in row && "base" in row && "number" in row) return "pulls";
  if ("tag_name" in row) return "releases";
  if ("due_on" in row) return "milestones";
  if ("head_sha" in row && "run_number" in row) return "workflowRuns";
  if ("statuses_url" in row && "environment" in row) return "deployments";
  if ("comments_url" in row && "number" in row && "title" in row) return "issues";
  return undefined;
};

/** Every record of a stream inside an answer, however deep it stands. */
const recordsIn = (value: unknown): { stream: string; record: Row }[] => {
  if (Array.isArray(value)) return value.flatMap(recordsIn);
  if (!isRow(value)) return [];
  const stream = streamOf(value);
  return stream === undefined ? Object.values(value).flatMap(recordsIn) : [{ stream, record: value }];
};

let read = 0;
let refused = 0;
const normalised = (stream: string, record: unknown): readonly Draft[] => {
  const declared = github.streams[stream];
  const parsed = declared?.record.safeParse(record);
  if (parsed?.success !== true || declared === undefined) {
    refused++;
    // What may be refused is only a record without its identity.
    expect(record).not.toHaveProperty("node_id", expect.stringMatching(/./));
    return [];
  }
  read++;
  return declared.normalise(parsed.data, CONTEXT);
};

/** Values of ours beside another tool's reading of the same record. */
let compared = 0;
const disagreements: string[] = [];
const KNOWN: ReadonlyMap<string, string> = new Map([]);
const compare = (what: string, ours: unknown, theirs: unknown) => {
  if (theirs === undefined) return;
  compared++;
  if (JSON.stringify(ours ?? null) === JSON.stringify(theirs ?? null)) return;
  const reason = KNOWN.get(what.split(" ", 1)[0] ?? "");
  disagreements.push(
    `${what}: ours ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}; ${reason ?? "unexplained"}`,
  );
};

afterAll(() => {
  if (!isThere) return;
  process.stdout.write(`GitHub: ${read} recorded records read, ${refused} without identity refused\n`);
  process.stdout.write(`${compared} values compared, ${disagreements.length} disagreements\n`);
  for (const line of disagreements) process.stdout.write(`  ${line}\n`);
});

describe.skipIf(!isThere)("recorded API answers", () => {
  it.each(filesIn("nango/raw/"))("of nango become drafts: $file", ({ content }) => {
    for (const { stream, record } of recordsIn(content)) normalised(stream, record);
  });

  it.each(filesIn("github-for-jira/raw/api/"))("of github-for-jira become drafts: $file", ({ content }) => {
    for (const { stream, record } of recordsIn(content)) normalised(stream, record);
  });

  const airbyte = isThere
    ? readFileSync(new URL("faros-airbyte-records/records.jsonl", ROOT), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { stream: string; body: Row })
    : [];
  const STREAMS: ReadonlyMap<string, string> = new Map([
    ["issues", "issues"],
    ["pull_requests", "pulls"],
    ["reviews", "reviews"],
    ["commits", "commits"],
    ["pull_request_commits", "commits"],
    ["issue_milestones", "milestones"],
    ["releases", "releases"],
    ["workflow_runs", "workflowRuns"],
  ]);

  it.each([...STREAMS])(
    "of airbyte's stream %s, though flattened, become drafts of the right repository",
    (theirs, ours) => {
      const bodies = airbyte.filter(({ stream }) => stream === theirs).map(({ body }) => body);
      expect(bodies.length).toBeGreaterThan(0);
      for (const body of bodies) {
        for (const { kind, scopes, fields } of normalised(ours, body)) {
          if (kind === "account" || kind === "vocabulary") continue;
          const repository = body["repository"];
          compare("repository", scopes[0], isRow(repository) ? repository["full_name"] : repository);
          if (kind === "pullRequest")
            compare(
              "merged",
              "mergedAt" in fields && fields.mergedAt,
              maybeInstant(body["merged_at"] as string) ?? undefined,
            );
        }
      }
    },
  );
});

describe.skipIf(!isThere)("recorded webhooks", () => {
  const told = (event: string, body: unknown) => {
    const name = isRow(body) && isRow(body["repository"]) ? body["repository"]["full_name"] : undefined;
    const repos = [typeof name === "string" && /^[\w.-]+\/[\w.-]+$/.test(name) ? name : "acme/none"];
    const config = GitHubConfig.parse({ token: "t", repos });
    for (const one of github.webhook?.records(body, new Headers({ "x-github-event": event }), config) ?? [])
      if ("record" in one) normalised(one.stream, one.record);
  };

  it.each(filesIn("octokit-webhooks/raw/"))("of octokit become drafts: $file", ({ file, content }) => {
    told(file.split("/", 1)[0] ?? "", content);
  });

  it.each(filesIn("zulip-webhooks/raw/"))("of zulip become drafts: $file", ({ file, content }) => {
    told(file.replace(/(?:__.*)?\.json$/, ""), content);
  });

  const hooks = filesIn("github-for-jira/raw/").filter(({ file }) => !file.startsWith("api/"));
  it.each(hooks)("of github-for-jira become drafts, or lack what they are about: $file", ({ content }) => {
    for (const { name, payload } of (Array.isArray(content) ? content : [content]) as Row[]) {
      if (typeof name !== "string") continue;
      try {
        told(name, payload);
      } catch (error) {
        expect(error).toHaveProperty("name", expect.stringMatching(/ZodError/));
        refused++;
      }
    }
  });
});

describe.skipIf(!isThere)("another tool's reading", () => {
  const expectedOf = (file: string): Row => JSON.parse(readFileSync(new URL(`nango/expected/${file}`, ROOT), "utf8"));
  const rowsOf = (value: unknown): Row[] => {
    if (Array.isArray(value)) return value.flatMap(rowsOf);
    if (!isRow(value)) return [];
    return typeof value["node_id"] === "string" && ("number" in value || "tag_name" in value || "head_sha" in value)
      ? [value]
      : Object.values(value).flatMap(rowsOf);
  };

  it.each(filesIn("nango/raw/"))("of the same answer agrees with ours: $file", ({ file, content }) => {
    const ours = new Map(
      recordsIn(content)
        .flatMap(({ stream, record }) => normalised(stream, record))
        .map((draft) => [draft.external.id, draft]),
    );
    for (const theirs of rowsOf(expectedOf(file))) {
      const draft = ours.get(String(theirs["node_id"]));
      if (draft === undefined) continue;
      const what = `${file} ${draft.external.key}`;
      const fields = draft.fields as Row;
      compare(`${what} url`, draft.external.url, theirs["html_url"]);
      compare(`${what} created`, draft.createdAt, maybeInstant(theirs["created_at"] as string));
      compare(`${what} updated`, draft.updatedAt, maybeInstant(theirs["updated_at"] as string));
      if (draft.kind === "workItem" || draft.kind === "pullRequest") {
        compare(`${what} title`, fields["title"], theirs["title"]);
        const state = (fields["status"] ?? fields["state"]) as { category: string; detail: string };
        compare(`${what} open`, ["backlog", "todo", "open"].includes(state.category), theirs["state"] === "open");
        const labels = (theirs["labels"] as ({ name: string } | string)[] | undefined)
          ?.map((label) => (typeof label === "string" ? label : label.name))
          .sort();
        compare(`${what} labels`, fields["labels"], labels);
      }
      if (draft.kind === "pullRequest") {
        compare(`${what} draft`, fields["isDraft"], theirs["draft"]);
        compare(`${what} merged`, fields["mergedAt"], maybeInstant(theirs["merged_at"] as string));
      }
      if (draft.kind === "release") {
        compare(`${what} version`, fields["version"], theirs["tag_name"]);
        compare(`${what} published`, fields["publishedAt"], maybeInstant(theirs["published_at"] as string));
      }
      if (draft.kind === "testRun") {
        compare(`${what} commit`, fields["commitSha"], theirs["head_sha"]);
        compare(`${what} result`, (fields["result"] as { detail: string }).detail, theirs["conclusion"] ?? undefined);
        compare(`${what} branch`, fields["branch"], theirs["head_branch"]);
      }
    }
  });

  it("differs only where we know why", () => {
    expect(compared).toBeGreaterThan(0);
    expect(disagreements.filter((line) => line.endsWith("unexplained"))).toEqual([]);
  });
});
