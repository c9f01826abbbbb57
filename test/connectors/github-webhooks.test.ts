import { createHmac } from "node:crypto";
import examples from "@octokit/webhooks-examples" with { type: "json" };
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { GitHubConfig } from "../../connectors/github/config.ts";
import github from "../../connectors/github/index.ts";
import type { Delivery, Told } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";

type Row = Record<string, unknown>;

const Examples = z.array(z.looseObject({ name: z.string(), examples: z.array(z.record(z.string(), z.unknown())) }));
const Repository = z.looseObject({ full_name: z.string() });
const payloads = Examples.parse(examples).flatMap(({ name, examples: bodies }) =>
  bodies.map((body, at) => ({ name: `${name} ${at + 1}`, event: name, body })),
);
const repositoryOf = (body: Row): string => Repository.safeParse(body["repository"]).data?.full_name ?? "acme/none";
const repos = [...new Set(payloads.map(({ body }) => repositoryOf(body)))];

const configured = (given: Row = {}) => GitHubConfig.parse({ token: "t", webhookSecret: "hush", repos, ...given });
const config = configured();
const { webhook } = github;
if (webhook === undefined) throw new Error("the connector declares no webhook");

const bytesOf = (body: unknown): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(JSON.stringify(body)));
const deliver = (event: string, body: Uint8Array, headers: Record<string, string>): Delivery => ({
  headers: new Headers({ "x-github-event": event, "x-github-delivery": "guid-1", ...headers }),
  body,
  receivedAt: new Date("2026-11-20T12:00:00Z"),
});
const signed = (event: string, body: Uint8Array): Delivery =>
  deliver(event, body, webhook.signature.sign(body, config, new Date()));
const told = (event: string, body: unknown, with_ = config): readonly Told[] =>
  webhook.records(body, new Headers({ "x-github-event": event }), with_);
const draftsOf = (one: Told): readonly Draft[] => {
  const stream = github.streams[one.stream];
  if (stream === undefined) throw new Error(`told of ${one.stream}, which is no stream`);
  return "record" in one ? stream.normalise(stream.record.parse(one.record), CONTEXT) : [];
};
const CONTEXT = { connectionId: "con_test", statuses: new Map() };
const example = (event: string, action?: string): Row => {
  const found = payloads.find(
    ({ event: name, body }) => name === event && (action ?? body["action"]) === body["action"],
  );
  if (found === undefined) throw new Error(`no example of ${event} ${action}`);
  return found.body;
};

describe("every published webhook of GitHub", () => {
  it("is there", () => expect(payloads.length).toBeGreaterThan(300));

  it.each(payloads)("passes when signed and is refused with any bit changed: $name", ({ event, body }) => {
    const bytes = bytesOf(body);
    const delivery = signed(event, bytes);
    expect(() => webhook.signature.verify(delivery, config)).not.toThrow();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const forged = bytes.slice();
        forged[at] = (forged[at] ?? 0) ^ (1 << bit);
        expect(() => webhook.signature.verify({ ...delivery, body: forged }, config)).toThrow("signature rejected");
      }),
      { numRuns: 10 },
    );
  });

  it.each(payloads)("is read, or tells nothing, and becomes drafts: $name", ({ event, body }) => {
    for (const one of told(event, body)) {
      if ("reread" in one) expect(one.reread).toMatch(/^[\w.-]+\/[\w.-]+\/(?:deployments|releases)\/\d+$/);
      else if ((one.record as Row)["pull_request"] && one.stream === "issues") expect(draftsOf(one)).toEqual([]);
      else expect(draftsOf(one).length).toBeGreaterThan(0);
    }
  });

  it.each(payloads)("of a repository outside the selection tells nothing: $name", ({ event, body }) => {
    expect(told(event, body, configured({ repos: ["acme/web"] }))).toEqual([]);
  });
});

