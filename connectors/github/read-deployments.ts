import { createHash } from "node:crypto";
import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { type Instant, maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import { type GitHub, openGitHub } from "./client.ts";
import { commitsBetween } from "./compare.ts";
import type { GitHubConfig } from "./config.ts";
import { DeploymentLedger, type DeploymentsCursor, placeInOrder } from "./deployment-ledger.ts";
import { type DeploymentOutcome, deploymentOutcome } from "./deployment-outcome.ts";
import { allRows, before, eightAtOnce, pageGuard, rowsOf, timeOf, toSecond } from "./paging.ts";
import { ownerAndName } from "./place.ts";
import { Deployment, DeploymentStatus } from "./schema.ts";

/** Deployments between two checkpoints: each takes one to three requests. */
const CHUNK = 20;
const ONE = "GET /repos/{owner}/{repo}/deployments/{deployment_id}";

/**
 * First the deployments whose statuses may have moved, then the new ones, oldest first: what a deployment brought depends
 * on the successful one before it. GitHub lists newest first, so the new part of the list is read before its first record
 * is given. Of each that is watched only the statuses are asked for, and it is given again only if they changed.
 */
export async function* readDeployments(
  context: ReadContext<GitHubConfig>,
  cursor: DeploymentsCursor,
  repository: string,
): AsyncGenerator<Page<DeploymentsCursor>, void, undefined> {
  const { config } = context;
  const github = await openGitHub(context);
  const ledger = new DeploymentLedger(cursor);
  const { rows, now } = await newDeployments(github, config, repository, cursor.createdTo);
  const listed = new Set(rows.map(idOf));
  const known = cursor.watched.filter(({ id }) => !listed.has(id));
  const all: readonly Candidate[] = [
    ...known.map(({ id }) => ({ id })),
    ...rows.map((row) => ({ id: idOf(row), row })),
  ];
  const readFrom = (from: number): Promise<Read[][]> =>
    eightAtOnce(all.slice(from, from + CHUNK), (one) => changed(github, config, repository, one, ledger));
  let coming = readFrom(0);
  for (let from = 0; from === 0 || from < all.length; from += CHUNK) {
    const read = await coming;
    // The next statuses are read while these commits are compared. How that fails is told when their turn comes.
    coming = readFrom(from + CHUNK);
    coming.catch(() => {});
    const noted = read.flat().map((one) => ({ ...one, base: note(one, ledger) }));
    const records = await eightAtOnce(noted, (one) => withCommits(github, config, repository, one));
    yield { records, cursor: ledger.cursor(now, config.recheckHours, config.watchedAtMost) };
  }
}

interface Candidate {
  readonly id: number;
  readonly row?: unknown;
}

const placeOfRow = (row: unknown): string => {
  const deployment = Deployment.safeParse(row).data;
  return deployment === undefined ? "" : placeInOrder(deployment);
};
const idOf = (row: unknown): number => Deployment.safeParse(row).data?.id ?? 0;

/** The deployment with its statuses, or nothing if they are as the ledger knows them. */
const changed = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  { id, row }: Candidate,
  ledger: DeploymentLedger,
): Promise<Read[]> => {
  if (id === 0) return [unreadable(row)];
  const statuses = await statusesOf(github, config, repository, id);
  if (ledger.knows(id, markOf(statuses))) return [];
  const found = row ?? (await github.find(ONE, { ...ownerAndName(repository), deployment_id: id }))?.body;
  if (found !== undefined) return [withStatuses(found, statuses)];
  ledger.forget(id);
  return [];
};

