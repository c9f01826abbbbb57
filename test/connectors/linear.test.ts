import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { Config } from "../../connectors/linear/config.ts";
import { restOf, SOURCES, type Source } from "../../connectors/linear/documents.ts";
import linear from "../../connectors/linear/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { emailHash } from "../fixtures/email-hash.ts";
import { complexityOf, unboundedIn } from "./linear-complexity.ts";

const FIXTURES = new URL("../fixtures/linear/", import.meta.url);
const fixtures = readdirSync(FIXTURES).map((file) => ({
  file,
  ...(JSON.parse(readFileSync(new URL(file, FIXTURES), "utf8")) as {
    source: string;
    stream: string;
    record: Record<string, unknown>;
    drafts: unknown;
  }),
}));
const fixture = (file: string) => fixtures.find((one) => one.file === `${file}.json`)?.record ?? {};

const CONTEXT = { connectionId: "con_test", statuses: new Map(), emailHash };
const draftsOf = (stream: string, record: unknown): readonly Draft[] => {
  const declared = linear.streams[stream];
  if (declared === undefined) throw new Error(`no stream ${stream}`);
  return declared.normalise(declared.record.parse(record), CONTEXT);
};
const workItem = (record: unknown) => draftsOf("issues", record)[0] as Draft<"workItem">;
const feature = (record: unknown) => draftsOf("projects", record)[0] as Draft<"feature">;

describe("a Linear record", () => {
  it.each(fixtures)("becomes its golden drafts: $file", ({ stream, record, drafts }) => {
    expect(JSON.parse(JSON.stringify(draftsOf(stream, record)))).toEqual(drafts);
  });

  it.each(fixtures)("passes with unknown fields and words, and reads the same: $file", ({ stream, record, drafts }) => {
    const more = { ...record, brandNew: { deep: [1] } };
    expect(JSON.parse(JSON.stringify(draftsOf(stream, more)))).toEqual(drafts);
  });

  it.each(fixtures)("is refused without its identity, and passes with nothing else: $file", ({ stream, record }) => {
    expect(linear.streams[stream]?.record.safeParse({ ...record, id: undefined }).success).toBe(false);
    expect(linear.streams[stream]?.record.safeParse("not a record").success).toBe(false);
    expect(draftsOf(stream, { id: record["id"] })).toHaveLength(1);
  });

  it("tells labels, due dates, archive and trash of its past", () => {
    const entry = (id: string, minute: number, rest: object) => ({
      id,
      createdAt: `2026-03-01T10:0${minute}:00.000Z`,
      ...rest,
    });
    const nodes = [
      entry("h1", 1, {
        addedLabelIds: ["l1", "l2"],
        addedLabels: [{ id: "l1", name: "bug" }],
        fromDueDate: "2026-04-01",
      }),
      entry("h2", 2, { removedLabelIds: ["l1"], removedLabels: [{ id: "l1", name: "bug" }] }),
      entry("h3", 3, { trashed: true, archived: true }),
      entry("h4", 4, { archived: false }),
    ];
    const { history = [] } = workItem({ id: "x", history: { nodes } });
    const bug = { id: "l1", name: "bug" };
    expect(history.map(({ changes }) => changes.map(({ field, from, to }) => [field, from, to]))).toEqual([
      [
        ["dueAt", { name: "2026-04-01" }, null],
        ["labels", null, bug],
        ["labels", null, { id: "l2" }],
      ],
      [["labels", bug, null]],
      [
        ["archived", null, { name: "archived" }],
        ["trashed", null, { name: "trashed" }],
      ],
      [["archived", { name: "archived" }, null]],
    ]);
  });

  it("tells the parent issue, or else the project, as the parent of its past too", () => {
    const entry = (id: string, rest: object) => ({ id, createdAt: `2026-03-01T10:00:0${id}.000Z`, ...rest });
    const nodes = [
      entry("3", { fromParentId: "i1", toParentId: null }),
      entry("1", { fromProjectId: null, toProjectId: "p1" }),
      entry("2", { toParentId: "i1" }),
      entry("4", { fromProjectId: "p1", toProjectId: "p2" }),
    ];
    const { history = [] } = workItem({ id: "x", project: { id: "p2" }, history: { nodes } });
    const parents = history.flatMap(({ changes }) => changes.filter(({ field }) => field === "parent"));
    expect(parents.map(({ from, to }) => [from && [from.noun, from.id], to && [to.noun, to.id]])).toEqual([
      [null, ["project", "p1"]],
      [
        ["project", "p1"],
        ["issue", "i1"],
      ],
      [
        ["issue", "i1"],
        ["project", "p1"],
      ],
      [
        ["project", "p1"],
        ["project", "p2"],
      ],
    ]);
  });

  it("is plain text, and keeps the pointers of its links and what customers asked", () => {
    const description = "**Bold** [see](https://linear.app/acme/issue/ENG-7/x) <b>now</b>";
    const item = workItem({ id: "x", description, customerTicketCount: 3 });
    expect(item.fields.text).toBe("Bold see now");
    expect(item.references).toContainEqual({ alias: "ENG-7", place: "body" });
    expect(item.customFields).toEqual([
      { fieldId: "customerTicketCount", name: "Customer tickets", type: "number", value: 3 },
    ]);
  });

  it("reads the same whatever the order of its lists", () => {
    const issue = fixture("issue");
    const turned = Object.fromEntries(
      Object.entries(issue).map(([name, value]) => {
        const list = value as { nodes?: unknown[] } | null;
        return [name, list?.nodes ? { ...list, nodes: list.nodes.toReversed() } : value];
      }),
    );
    expect(workItem(turned)).toEqual(workItem(issue));
  });
});