describe("a webhook signature", () => {
  const body = bytesOf({ zen: "Anything added dilutes everything else." });

  it("is HMAC-SHA256 over the raw body, as GitHub documents it", () => {
    // https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    const hello = Uint8Array.from(Buffer.from("Hello, World!"));
    const secret = configured({ webhookSecret: "It's a Secret to Everybody" });
    expect(webhook.signature.sign(hello, secret, new Date())).toEqual({
      "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    });
  });

  it("is refused if it is absent, and without a configured secret whatever it is", () => {
    expect(() => webhook.signature.verify(deliver("ping", body, {}), config)).toThrow("no x-hub-signature-256 header");
    const open = configured({ webhookSecret: undefined });
    expect(() => webhook.signature.verify(signed("ping", body), open)).toThrow("no webhook secret");
    const empty = `sha256=${createHmac("sha256", "").update(body).digest("hex")}`;
    const forged = deliver("ping", body, { "x-hub-signature-256": empty });
    expect(() => webhook.signature.verify(forged, configured({ webhookSecret: "" }))).toThrow("no webhook secret");
  });

  it("of the previous secret is accepted while a secret is changed", () => {
    const changed = configured({ webhookSecret: "new", previousWebhookSecret: "hush" });
    expect(() => webhook.signature.verify(signed("ping", body), changed)).not.toThrow();
    expect(() => webhook.signature.verify(signed("ping", body), configured({ webhookSecret: "new" }))).toThrow();
  });

  it("comes with the delivery's id", () => {
    expect(webhook.deliveryId(signed("ping", body))).toBe("guid-1");
    expect(webhook.deliveryId({ ...signed("ping", body), headers: new Headers() })).toBe("");
  });
});

describe("an event", () => {
  it("that says an issue was deleted or transferred tells its presence", () => {
    expect(told("issues", example("issues", "deleted"))).toMatchObject([{ stream: "issues", presence: "deleted" }]);
    expect(told("issues", example("issues", "transferred"))[0]).toMatchObject({ presence: "moved" });
    expect(told("milestone", example("milestone", "deleted"))).toMatchObject([{ presence: "deleted" }]);
    expect(told("release", example("release", "deleted"))).toMatchObject([{ presence: "deleted" }]);
  });

  it("of a transfer tells the new issue only if its repository is selected", () => {
    const transfer = example("issues", "transferred");
    const there = Repository.parse((transfer["changes"] as Row)["new_repository"]).full_name;
    expect(told("issues", transfer, configured({ repos: [repositoryOf(transfer), there] }))).toHaveLength(2);
    const elsewhere = { ...transfer, changes: { new_issue: {}, new_repository: { full_name: "other/repo" } } };
    expect(told("issues", elsewhere)).toHaveLength(1);
  });

  it("of a deployment or release only asks to read it again, since statuses and commits are not in it", () => {
    for (const event of ["deployment", "deployment_status"])
      expect(told(event, example(event))).toEqual([
        { stream: "deployments", reread: expect.stringMatching(/\/deployments\/\d+$/), hint: expect.anything() },
      ]);
    expect(told("release", example("release", "published"))).toEqual([
      { stream: "releases", reread: expect.stringMatching(/\/releases\/\d+$/), hint: expect.anything() },
    ]);
  });

  it.each(["ping", "push", "issue_comment", "invented"])("%s tells nothing", (event) => {
    expect(told(event, { repository: { full_name: repos[0] }, anything: [1] })).toEqual([]);
  });

  it("that we read, without what it is about, is unreadable", () => {
    for (const event of [
      "issues",
      "pull_request",
      "pull_request_review",
      "milestone",
      "release",
      "deployment",
      "workflow_run",
    ])
      expect(() => told(event, { repository: { full_name: repos[0] } })).toThrow(z.core.$ZodError);
    expect(() => told("issues", "text")).toThrow(z.core.$ZodError);
  });

  it("finds its repository in any spelling", () => {
    const issue = example("issues", "opened");
    expect(told("issues", issue, configured({ repos: [repositoryOf(issue).toUpperCase()] }))).toHaveLength(1);
  });
});

describe("webhook and poll", () => {
  const only = (event: string, action?: string) => {
    const [one] = told(event, example(event, action));
    if (one === undefined || !("record" in one)) throw new Error(`${event} tells no record`);
    return one;
  };
  const without = (drafts: readonly Draft[]) => drafts.map(({ history: _history, ...draft }) => draft);

  it("agree on an issue: the list adds who closed it, its parent and its timeline", () => {
    const webhookSays = only("issues", "edited");
    const listed = {
      ...(webhookSays.record as Row),
      closed_by: (webhookSays.record as Row)["user"],
      parent_issue_url: "https://api.github.com/repos/o/r/issues/1",
      timeline: [],
    };
    expect(without(draftsOf({ stream: "issues", record: listed }).slice(0, 1))).toEqual(
      without(draftsOf(webhookSays).slice(0, 1)),
    );
  });

  it("agree on a pull request: lists lack what only the webhook's longer form has", () => {
    const webhookSays = only("pull_request", "closed");
    const {
      merged,
      mergeable,
      mergeable_state,
      merged_by,
      comments,
      commits,
      additions,
      deletions,
      changed_files,
      ...row
    } = webhookSays.record as Row;
    expect([merged, mergeable_state, additions]).not.toContain(undefined);
    expect(draftsOf({ stream: "pulls", record: row })).toEqual(draftsOf(webhookSays));
  });

  it("agree on a review: lists write its state in upper case, and the reader attaches the pull request", () => {
    const webhookSays = only("pull_request_review", "submitted");
    const row = webhookSays.record as Row;
    const listed = { ...row, state: String(row["state"]).toUpperCase() };
    expect(draftsOf({ stream: "reviews", record: listed })).toEqual(draftsOf(webhookSays));
    expect(draftsOf(webhookSays)[0]?.fields).toMatchObject({ pullRequestId: { id: expect.stringMatching(/\S/) } });
  });
});