/** Rows made since the cursor, oldest first, and GitHub's time. */
const newDeployments = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  createdTo: Instant | null,
): Promise<{ rows: unknown[]; now: Instant }> => {
  const floor = createdTo === null ? "" : before(createdTo, config.overlapSeconds);
  const guard = pageGuard(config.pagesAtMost, "deployments");
  const rows: unknown[] = [];
  let answer = await github.page("GET /repos/{owner}/{repo}/deployments", {
    ...ownerAndName(repository),
    per_page: config.pageSize,
  });
  const told = answer?.at;
  while (answer !== undefined) {
    const page = rowsOf(answer.body, "deployments");
    const fresh = page.filter((row) => toSecond(timeOf(row, "created_at") ?? "9999") >= floor);
    rows.push(...fresh);
    if (answer.next === undefined || fresh.length < page.length) break;
    guard(answer.next);
    answer = await github.page(answer.next);
  }
  rows.sort((a, b) => placeOfRow(a).localeCompare(placeOfRow(b)));
  const newest = rows.map((row) => timeOf(row, "created_at")).findLast((at) => at !== undefined);
  return { rows, now: told ?? newest ?? createdTo ?? "1970-01-01T00:00:00.000Z" };
};

interface Read {
  readonly row: unknown;
  readonly deployment?: Deployment;
  readonly statuses: readonly unknown[];
  readonly outcome: DeploymentOutcome;
}

const statusesOf = (github: GitHub, config: GitHubConfig, repository: string, id: number): Promise<unknown[]> =>
  allRows(github, `${ONE}/statuses`, { ...ownerAndName(repository), deployment_id: id }, config.pagesAtMost);

const markOf = (statuses: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(statuses)).digest("hex").slice(0, 12);

const unreadable = (row: unknown): Read => ({ row, statuses: [], outcome: deploymentOutcome(undefined) });

const withStatuses = (row: unknown, statuses: readonly unknown[]): Read => {
  const deployment = Deployment.safeParse(row).data;
  if (deployment === undefined) return unreadable(row);
  return { row, deployment, statuses, outcome: deploymentOutcome(z.array(DeploymentStatus).safeParse(statuses).data) };
};

/** Notes the deployment. @returns the commit that was live before it */
const note = ({ deployment, statuses, outcome }: Read, ledger: DeploymentLedger): string | undefined => {
  if (deployment === undefined) return undefined;
  ledger.note(deployment, maybeInstant(deployment.created_at) ?? TIMELESS, outcome, markOf(statuses));
  return ledger.baseOf(deployment);
};

const withCommits = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  { row, deployment, statuses, base }: Read & { readonly base: string | undefined },
): Promise<unknown> => {
  if (deployment === undefined) return row;
  return { ...deployment, statuses, commit_shas: await brought(github, config, repository, deployment, base) };
};

const brought = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  deployment: Deployment,
  base: string | undefined,
): Promise<string[]> => {
  const sha = deployment.sha ?? "";
  if (!base || base === sha) return [sha];
  const shas = await commitsBetween(github, config, repository, base, sha);
  return shas.includes(sha) ? shas : [...shas, sha];
};

/** How many older deployments of the environment are asked for their success when one is read on its own. */
const LOOK_BACK = 20;

/** One deployment as the poll gives it. */
export const completeDeployment = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  row: unknown,
): Promise<unknown> => {
  const deployment = Deployment.safeParse(row).data;
  if (deployment === undefined) return row;
  const statuses = await statusesOf(github, config, repository, deployment.id);
  const siblings = await github.page("GET /repos/{owner}/{repo}/deployments", {
    ...ownerAndName(repository),
    environment: deployment.environment ?? "",
    per_page: 100,
  });
  const older = rowsOf(siblings?.body ?? [], "deployments")
    .flatMap((sibling) => Deployment.safeParse(sibling).data ?? [])
    .filter((sibling) => placeInOrder(sibling) < placeInOrder(deployment))
    .sort((a, b) => placeInOrder(b).localeCompare(placeInOrder(a)))
    .slice(0, LOOK_BACK);
  const base = await firstSuccess(github, config, repository, older);
  return { ...deployment, statuses, commit_shas: await brought(github, config, repository, deployment, base) };
};

const firstSuccess = async (
  github: GitHub,
  config: GitHubConfig,
  repository: string,
  candidates: readonly Deployment[],
): Promise<string | undefined> => {
  for (const candidate of candidates) {
    const { outcome } = withStatuses(candidate, await statusesOf(github, config, repository, candidate.id));
    if (outcome.succeeded) return candidate.sha ?? undefined;
  }
  return undefined;
};