describe("a word of Linear's", () => {
  const status = (type: string, name: string) => workItem({ ...fixture("issue"), state: { id: "s", name, type } });

  it.each([
    ["triage", "Triage", "triage"],
    ["backlog", "Backlog", "backlog"],
    ["unstarted", "Todo", "todo"],
    ["started", "In Progress", "in_progress"],
    ["started", "Code review", "in_review"],
    ["completed", "Reviewed", "done"],
    ["canceled", "Canceled", "cancelled"],
    ["duplicate", "Duplicate", "cancelled"],
    ["invented", "Somewhere", "unknown"],
    ["constructor", "constructor", "unknown"],
  ])("maps state type %s named %s to %s", (type, name, category) => {
    expect(status(type, name).fields.status).toMatchObject({ category, detail: name });
  });

  it("maps the past as the present: by the type of the vocabulary and the state's name", () => {
    const [word] = draftsOf("states", fixture("workflow-state")) as readonly Draft<"vocabulary">[];
    const past = linear.status?.({ name: word?.fields.name ?? "", type: word?.fields.type }, new Map());
    expect(past?.category).toBe(workItem(fixture("issue")).fields.status.category);
  });

  it("gives way to the hub's own mapping", () => {
    const issue = linear.streams["issues"]?.record.parse(fixture("issue"));
    const id = (fixture("issue")["state"] as { id: string }).id;
    const [draft] = linear.streams["issues"]?.normalise(issue, { ...CONTEXT, statuses: new Map([[id, "done"]]) }) ?? [];
    expect((draft as Draft<"workItem">).fields.status).toMatchObject({ category: "done", mappedBy: "user" });
  });

  it("names the resolution of what ended", () => {
    expect(status("canceled", "Canceled").fields.resolution?.category).toBe("wont_do");
    expect(status("duplicate", "Duplicate").fields.resolution?.category).toBe("duplicate");
    expect(status("started", "In Progress").fields.resolution).toBeUndefined();
  });

  it("leaves an invented health, priority or resolution unknown and does not fail", () => {
    const odd = feature({ ...fixture("project"), health: "euphoric", priority: 9, targetDateResolution: "decade" });
    expect(odd.fields.declaredHealth).toMatchObject({ category: "unknown", detail: "euphoric" });
    expect(odd.fields.priority?.category).toBe("unknown");
    expect(odd.fields.targetDateResolution).toBeUndefined();
  });
});

describe("an issue's place", () => {
  it("is its project where it has no parent", () => {
    const draft = workItem({ ...fixture("issue"), parent: null });
    expect(draft.fields.parentId).toMatchObject({ kind: "feature", noun: "project" });
    expect(draft.relations?.map(({ type }) => type)).toEqual(["blocks"]);
  });

  it("keeps the project as a link where it has a parent", () => {
    const draft = workItem(fixture("issue"));
    expect(draft.fields.parentId).toMatchObject({ kind: "workItem", noun: "issue" });
    expect(draft.relations).toContainEqual(
      expect.objectContaining({ type: "parent_of", to: expect.objectContaining({ kind: "feature" }), reverse: true }),
    );
  });

  it("is the archive when it lies in the bin", () => {
    expect(workItem({ ...fixture("issue"), trashed: true }).archivedAt).toBe("2026-03-06T11:30:00.123Z");
  });
});

