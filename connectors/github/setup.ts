import * as z from "zod";
import type { HookSetup, Setup } from "../../shared/connector/setup.ts";
import { toldRights } from "../../shared/connector/wide-rights.ts";
import { openGitHub } from "./client.ts";
import type { GitHubConfig } from "./config.ts";
import { ownerAndName } from "./place.ts";

export const setup: Setup<GitHubConfig> = {
  credentialAt:
    "https://github.com/settings/personal-access-tokens/new?name=Throughline&metadata=read&issues=read&pull_requests=read&contents=read&deployments=read&actions=read",
  asks: ["repos", "token"],
  rights: {
    issues: "Issues: read",
    pulls: "Pull requests: read",
    milestones: "Issues: read",
    releases: "Contents: read",
    deployments: "Deployments: read",
    workflowRuns: "Actions: read",
  },
  smallest: (config) => ({
    // Pages stay large: whole lists are read to their end.
    ...config,
    timeline: false,
    pullDetails: false,
    releaseCommits: false,
    recheckHours: 0,
    watchedAtMost: 1,
  }),
  // Classic tokens alone tell theirs; of a fine-grained one nobody but its owner can see them.
  beyondReading: toldRights(
    "/rate_limit",
    /^(?:read:|user:email$|repo:status$|repo_deployment$|(?:admin|write):repo_hook$)/,
  ),
};

/** What `webhook.ts` reads. */
const EVENTS = [
  "issues",
  "pull_request",
  "pull_request_review",
  "milestone",
  "release",
  "deployment",
  "deployment_status",
  "workflow_run",
];

const Hook = z.looseObject({ id: z.int(), config: z.looseObject({ url: z.string().nullish() }) });

const wanted = ({ url, secret }: { readonly url: string; readonly secret: string }) => ({
  config: { url, content_type: "json", secret, insecure_ssl: "0" },
  events: EVENTS,
  active: true,
});

/** https://docs.github.com/rest/repos/webhooks */
export const hooks: HookSetup<GitHubConfig> = {
  right: "Webhooks: read and write",
  scopes: ({ repos }) => repos,
  async list(context, repository) {
    const github = await openGitHub(context);
    const found: z.output<typeof Hook>[] = [];
    const first = { ...ownerAndName(repository), per_page: 100 };
    for (let where: string | undefined = "GET /repos/{owner}/{repo}/hooks"; where !== undefined; ) {
      const answer = await github.page(where, where.startsWith("GET") ? first : {});
      found.push(...z.array(Hook).parse(answer?.body ?? []));
      where = answer?.next;
    }
    return found.map(({ id, config }) => ({ id: String(id), url: config.url ?? "" }));
  },
  async create({ http }, repository, hook) {
    const made = await http.json(Hook, "POST", `repos/${repository}/hooks`, { name: "web", ...wanted(hook) });
    return { id: String(made.id), url: hook.url };
  },
  async update({ http }, repository, id, hook) {
    await http.json(Hook, "PATCH", `repos/${repository}/hooks/${id}`, wanted(hook));
  },
};
