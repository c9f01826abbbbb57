import { type Access, withAccess } from "./access/access.ts";
import { linearHookFields } from "./access/hook-desk.ts";
import { standingHooks } from "./access/standing-hooks.ts";
import { WORK_DAYS } from "./company/calendar.ts";
import { company } from "./company/company.ts";
import { products } from "./company/features.ts";
import { World } from "./company/world.ts";
import { type Join, joins } from "./control/joins.ts";
import { Journal } from "./control/journal.ts";
import type { Request } from "./control/outcome.ts";
import type { Truth } from "./control/records.ts";
import { type Answered, act, type Controlled, controlSite, replay, reset, truths } from "./control/server.ts";
import { misbehaving } from "./faults/misbehave.ts";
import { Rules } from "./faults/rules.ts";
import { githubSite } from "./github/server.ts";
import { serveVendors } from "./http/server.ts";
import { jiraSite } from "./jira/server.ts";
import { linearSite } from "./linear/server.ts";
import type { Site } from "./site/site.ts";
import { SITES } from "./site/sites.ts";
import { Deliveries, type Held, type Targets } from "./webhooks/delivery.ts";
import { githubPingHook } from "./webhooks/github-hooks.ts";

/** How large, how old and how eager the made-up company is. */
export interface SandboxOptions {
  /** The company's chance; 7 by default. */
  readonly seed?: number;
  /**
   * Work items over all trackers, from 20 to 1,000,000; 1,200 by default. Below 100 the company is a small one: eight
   * features a product instead of twenty, and Jira's epics and ideas come on top.
   */
  readonly size?: number;
  /** Milliseconds since the epoch, for everything that happens from now on; `Date.now` by default. */
  readonly clock?: () => number;
  /** End of the six months of history; by default 00:00 UTC of the clock's day. All times follow from it and the seed. */
  readonly until?: Date;
  /** Where webhooks go, and what they are signed with. A vendor that is absent sends none. */
  readonly webhooks?: Targets;
  /** File that keeps the changes made through the control interface over a restart. */
  readonly journal?: string;
  /** How much each window allows, instead of Jira's 100,000 a minute, Linear's 50,000 an hour, GitHub's 5,000 an hour. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Port on 127.0.0.1; a free one by default. */
  readonly port?: number;
}

/** A running sandbox. */
export interface Sandbox {
  /** Base URLs: Jira's host, Linear's host (its endpoint is `/graphql` below it), GitHub's REST base, the control interface. */
  readonly urls: { readonly jira: string; readonly linear: string; readonly github: string; readonly control: string };
  /** Made-up credentials that the three accept. */
  readonly credentials: typeof credentials;
  /** The tools beside the trackers, by the id of their connector. */
  readonly sites: Readonly<
    Record<string, { readonly baseUrl: string } & Pick<Site, "settings" | "scopes" | "webhooks">>
  >;
  /** OAuth with refresh tokens, a GitHub App, and what ends them. */
  readonly access: Access;
  readonly company: {
    readonly name: string;
    readonly seed: number;
    readonly size: number;
    readonly until: Date;
    /** Of its history. */
    readonly weeks: number;
    readonly products: readonly SandboxProduct[];
    readonly jira: { readonly projectKeys: readonly string[]; readonly site: string };
    readonly linear: { readonly teamKeys: readonly string[]; readonly workspace: string };
    readonly github: { readonly repos: readonly string[] };
  };
  /** Sends webhooks elsewhere from now on. */
  setWebhooks(targets: Targets): void;
  /** What POST / of the control interface does, without the network. @throws {Error} with its words if it refuses */
  control(request: Request): Promise<Answered>;
  /** Asks its vendors without the network; any other address over it. */
  readonly fetch: typeof fetch;
  /** Webhooks that wait for `deliver` or `drop`, oldest first. */
  held(): readonly Held[];
  /** Every work item of all trackers, or of one, as it is in truth, deleted ones included. */
  truth(of?: Truth["tracker"]): readonly Truth[];
  /** Roadmap rows, designs, flags and campaigns with the features that they are truly about. */
  joins(): readonly Join[];
  /** Forgets everything that was changed since the start, what the journal held as well. */
  reset(): void;
  stop(): Promise<void>;
}

/** A product of the company, for a configuration that follows it. */
interface SandboxProduct {
  readonly name: string;
  readonly tracker: "jira" | "linear" | "github";
  /** Project keys in Jira, team keys in Linear, repositories in GitHub. */
  readonly planning: readonly string[];
  readonly repo: string;
  readonly features: readonly string[];
}