const documents = (source: Source) => [
  { name: "page", query: source.page },
  { name: "ids", query: source.ids },
  ...Object.keys(source.nested).map((name) => ({ name, query: restOf(source, name) })),
];
const every = Object.entries(SOURCES).flatMap(([stream, source]) =>
  documents(source).map((document) => ({ stream, ...document })),
);

describe("a document", () => {
  it.each(every)("costs less than 8,000 points at the largest page: $stream $name", ({ stream, name, query }) => {
    const large = ["issues", "projects", "initiatives"].includes(stream) && name !== "ids";
    expect(complexityOf(query, { first: large ? 23 : 250 })).toBeLessThan(8000);
    expect(unboundedIn(query)).toEqual([]);
  });

  const spec = new URL("../../../shared/data/specs/linear/schema.graphql.gz", import.meta.url);
  const schema = existsSync(spec) ? buildSchema(gunzipSync(readFileSync(spec)).toString()) : undefined;
  if (schema === undefined) process.stdout.write("skipped: Linear's schema is not beside this checkout\n");
  it.skipIf(schema === undefined).each(every)("is valid by Linear's schema: $stream $name", ({ query }) => {
    expect(schema && validate(schema, parse(query)).map(({ message }) => message)).toEqual([]);
  });
});

describe("the address of an issue", () => {
  const urlOf = (url: string) => workItem({ ...fixture("issue"), url }).external.url;

  it("is kept without the title that Linear ends it with, so that a renamed issue keeps it", () => {
    expect(urlOf("https://linear.app/acme/issue/ENG-12/sign-in-with-saml")).toBe(
      "https://linear.app/acme/issue/ENG-12",
    );
    expect(urlOf("https://linear.app/acme/issue/ENG-12/")).toBe("https://linear.app/acme/issue/ENG-12");
  });

  it("is kept as it is where it has another form", () => {
    for (const url of ["https://linear.app/acme/issue/ENG-12", "https://linear.app/acme/project/issue/a/b"])
      expect(urlOf(url)).toBe(url);
  });
});

