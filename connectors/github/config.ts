import * as z from "zod";

/** What a GitHub connection is set up with. */
export const GitHubConfig = z
  .strictObject({
    baseUrl: z
      .url()
      .default("https://api.github.com")
      .describe("Where the REST API answers; for GitHub Enterprise Server `https://<host>/api/v3`."),
    token: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true })
      .describe(
        "Without one GitHub answers 60 requests an hour. Fine-grained token, read-only: metadata, issues, pull requests, contents, deployments, actions.",
      ),
    app: z
      .strictObject({
        appId: z.union([z.int(), z.string().regex(/^[\w.]+$/)]).describe("Id of the app, or its client id."),
        installationId: z.int().describe("Id of the installation: the number at the end of its settings' address."),
        privateKey: z.string().min(1).meta({ secret: true }).describe("Private key of the app, PEM."),
      })
      .optional()
      .describe("A GitHub App in place of a token: its tokens live an hour and are renewed by themselves."),
    webhookSecret: z
      .string()
      .optional()
      .meta({ secret: true })
      .describe("Secret of the webhook; without it every delivery is refused."),
    previousWebhookSecret: z
      .string()
      .optional()
      .meta({ secret: true })
      .describe("The secret before the last change, accepted until it is removed here."),
    repos: z
      .array(z.string().regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, "owner/name"))
      .min(1)
      .describe("Repositories to read, as `owner/name`; webhooks of any other are dropped."),
    pageSize: z.int().min(1).max(100).default(100).describe("Rows per request."),
    pagesAtMost: z.int().min(1).default(5000).describe("A run that needs more pages than this fails."),
    overlapSeconds: z.int().min(0).default(120).describe("How far before the last seen change a poll starts."),
    requestsPerMinute: z.int().min(1).default(600).describe("Pace of requests until GitHub's headers say otherwise."),
    timeline: z.boolean().default(true).describe("Read each changed issue's history: one request per issue."),
    pullDetails: z
      .boolean()
      .default(true)
      .describe("Read reviews and commits of changed pull requests: two requests each."),
    releaseCommits: z.boolean().default(true).describe("Read the commits of each changed release: one request each."),
    commitsAtMost: z.int().min(1).default(1000).describe("Commits read of one comparison."),
    recheckHours: z
      .number()
      .min(0)
      .default(24)
      .describe(
        "How long finished deployments and workflow runs are read again, since later results do not move their order.",
      ),
    watchedAtMost: z
      .int()
      .min(1)
      .default(200)
      .describe("Deployments and workflow runs per repository that are read again."),
  })
  .refine(({ token, app }) => token === undefined || app === undefined, {
    error: "needs either token or app, not both",
    path: ["app"],
  });

export type GitHubConfig = z.output<typeof GitHubConfig>;

/** Whether a repository is one of those to read, all of them if none is named; GitHub's names ignore case. */
export const inScope = ({ repos }: Pick<GitHubConfig, "repos">, repository: string): boolean =>
  repos.length === 0 || repos.some((name) => name.toLowerCase() === repository.toLowerCase());
