import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import jira from "../../connectors/jira/index.ts";
import { draftsOf } from "../fixtures/jira/open-jira.ts";

/** Real payloads and other tools' readings of them, kept outside the project. */
const recorded = new URL("../../../shared/data/recorded/jira/", import.meta.url);
const isThere = existsSync(recorded);
if (!isThere) process.stderr.write("skipped: no recorded Jira payloads beside the project\n");

const Json = z.record(z.string(), z.unknown());
type Json = z.output<typeof Json>;
const text = (path: string): string => readFileSync(new URL(path, recorded), "utf8");
const read = (path: string): Json => Json.parse(JSON.parse(text(path)));
const filesIn = (path: string): string[] =>
  readdirSync(new URL(path, recorded)).filter((name) => name.endsWith(".json"));
const part = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (Json.safeParse(inner).success ? Json.parse(inner)[name] : undefined), value);
const list = (value: unknown): Json[] => z.array(Json).catch([]).parse(value);

/** Why our reading differs from another tool's, where it does and should. */
const EXPLAINED: ReadonlyMap<string, string> = new Map([
  [
    "reassigned_v2.json assignee",
    "the changelog says Leo Franchi; Zulip shows the user of its own that has the e-mail",
  ],
  [
    "webhook-issue-created-no-description.json text",
    "the payload's description is empty; the expected text is that of webhook-issue-created.json",
  ],
  ["faros PLAYG-6 type", "the recorded epic was asked for without its issue type"],
  [
    "nango get-project browseUrl",
    "asked through api.atlassian.com the record does not tell the site; nango takes it from its connection",
  ],
]);

const compared: string[] = [];
const disagreements: string[] = [];
const agree = (what: string, ours: unknown, theirs: unknown): void => {
  compared.push(what);
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return;
  const reason = EXPLAINED.get(what);
  disagreements.push(
    `${what}: ours ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}: ${reason ?? "UNEXPLAINED"}`,
  );
};

/** A webhook's issue, its one change written as the changelog it is an entry of. */
const issueOf = (body: Json): Json | undefined => {
  const issue = Json.safeParse(body["issue"]).data;
  const changelog = Json.safeParse(body["changelog"]).data;
  if (issue === undefined || changelog === undefined) return issue;
  return { ...issue, changelog: { histories: [{ ...changelog, created: body["timestamp"] }] } };
};

/** The headline of both hooks' tests: `[KEY: title](url)`. */
const HEADLINE = /\[([A-Z]+-\d+): (.*?)\]\((https?:[^)]+)\)/;