describe("a webhook", () => {
  const config = Config.parse({ apiKey: "k", webhookSecret: "new", previousWebhookSecret: "old", teams: ["ENG"] });
  const { signature, records, deliveryId } = linear.webhook ?? (() => expect.unreachable())();
  const now = new Date("2026-03-06T12:00:00.000Z");
  const bytesOf = (body: unknown) => new TextEncoder().encode(JSON.stringify(body));
  const event = (more: object = {}) => ({
    action: "update",
    type: "Issue",
    createdAt: "2026-03-06T11:59:59.000Z",
    webhookTimestamp: now.getTime(),
    url: "https://linear.app/acme/issue/ENG-12/sign-in-with-saml",
    data: { id: "i1", identifier: "ENG-12", title: "Sign in with SAML", team: { id: "t1", key: "ENG" }, labels: [] },
    ...more,
  });
  const deliver = (body: Uint8Array, headers: Record<string, string>, receivedAt = now) =>
    signature.verify({ headers: new Headers(headers), body, receivedAt }, config);

  it("is accepted as signed, by the present and by the previous secret", () => {
    const body = bytesOf(event());
    expect(() => deliver(body, signature.sign(body, config, now))).not.toThrow();
    expect(() => deliver(body, signature.sign(body, { ...config, webhookSecret: "old" }, now))).not.toThrow();
  });

  it("is refused with any one bit changed", () => {
    const body = bytesOf(event());
    const headers = signature.sign(body, config, now);
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.nat(7), (at, bit) => {
        const changed = Uint8Array.from(body);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect(() => deliver(changed, headers)).toThrow(/signature rejected/);
      }),
    );
  });

  it("is refused unsigned, and where no secret is configured", () => {
    const body = bytesOf(event());
    expect(() => deliver(body, {})).toThrow(/no linear-signature header/);
    const headers = new Headers(signature.sign(body, config, now));
    const bare = { ...config, webhookSecret: "", previousWebhookSecret: undefined };
    expect(() => signature.verify({ headers, body, receivedAt: now }, bare)).toThrow(/no webhook secret/);
  });

  it("is refused 61 s before or after, and without a time", () => {
    const body = bytesOf(event());
    const headers = signature.sign(body, config, now);
    expect(() => deliver(body, headers, new Date(now.getTime() + 60_000))).not.toThrow();
    expect(() => deliver(body, headers, new Date(now.getTime() + 61_000))).toThrow(/61 s/);
    expect(() => deliver(body, headers, new Date(now.getTime() - 61_000))).toThrow(/61 s/);
    const timeless = bytesOf(event({ webhookTimestamp: undefined }));
    expect(() => deliver(timeless, signature.sign(timeless, config, now))).toThrow(/signature rejected/);
  });

  it("names its delivery", () => {
    const headers = new Headers({ "Linear-Delivery": "d-1" });
    expect(deliveryId({ headers, body: new Uint8Array(), receivedAt: now })).toBe("d-1");
  });

  const told = (more: object) => records(event(more), new Headers(), config);

  it.each([
    ["Issue", { id: "x" }, "issues", "x"],
    ["Project", { id: "x" }, "projects", "x"],
    ["Initiative", { id: "x" }, "initiatives", "x"],
    ["Cycle", { id: "x" }, "cycles", "x"],
    ["User", { id: "x" }, "users", "x"],
    ["Comment", { id: "c", issueId: "x" }, "issues", "x"],
    ["Attachment", { id: "a", issueId: "x" }, "issues", "x"],
    ["ProjectUpdate", { id: "u", projectId: "x" }, "projects", "x"],
    ["InitiativeUpdate", { id: "u", initiativeId: "x" }, "initiatives", "x"],
  ])("of type %s only says what to read again", (type, data, stream, id) => {
    expect(told({ type, data })).toMatchObject([{ stream, reread: id }]);
  });

  it("of another type, or of a team that is not selected, tells nothing", () => {
    expect(told({ type: "OAuthAuthorization", data: {} })).toEqual([]);
    expect(told({ data: { id: "x", team: { id: "t2", key: "WEB" } } })).toEqual([]);
    expect(told({ action: "remove", data: { id: "x", team: { id: "t2", key: "WEB" } } })).toEqual([]);
  });

  it("tells a removal with the time of the event", () => {
    const [gone] = told({ action: "remove" });
    expect(gone).toMatchObject({ stream: "issues", presence: "deleted", at: "2026-03-06T11:59:59.000Z" });
    const { external, scopes } = workItem((gone as { record: unknown }).record);
    expect(external).toMatchObject({ id: "i1", key: "ENG-12", url: "https://linear.app/acme/issue/ENG-12" });
    expect(scopes).toEqual(["ENG"]);
  });

  it("tells that an issue left the selected teams", () => {
    const moved = told({ data: { id: "x", team: { id: "t2", key: "WEB" } }, updatedFrom: { teamId: "t1" } });
    expect(moved).toMatchObject([{ stream: "issues", presence: "out_of_scope" }]);
  });

  it("is unreadable where it is none of Linear's", () => {
    expect(() => records({ hello: 1 }, new Headers(), config)).toThrow();
    expect(() => records(event({ data: null }), new Headers(), config)).toThrow();
  });
});

describe("an answer of Linear's lists", () => {
  it("is recognised with and without data, and a single record too", () => {
    const { listed } = linear.streams["issues"] ?? {};
    const nodes = [{ id: "1" }];
    expect(listed?.({ data: { issues: { nodes } } })).toEqual(nodes);
    expect(listed?.({ issues: { nodes } })).toEqual(nodes);
    expect(listed?.({ data: { issue: { id: "1" } } })).toEqual(nodes);
    expect(listed?.({ data: { projects: { nodes } } })).toBeUndefined();
    expect(listed?.({ id: "1", title: "an issue" })).toBeUndefined();
    expect(listed?.(null)).toBeUndefined();
  });
});

describe("a connection's config", () => {
  it("wants exactly one credential, and nothing it does not know", () => {
    expect(Config.safeParse({ apiKey: "k" }).success).toBe(true);
    expect(Config.safeParse({}).success).toBe(false);
    expect(Config.safeParse({ apiKey: "k", accessToken: "t" }).success).toBe(false);
    expect(Config.safeParse({ apiKey: "k", team: ["ENG"] }).success).toBe(false);
  });

  it("sends an API key bare and an OAuth token as bearer", () => {
    expect(linear.http(Config.parse({ apiKey: "k" })).credential?.authorization).toBe("k");
    expect(linear.http(Config.parse({ accessToken: "t" })).credential?.authorization).toBe("Bearer t");
  });
});

it("loads Linear's package only where it is used, never on the webhook path", () => {
  const folder = new URL("../../connectors/linear/", import.meta.url);
  const sources = readdirSync(folder).filter((file) => file.endsWith(".ts"));
  const loading = sources.filter((file) =>
    /^import (?!type).*"@linear\/sdk|^export .* from "@linear\/sdk/m.test(readFileSync(new URL(file, folder), "utf8")),
  );
  expect(loading).toEqual([]);
});
