import * as z from "zod";
import type { Connector, Told } from "../../shared/connector/contract.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { type GitHubConfig, inScope } from "./config.ts";
import { placeName } from "./locate.ts";
import { ofPull } from "./read-pulls.ts";
import { hooks } from "./setup.ts";

/** https://docs.github.com/webhooks/webhook-events-and-payloads */
const Payload = z.looseObject({
  action: z.string().optional(),
  repository: z.looseObject({ full_name: z.string().optional() }).nullish(),
});
const Identity = z.looseObject({ id: z.number() });
const Pull = z.looseObject({ node_id: z.string().optional(), number: z.int(), url: z.string().optional() });
const IssueEvent = z.looseObject({ issue: z.looseObject({}) });
const Transfer = z.looseObject({
  changes: z
    .looseObject({
      new_issue: z.looseObject({}).nullish(),
      new_repository: z.looseObject({ full_name: z.string() }).nullish(),
    })
    .nullish(),
});
const PullEvent = z.looseObject({ pull_request: z.looseObject({}) });
const ReviewEvent = z.looseObject({ review: z.looseObject({}), pull_request: Pull });
const MilestoneEvent = z.looseObject({ milestone: z.looseObject({}) });
const ReleaseEvent = z.looseObject({ release: Identity });
const DeploymentEvent = z.looseObject({ deployment: Identity });
const RunEvent = z.looseObject({ workflow_run: z.looseObject({}) });

type Reader = (body: unknown, action: string, repository: string, config: GitHubConfig) => readonly Told[];

/** What each event tells; any other event tells nothing. Pushes are among them: commits come with their pull request. */
const EVENTS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["issues", (body, action, _repository, config) => issueTold(body, action, config)],
  ["pull_request", (body) => [{ stream: "pulls", record: PullEvent.parse(body).pull_request }]],
  [
    "pull_request_review",
    (body) => {
      const { review, pull_request } = ReviewEvent.parse(body);
      return [{ stream: "reviews", record: ofPull(review, pull_request) }];
    },
  ],
  [
    "milestone",
    (body, action) => {
      const { milestone } = MilestoneEvent.parse(body);
      return [{ stream: "milestones", record: milestone, ...(action === "deleted" && { presence: "deleted" }) }];
    },
  ],
  [
    "release",
    (body, action, repository) => {
      const { release } = ReleaseEvent.parse(body);
      if (action === "deleted") return [{ stream: "releases", record: release, presence: "deleted" }];
      return [{ stream: "releases", reread: placeName(repository, `releases/${release.id}`), hint: release }];
    },
  ],
  ["deployment", (body, _action, repository) => deploymentTold(body, repository)],
  ["deployment_status", (body, _action, repository) => deploymentTold(body, repository)],
  ["workflow_run", (body) => [{ stream: "workflowRuns", record: RunEvent.parse(body).workflow_run }]],
]);

/** What a delivery tells of the selected repositories. @throws ZodError if an event that we read lacks what it is about */
const webhookRecords = (body: unknown, headers: Headers, config: GitHubConfig): readonly Told[] => {
  const reader = EVENTS.get(headers.get("x-github-event") ?? "");
  if (reader === undefined) return [];
  const { action = "", repository } = Payload.parse(body);
  const name = repository?.full_name;
  return name !== undefined && inScope(config, name) ? reader(body, action, name, config) : [];
};

const issueTold = (body: unknown, action: string, config: GitHubConfig): readonly Told[] => {
  const { issue } = IssueEvent.parse(body);
  if (action === "deleted") return [{ stream: "issues", record: issue, presence: "deleted" }];
  if (action !== "transferred") return [{ stream: "issues", record: issue }];
  const { new_issue: arrived, new_repository: there } = Transfer.parse(body).changes ?? {};
  const isOurs = arrived && there && inScope(config, there.full_name);
  return [
    { stream: "issues", record: issue, presence: "moved" },
    ...(isOurs ? [{ stream: "issues", record: arrived }] : []),
  ];
};

/** A deployment's statuses and commits stand in no payload: it is read again. */
const deploymentTold = (body: unknown, repository: string): readonly Told[] => {
  const { deployment } = DeploymentEvent.parse(body);
  return [{ stream: "deployments", reread: placeName(repository, `deployments/${deployment.id}`), hint: deployment }];
};

/** GitHub's webhooks: https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
export const webhook: NonNullable<Connector<GitHubConfig>["webhook"]> = {
  signature: hmac<GitHubConfig>({
    header: "x-hub-signature-256",
    prefix: "sha256=",
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
  }),
  probe: (id) => ({ headers: { "x-github-event": "ping", "x-github-delivery": id }, body: { zen: "A test." } }),
  deliveryId: ({ headers }) => headers.get("x-github-delivery") ?? "",
  keeps: ["x-github-event", "x-github-delivery", "x-github-hook-id"],
  records: webhookRecords,
  setup: hooks,
};
