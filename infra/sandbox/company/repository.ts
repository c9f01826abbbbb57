import type { Company } from "./company.ts";
import { type Commit, type Deployment, generatedDeployment, type Run } from "./delivery.ts";
import { Order, type Placed } from "./order.ts";
import {
  choreCount,
  choreTimes,
  codeOf,
  generatePull,
  ISSUE,
  ITEM_PULL,
  kindOfCode,
  nOfCode,
  OTHER_PULL,
  type PullRequest,
  pullTouches,
} from "./pull-request.ts";
import { at, hash } from "./random.ts";
import { generatedReleases, type Release, type Shipping, shippingOf } from "./shipping.ts";
import type { WorkItem } from "./work-item.ts";

/** What a commit id is made for; the first argument of the codec. */
const MERGE_COMMIT = 1;
const BRANCH_COMMIT = 2;
const ROOT_COMMIT = 3;
export const TREE = 4;

const FIRST_LIVE_DEPLOYMENT = 2 ** 20;

/** The code of one product: everything that has a number, a commit id or a run in its repository. */
export class Repository {
  readonly product: number;
  /** Issues and pull requests in order of creation; the number of each is its position plus one. */
  readonly threads: Order;
  /** The same as lists show them: without those that are gone. */
  readonly threadsByCreation: Order;
  readonly threadsByUpdate: Order;
  readonly pulls: Order;
  readonly pullsByUpdate: Order;
  /** Merges into the main branch; the root commit stands before the first. */
  readonly merges: Order;
  readonly deployments: Order;
  readonly runs: Order;
  readonly releases: Release[];
  readonly #shipping: Shipping;
  readonly #company: Company;
  readonly #item: (n: number) => WorkItem;
  readonly #defer: (show: () => void) => void;
  /** Changed pull requests as lists show them. */
  readonly #listed = new Map<number, PullRequest>();
  readonly #live = new Map<number, PullRequest>();
  readonly #liveDeployments = new Map<number, Deployment>();
  readonly #generatedReleases: number;
  #added = 0;
  #received = 0;