const credentials = {
  jira: { email: "eli.marsh@acme.example", apiToken: "sandbox-jira-token" },
  linear: { apiKey: "lin_api_sandbox" },
  github: { token: "sandbox-github-token" },
} as const;

const DAY_MS = 86_400_000;

/** Starts the made-up company and the three vendors' servers over it. */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const { seed = 7, size = 1200, port = 0 } = options;
  if (!Number.isInteger(size) || size < 20 || size > 1_000_000)
    throw new RangeError("size must be a whole number from 20 to 1,000,000");
  const until = options.until ?? new Date(Math.floor((options.clock ?? Date.now)() / DAY_MS) * DAY_MS);
  const world = new World(company(seed, size, until), options.clock);
  const deliveries = new Deliveries(options.webhooks ?? {}, () => world.clock);
  const rules = new Rules();
  const hooks = standingHooks(deliveries, options.webhooks ?? {});
  const [jira, linear, github] = [
    jiraSite(world, credentials.jira),
    linearSite(world, credentials.linear.apiKey, linearHookFields(hooks.linear)),
    githubSite(world, credentials.github.token),
  ];
  const sites = Object.fromEntries(Object.entries(SITES).map(([id, open]) => [id, open(world)]));
  const controlled: Controlled = {
    world,
    sites,
    deliveries,
    journal: new Journal(options.journal),
    rules,
    budgets: {
      jira: jira.budget,
      linear: linear.requests,
      linear_complexity: linear.complexity,
      github: github.budget,
      github_burst: github.burst,
      ...Object.fromEntries(
        Object.entries(sites).flatMap(([id, { budgets = {} }]) =>
          Object.entries(budgets).map(([name, budget]) => [name === "" ? id : `${id}.${name}`, budget]),
        ),
      ),
    },
    pings: () => world.company.products.map((product) => githubPingHook(world, product, "https://hub.acme.example")),
  };
  for (const [name, limit] of Object.entries(options.limits ?? {})) controlled.budgets[name]?.begin(limit);
  replay(controlled);
  const { vendors, access } = withAccess(
    {
      jira: misbehaving("jira", jira.vendor, world, rules),
      linear: misbehaving("linear", linear.vendor, world, rules),
      github: misbehaving("github", github.vendor, world, rules),
    },
    credentials,
    hooks,
  );
  const around = Object.fromEntries(
    Object.entries(sites).map(([id, { vendor }]) => [id, misbehaving(id, vendor, world, rules)]),
  );
  const server = await serveVendors({ ...around, ...vendors, control: controlSite(controlled) }, port);
  const at = (vendor: string): string => `${server.origin}/${vendor}`;
  return {
    urls: { jira: at("jira"), linear: at("linear"), github: at("github"), control: at("control") },
    credentials,
    access,
    sites: Object.fromEntries(
      Object.entries(sites).map(([id, { settings, scopes, webhooks }]) => [
        id,
        { baseUrl: at(id), settings, ...(scopes !== undefined && { scopes }), ...(webhooks === false && { webhooks }) },
      ]),
    ),
    company: {
      name: "Acme",
      seed,
      size,
      until,
      weeks: WORK_DAYS / 5,
      products: products(seed, size).map(({ name, tracker, key, owner, repo, features }) => ({
        name,
        tracker,
        planning: tracker === "jira" ? [key, "IDEA", "SUP"] : tracker === "linear" ? [key] : [`${owner}/${repo}`],
        repo: `${owner}/${repo}`,
        features: features.map(({ title }) => title),
      })),
      jira: { projectKeys: ["ACME", "IDEA", "SUP"], site: "https://acme.atlassian.net" },
      linear: { teamKeys: ["INS"], workspace: "acme" },
      github: { repos: ["acme/storefront", "acme/insights", "acme/devkit"] },
    },
    setWebhooks: (targets) => deliveries.aim(targets),
    control: async (request) => {
      const answer = await act(controlled, request);
      if (answer.status !== 200) throw new Error((answer.json as { readonly error: string }).error);
      return answer.json as Answered;
    },
    fetch: server.fetch,
    held: () => deliveries.held(),
    truth: (of) => [...truths(world, of)],
    joins: () => joins(world),
    reset: () => reset(controlled),
    stop: server.stop,
  };
};

export { SITES };