describe.skipIf(!isThere)("recorded Jira payloads", () => {
  afterAll(() => {
    process.stdout.write(`${compared.length} values compared, ${disagreements.length} disagreements\n`);
    for (const line of disagreements) process.stdout.write(`  ${line}\n`);
  });

  it("of webhooks go through, as Zulip and Mattermost read them", () => {
    const config = jira.config.parse({ site: "acme", email: "a@acme.example", apiToken: "t" });
    let bodies = 0;
    for (const folder of ["zulip-webhooks", "mattermost-webhooks"]) {
      const expected = read(`${folder}/expected.json`);
      for (const file of filesIn(`${folder}/raw/`)) {
        const body = read(`${folder}/raw/${file}`);
        if (body["webhookEvent"] === undefined) {
          expect(() => jira.webhook?.records(body, new Headers(), config)).toThrow();
          continue;
        }
        bodies++;
        const told = jira.webhook?.records(body, new Headers(), config) ?? [];
        expect(told, file).toHaveLength(1);
        const issue = issueOf(body);
        if (issue === undefined) continue;
        const [draft, ...others] = draftsOf("issues", issue);
        expect(new Set(others.map(({ kind }) => kind)).has("workItem"), file).toBe(false);
        const theirs = expected[file] ?? expected[file.replace(".json", "")];
        const says = [part(theirs, "ExpectedHeadline"), part(theirs, "message")].find((one) => typeof one === "string");
        const [, key, title, url] = HEADLINE.exec(says ?? "") ?? [];
        if (key === undefined) continue;
        agree(`${file} key`, draft?.external.key, key);
        const shown = part(draft?.fields, "title");
        // Mattermost cuts long titles.
        agree(
          `${file} title`,
          title?.endsWith("...") ? `${String(shown).slice(0, title.length - 3)}...` : shown,
          title,
        );
        agree(`${file} url`, draft?.external.url, url);
        const type = /\*\*\S+(?: comment)?\*\* (?:.*? (?:to|on|from|of|in) )?(story|bug|task|epic|improvement) \[/.exec(
          says ?? "",
        )?.[1];
        if (type !== undefined)
          agree(`${file} type`, String(part(draft?.fields, "type", "detail")).toLowerCase(), type);
        const text = part(theirs, "ExpectedText");
        if (/issue_created/.test(String(body["webhookEvent"])) && typeof text === "string")
          agree(`${file} text`, part(draft?.fields, "text"), text);
        const [, field, to] =
          /Changed (status|assignee|priority) (?:from \*\*.*?\*\* )?to \*\*(.*?)\*\*/.exec(says ?? "") ?? [];
        if (field === undefined) continue;
        const change = draft?.history?.[0]?.changes.find((one) => one.field === field);
        agree(`${file} ${field}`, change?.to?.name, to);
      }
    }
    expect(bodies).toBeGreaterThan(40);
  });

  it("of Nango's exchanges go through, as Nango reads them", () => {
    const answerOf = (name: string): unknown => {
      const exchange = part(read(`nango/raw/${name}.json`), "api", "get") as Json;
      return part(Object.values(exchange)[0], "response");
    };
    const { projects, statuses, versions } = jira.streams;
    const ours = (name: string, records: readonly unknown[] | undefined) =>
      (records ?? []).flatMap((record) => draftsOf(name, record));

    const saved = list(part(read("nango/expected/projects.json"), "batchSave", "Project"));
    const teams = ours("projects", projects?.listed?.(answerOf("projects")));
    expect(teams).toHaveLength(saved.length);
    for (const [index, { id, key, name }] of saved.entries()) {
      agree(`nango projects id`, teams[index]?.external.id, id);
      agree(`nango projects key`, teams[index]?.external.key, key);
      agree(`nango projects name`, part(teams[index]?.fields, "name"), name);
    }

    const [one] = ours("projects", [answerOf("get-project")]);
    const project = part(read("nango/expected/get-project.json"), "output") as Json;
    agree("nango get-project key", one?.external.key, project["key"]);
    agree("nango get-project browseUrl", one?.external.url, project["browseUrl"]);

    const types = new Map([
      ["TODO", "new"],
      ["IN_PROGRESS", "indeterminate"],
      ["DONE", "done"],
    ]);
    const vocabulary = ours("statuses", statuses?.listed?.(answerOf("list-statuses")));
    for (const [index, status] of list(
      part(read("nango/expected/list-statuses.json"), "output", "statuses"),
    ).entries()) {
      agree(`nango status ${status["id"]} id`, vocabulary[index]?.external.id, status["id"]);
      agree(`nango status ${status["id"]} name`, part(vocabulary[index]?.fields, "name"), status["name"]);
      agree(
        `nango status ${status["id"]} type`,
        part(vocabulary[index]?.fields, "type"),
        types.get(String(status["statusCategory"])),
      );
    }

    expect(versions?.listed?.(answerOf("list-project-versions"))).toEqual([]);
    const created = Object.values(part(read("nango/raw/create-issue.json"), "api", "post") as Json)[0];
    const [issue] = draftsOf("issues", part(created, "response"));
    agree("nango create-issue key", issue?.external.key, "KAN-21");

    const histories = list(part(answerOf("get-issue-changelog"), "values"));
    const [withHistory] = draftsOf("issues", { id: "10007", key: "KAN-6", changelog: { histories } });
    for (const entry of list(part(read("nango/expected/get-issue-changelog.json"), "output", "changelog"))) {
      const found = withHistory?.history?.find(({ id }) => id === entry["id"]);
      agree(`nango history ${entry["id"]} by`, found?.by, part(entry, "author", "accountId"));
      agree(`nango history ${entry["id"]} at`, found?.at, new Date(String(entry["created"])).toISOString());
      const items = list(entry["items"]);
      agree(
        `nango history ${entry["id"]} to`,
        found?.changes.map(({ to }) => to?.name ?? null),
        items.map((item) => (Object.hasOwn(item, "toString") ? (item as { toString: unknown }).toString : null)),
      );
    }
    const known = list(answerOf("get-field")).length;
    expect(known).toBeGreaterThan(5);
  });

  it("of Faros' source go through, as Faros reads them", () => {
    const streams = new Map([
      ["issues", "issues"],
      ["epics", "issues"],
      ["board_issues", "issues"],
      ["sprint_issues", "issues"],
      ["sprints", "sprints"],
      ["projects", "projects"],
      ["project_versions", "versions"],
      ["workflow_statuses", "statuses"],
    ]);
    const lines = text("faros-airbyte-records/records.jsonl").trim().split("\n");
    const byKey = new Map<string, ReturnType<typeof draftsOf>[number]>();
    let through = 0;
    for (const line of lines) {
      const { stream, body } = z.looseObject({ stream: z.string(), body: Json }).parse(JSON.parse(line));
      const name = streams.get(stream);
      if (name === undefined) continue;
      const [draft] = draftsOf(name, body);
      expect(draft, line.slice(0, 80)).toBeDefined();
      through++;
      if ((stream === "issues" || stream === "epics") && draft?.external.key) byKey.set(draft.external.key, draft);
      if (stream === "issues") {
        const told = list(part(body, "changelog", "histories")).length;
        agree(`faros ${draft?.external.key} histories`, draft?.history?.length, told);
      }
    }
    expect(through).toBeGreaterThan(40);
    for (const file of ["projects__projects", "sprints__sprints"]) {
      const records = z.array(Json).parse(JSON.parse(text(`faros-source/raw/${file}.json`)));
      for (const record of records) expect(draftsOf(file.split("__")[0] ?? "", record)).toHaveLength(1);
    }

    const expected = Object.values(read("faros-normalised/faros_jira.expected.json")).flatMap(list);
    const first = (model: string, uid: unknown): Json | undefined =>
      expected.flatMap((record): Json[] => list([record[model]])).find((one) => one["uid"] === uid);
    for (const [key, draft] of byKey) {
      const task = first("tms_Task", key);
      if (task === undefined) continue;
      agree(`faros ${key} id`, draft.external.id, task["sourceSystemId"]);
      agree(`faros ${key} url`, draft.external.url, task["url"]);
      agree(`faros ${key} name`, part(draft.fields, "title"), task["name"]);
      agree(
        `faros ${key} description`,
        part(draft.fields, "text") ?? part(draft.fields, "problem") ?? null,
        task["description"],
      );
      if (draft.createdAt !== undefined) agree(`faros ${key} createdAt`, draft.createdAt, task["createdAt"]);
      if (part(draft.fields, "priority") !== undefined)
        agree(`faros ${key} priority`, part(draft.fields, "priority", "detail"), task["priority"]);
      if (draft.kind === "workItem")
        agree(`faros ${key} type`, part(draft.fields, "type", "detail"), part(task, "type", "detail"));
    }

    const log = text("faros-normalised/faros_jira.all-streams.log").split("\n");
    for (const line of log) {
      const parsed = z
        .looseObject({ record: z.looseObject({ stream: z.string(), data: Json }) })
        .safeParse(safeJson(line));
      if (!parsed.success) continue;
      const { stream, data } = parsed.data.record;
      const kind = stream.split("__").at(-1);
      const uid = String(data["id"]);
      if (kind === "faros_sprints") {
        const fields = draftsOf("sprints", data)[0]?.fields;
        const sprint = first("tms_Sprint", uid);
        agree(`faros sprint ${uid} name`, part(fields, "name"), sprint?.["name"]);
        agree(`faros sprint ${uid} state`, part(fields, "state", "category"), String(sprint?.["state"]).toLowerCase());
        agree(`faros sprint ${uid} startedAt`, part(fields, "startsAt") ?? null, sprint?.["startedAt"]);
        agree(`faros sprint ${uid} endedAt`, part(fields, "endsAt") ?? null, sprint?.["endedAt"]);
        agree(`faros sprint ${uid} closedAt`, part(fields, "completedAt") ?? null, sprint?.["closedAt"]);
      } else if (kind === "faros_project_versions") {
        const fields = draftsOf("versions", data)[0]?.fields;
        const release = first("tms_Release", uid);
        agree(`faros release ${uid} name`, part(fields, "name"), release?.["name"]);
        agree(
          `faros release ${uid} released`,
          part(fields, "status", "category") === "completed",
          release?.["released"],
        );
        agree(`faros release ${uid} day`, part(fields, "releaseDate"), String(release?.["releasedAt"]).slice(0, 10));
      } else if (kind === "faros_projects") {
        const fields = draftsOf("projects", data)[0]?.fields;
        agree(`faros project ${uid} name`, part(fields, "name"), first("tms_Project", data["key"])?.["name"]);
      }
    }
  });

  it("are read as others read them, but for what is explained", () => {
    expect(compared.length).toBeGreaterThan(100);
    expect(disagreements.filter((line) => line.endsWith("UNEXPLAINED"))).toEqual([]);
  });
});

const safeJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