  /**
   * @param item the items as they are now, for those that are issues of this repository
   * @param defer does to the lists what a change does to them, at once or later
   */
  constructor(company: Company, product: number, item: (n: number) => WorkItem, defer: (show: () => void) => void) {
    this.#defer = defer;
    this.#company = company;
    this.product = product;
    this.#item = item;
    this.threads = new Order(() => this.#everything("created", true));
    this.threadsByCreation = new Order(() => this.#everything("created", true));
    this.threadsByUpdate = new Order(() => this.#everything("updated", true));
    this.pulls = new Order(() => this.#everything("created", false));
    this.pullsByUpdate = new Order(() => this.#everything("updated", false));
    this.merges = new Order(() => this.#merged());
    this.#shipping = shippingOf(company, product);
    this.deployments = new Order(() => this.#shipping.all());
    this.runs = new Order(() => this.#ran());
    this.releases = generatedReleases(company, product, (time) => this.#shaOfMain(this.#mainAt(time)));
    this.#generatedReleases = this.releases.length;
  }

  get hasIssues(): boolean {
    return this.#tracks || this.#received > 0;
  }

  /** Whether its product is planned in issues. */
  get #tracks(): boolean {
    return at(this.#company.products, this.product).tracker === "github";
  }

  /** The number an issue has, from its item. */
  issueNumber(n: number): number {
    return this.threads.find(this.#createdOf(n), codeOf(ISSUE, n)) + 1;
  }

  pullNumber(pull: PullRequest): number {
    return this.threads.find(pull.opened, pull.code) + 1;
  }

  /** The code that stands under a number; absent if the number was never given. */
  codeOfNumber(number: number): number | undefined {
    return number >= 1 && number <= this.threads.length ? this.threads.at(number - 1).code : undefined;
  }

  pull(code: number): PullRequest {
    return this.#live.get(code) ?? generatePull(this.#company, this.product, code, (n) => this.issueNumber(n));
  }

  /** The pull request of an item, if it has one. */
  pullOfItem(n: number): PullRequest | undefined {
    const code = codeOf(ITEM_PULL, n);
    const live = this.#live.get(code) ?? [...this.#live.values()].find((pull) => pull.item === n);
    if (live !== undefined) return live;
    const generated =
      n < at(this.#company.counts, this.product) && this.#company.item(this.product, n).pull !== undefined;
    return generated ? this.pull(code) : undefined;
  }

  /** Keeps a changed or new pull request; what it moved in, it moves in here. */
  putPull(pull: PullRequest): void {
    const before = this.#exists(pull.code) ? this.pull(pull.code) : undefined;
    this.#live.set(pull.code, pull);
    if (before === undefined) {
      this.threads.move(pull.code, undefined, pull.opened);
      this.runs.move(pull.code * 2, undefined, pull.opened);
    }
    this.#defer(() => this.#list(pull));
    if (pull.merged !== undefined && before?.merged === undefined && pull.base === "main") {
      this.merges.move(pull.code, undefined, pull.merged);
      this.runs.move(pull.code * 2 + 1, undefined, pull.merged);
    }
  }

  /** Takes in an issue of another repository. */
  receive(code: number, time: number): void {
    this.#received += 1;
    this.threads.move(code, undefined, time);
  }

  /** When something new is opened: after all that has a number, so that numbers stay. */
  opening(time: number): number {
    return Math.max(time, this.threads.length === 0 ? time : this.threads.at(this.threads.length - 1).time + 1);
  }

  /** When the next merge lands on the main branch: after the one before it. */
  merging(time: number): number {
    return Math.max(time, this.mainCommit(this.mainLength - 1).time + 1);
  }

  /** Forgets what was opened, merged, deployed and released since the end of the history. */
  reset(): void {
    this.#live.clear();
    this.#listed.clear();
    this.#liveDeployments.clear();
    this.#added = 0;
    this.#received = 0;
    this.releases.length = this.#generatedReleases;
    for (const order of [
      this.threads,
      this.threadsByCreation,
      this.threadsByUpdate,
      this.pulls,
      this.pullsByUpdate,
      this.merges,
      this.deployments,
      this.runs,
    ])
      order.reset();
  }

  /** A pull request as lists show it. */
  listedPull(code: number): PullRequest {
    return this.#listed.get(code) ?? generatePull(this.#company, this.product, code, (n) => this.issueNumber(n));
  }

  #list(pull: PullRequest): void {
    const { code } = pull;
    const before = this.#listed.get(code) ?? (this.#isGenerated(code) ? this.listedPull(code) : undefined);
    this.#listed.set(code, pull);
    this.listThread(code, before && { created: before.opened, updated: before.updated }, {
      created: pull.opened,
      updated: pull.updated,
    });
    this.pulls.move(code, before?.opened, pull.opened);
    this.pullsByUpdate.move(code, before?.updated, pull.updated);
  }

  /** Moves a thread in the lists, takes it in or takes it out. */
  listThread(
    code: number,
    from: { readonly created: number; readonly updated: number } | undefined,
    to: { readonly created: number; readonly updated: number } | undefined,
  ): void {
    this.threadsByCreation.move(code, from?.created, to?.created);
    this.threadsByUpdate.move(code, from?.updated, to?.updated);
  }

  /** A code for a pull request that was not generated. */
  newPullCode(): number {
    this.#added += 1;
    return codeOf(OTHER_PULL, choreCount(this.#company, this.product) + this.#added);
  }

  #exists(code: number): boolean {
    return this.#live.has(code) || this.#isGenerated(code);
  }

  #isGenerated(code: number): boolean {
    const n = nOfCode(code);
    if (kindOfCode(code) === OTHER_PULL) return n < choreCount(this.#company, this.product);
    return n < at(this.#company.counts, this.product) && this.#company.item(this.product, n).pull !== undefined;
  }

  /** Number of commits on the main branch. */
  get mainLength(): number {
    return this.merges.length + 1;
  }

  /** A commit of the main branch by position, oldest first. */
  mainCommit(position: number): Commit {
    if (position === 0) {
      const time = this.#company.calendar.at(0) - 86_400_000;
      return {
        sha: this.#sha(ROOT_COMMIT, 0),
        parents: [],
        message: "Import from the old repository",
        author: 0,
        time,
      };
    }
    const { code, time } = this.merges.at(position - 1);
    const pull = this.pull(code);
    const message = `${pull.title} (#${this.pullNumber(pull)})`;
    const parents = [this.#shaOfMain(position - 1)];
    return { sha: this.#sha(MERGE_COMMIT, code), parents, message, author: pull.author, time, pull };
  }

  /** The commits of a pull request's branch, oldest first. */
  branchCommits(pull: PullRequest): readonly Commit[] {
    const start = this.#shaOfMain(this.merges.position(pull.opened));
    const shas = Array.from({ length: pull.commits }, (_, i) => this.#sha(BRANCH_COMMIT, pull.code, i));
    return shas.map((sha, i) => ({
      sha,
      parents: [shas[i - 1] ?? start],
      message: pull.messages[i] ?? pull.title,
      author: pull.author,
      time: pull.opened - (pull.commits - i) * 1_200_000,
      pull,
    }));
  }

  headSha(pull: PullRequest): string {
    return this.#sha(BRANCH_COMMIT, pull.code, pull.commits - 1);
  }

  mergeSha(pull: PullRequest): string {
    return this.#sha(MERGE_COMMIT, pull.code);
  }

  /** Where the main branch starts for a pull request. */
  baseSha(pull: PullRequest): string {
    return this.#shaOfMain(this.merges.position(pull.opened));
  }

  /** What a branch, tag or commit id names: a position on main, or a commit of a branch. */
  resolve(ref: string): { readonly main: number } | { readonly commit: Commit } | undefined {
    if (ref === "main" || ref === "HEAD" || ref === "refs/heads/main" || ref === "heads/main")
      return { main: this.mainLength - 1 };
    const release = this.releases.find((entry) => entry.tag === ref.replace(/^(refs\/)?tags\//, ""));
    const named = this.#company.codec.readSha(release?.sha ?? ref);
    if (named === undefined) return this.#branch(ref);
    if (named.kind === ROOT_COMMIT) return named.index === this.product ? { main: 0 } : undefined;
    const inRepo = named.index % 4;
    if (inRepo !== this.product) return undefined;
    const rest = Math.floor(named.index / 4);
    const code = Math.floor(rest / 8);
    if (!this.#exists(code)) return undefined;
    const pull = this.pull(code);
    if (named.kind === BRANCH_COMMIT) {
      const commit = this.branchCommits(pull)[rest % 8];
      return commit === undefined ? undefined : { commit };
    }
    if (named.kind !== MERGE_COMMIT || pull.merged === undefined) return undefined;
    if (pull.base === "main") return { main: this.merges.find(pull.merged, code) + 1 };
    const message = `${pull.title} (#${this.pullNumber(pull)})`;
    return {
      commit: {
        sha: this.mergeSha(pull),
        parents: [this.baseSha(pull)],
        message,
        author: pull.author,
        time: pull.merged,
        pull,
      },
    };
  }

  deployment(code: number): Deployment {
    const live = this.#liveDeployments.get(code);
    if (live !== undefined) return live;
    return generatedDeployment(this.#company, this.product, this.#shipping, code, (time) =>
      this.#shaOfMain(this.#mainAt(time)),
    );
  }

  /** Adds a deployment, or another state of it. */
  putDeployment(deployment: Deployment): void {
    if (!this.#liveDeployments.has(deployment.code))
      this.deployments.move(deployment.code, undefined, deployment.created);
    this.#liveDeployments.set(deployment.code, deployment);
  }

  newDeploymentCode(): number {
    return FIRST_LIVE_DEPLOYMENT + this.#liveDeployments.size;
  }

  run(code: number): Run {
    const pull = this.pull(Math.floor(code / 2));
    const push = code % 2 === 1;
    const pushed = push ? (pull.merged ?? pull.opened) : pull.opened;
    // A build of a change made just now is done at once, so that nothing is told from the future.
    const isLive = pushed > this.#company.calendar.until;
    const created = pushed + (isLive ? 0 : 60_000);
    const h = hash(this.#company.seed, 92, this.product, code);
    const red = push ? h % 23 === 0 : pull.merged === undefined && h % 4 === 0;
    return {
      code,
      pull,
      event: push ? "push" : "pull_request",
      sha: push ? this.mergeSha(pull) : this.headSha(pull),
      created,
      updated: created + (isLive ? 0 : (180 + (h % 300)) * 1000),
      conclusion: red ? "failure" : "success",
    };
  }

  #createdOf(n: number): number {
    return this.#item(n).created;
  }

  #sha(kind: number, code: number, part = 0): string {
    return this.#company.codec.sha(kind, kind === ROOT_COMMIT ? this.product : (code * 8 + part) * 4 + this.product);
  }

  #shaOfMain(position: number): string {
    return position === 0 ? this.#sha(ROOT_COMMIT, 0) : this.#sha(MERGE_COMMIT, this.merges.at(position - 1).code);
  }

  /** The position on main at a time. */
  #mainAt(time: number): number {
    return this.merges.position(time + 1);
  }

  #branch(name: string): { readonly commit: Commit } | undefined {
    for (const pull of this.#live.values()) if (pull.branch === name) return lastOf(this.branchCommits(pull));
    // Names carry the key of the item, so the branch is found without a table of all of them.
    const key = /(?:^|\/)(?:acme|ins)-(\d+)-/i.exec(name)?.[1];
    if (key === undefined) return undefined;
    for (let n = Number(key) - 1; n <= Number(key) + 5; n += 1) {
      const pull = this.pullOfItem(n);
      if (pull?.branch === name) return lastOf(this.branchCommits(pull));
    }
    return undefined;
  }

  *#everything(of: "created" | "updated", issues: boolean): Iterable<Placed> {
    const company = this.#company;
    for (let n = 0; n < at(company.counts, this.product); n += 1) {
      const item = company.item(this.product, n);
      if (issues && this.#tracks) yield { code: codeOf(ISSUE, n), time: item[of] };
      if (item.pull === undefined) continue;
      const code = codeOf(ITEM_PULL, n);
      yield {
        code,
        time: of === "created" ? item.pull.opened : pullTouches(company, this.product, code, item).updated,
      };
    }
    for (let c = 0; c < choreCount(company, this.product); c += 1) {
      const code = codeOf(OTHER_PULL, c);
      const { opened, updated } = pullTouches(company, this.product, code, undefined);
      yield { code, time: of === "created" ? opened : updated };
    }
  }

  *#merged(): Iterable<Placed> {
    for (let n = 0; n < at(this.#company.counts, this.product); n += 1) {
      const { pull } = this.#company.item(this.product, n);
      if (pull?.merged !== undefined && pull.base === "main") yield { code: codeOf(ITEM_PULL, n), time: pull.merged };
    }
    for (let c = 0; c < choreCount(this.#company, this.product); c += 1) {
      const times = choreTimes(this.#company, this.product, c);
      if (times.merged !== undefined) yield { code: codeOf(OTHER_PULL, c), time: times.merged };
    }
  }

  *#ran(): Iterable<Placed> {
    const runs = this.#everything("created", false);
    for (const { code, time } of runs) yield { code: code * 2, time: time + 60_000 };
    for (const { code, time } of this.#merged()) yield { code: code * 2 + 1, time: time + 60_000 };
  }
}

const lastOf = (commits: readonly Commit[]): { readonly commit: Commit } | undefined =>
  commits.slice(-1).map((commit) => ({ commit }))[0];
