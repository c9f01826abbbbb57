import { visible } from "../../shared/connector/markdown.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { referencesIn } from "../../shared/domain/reference.ts";
import { labelNames } from "./issue-labels.ts";
import { accountRef, accountsOf, usersIn } from "./normalise-account.ts";
import { milestoneRef } from "./normalise-issue.ts";
import { numberAlias, repositoryOf, shaAlias } from "./place.ts";
import type { Commit, PullRequest, Review } from "./schema.ts";

const PULL_STATES: Table<"open" | "closed" | "merged"> = new Map([
  ["open", "open"],
  ["closed", "closed"],
  ["merged", "merged"],
]);

/** https://docs.github.com/rest/pulls/reviews ; webhooks write the same words in lower case */
const REVIEW_STATES: Table<"approved" | "changes_requested" | "commented" | "dismissed" | "pending"> = new Map([
  ["approved", "approved"],
  ["changes_requested", "changes_requested"],
  ["commented", "commented"],
  ["dismissed", "dismissed"],
  ["pending", "pending"],
]);

/** A pull request and the accounts it names. */
export const normalisePull = (pull: PullRequest): readonly Draft[] => {
  const repository = pull.base?.repo?.full_name ?? repositoryOf(pull);
  const mergedAt = maybeInstant(pull.merged_at);
  const mergeCommitSha = mergedAt === undefined ? undefined : (pull.merge_commit_sha ?? undefined);
  const headSha = pull.head?.sha ?? undefined;
  const head = pull.head?.ref ?? "";
  const draft: Draft<"pullRequest"> = {
    kind: "pullRequest",
    external: {
      noun: "pull_request",
      id: pull.node_id,
      key: `${repository}#${pull.number}`,
      url: pull.html_url ?? pull.url ?? "",
    },
    scopes: [repository],
    createdAt: maybeInstant(pull.created_at),
    updatedAt: maybeInstant(pull.updated_at) ?? maybeInstant(pull.created_at) ?? TIMELESS,
    fields: {
      title: pull.title ?? "",
      repository,
      number: pull.number,
      state: mapWord({ name: mergedAt === undefined ? (pull.state ?? "open") : "merged" }, PULL_STATES),
      isDraft: pull.draft ?? false,
      authorId: accountRef(pull.user),
      base: pull.base?.ref ?? "",
      head,
      headSha,
      mergeCommitSha,
      mergedAt,
      closedAt: maybeInstant(pull.closed_at),
      labels: labelNames(pull.labels),
      milestoneId: milestoneRef(pull.milestone),
    },
    aliases: [
      ...new Set([
        numberAlias(repository, pull.number),
        ...[mergeCommitSha, headSha].flatMap((sha) => (sha ? [shaAlias(sha)] : [])),
      ]),
    ],
    references: [
      ...referencesIn(head, "branch", repository),
      ...referencesIn(pull.title, "title", repository),
      ...referencesIn(visible(pull.body), "body", repository),
    ],
  };
  return [draft, ...accountsOf([pull.user, ...usersIn(pull.assignees)])];
};

/**
 * The pull request of a review or commit. GitHub's own rows name it by address only; the reader attaches its id. Without
 * it the address stands in, so that the record is kept though it leads nowhere.
 */
const pullRef = ({ pull_request, pull_request_url }: Pick<Review, "pull_request" | "pull_request_url">) => {
  const id = pull_request?.node_id ?? pull_request_url;
  return id ? ({ kind: "pullRequest", noun: "pull_request", id } satisfies Ref) : undefined;
};

/** A review; nothing for one not yet submitted, which only its author sees. */
export const normaliseReview = (review: Review): readonly Draft[] => {
  const at = maybeInstant(review.submitted_at);
  const pullRequestId = pullRef(review);
  if (at === undefined || pullRequestId === undefined) return [];
  const draft: Draft<"review"> = {
    kind: "review",
    external: { noun: "review", id: review.node_id, url: review.html_url ?? "" },
    scopes: [repositoryOf(review)],
    createdAt: at,
    updatedAt: at,
    fields: {
      pullRequestId,
      authorId: accountRef(review.user),
      state: mapWord({ name: (review.state ?? "").toLowerCase() }, REVIEW_STATES),
      at,
    },
  };
  return [draft, ...accountsOf([review.user])];
};

type Signature = NonNullable<Commit["commit"]>["author"];
const signedAt = (signature: Signature) => (typeof signature === "string" ? undefined : maybeInstant(signature?.date));

/** A commit of a pull request. */
export const normaliseCommit = (commit: Commit): readonly Draft[] => {
  const repository = repositoryOf(commit);
  const message = commit.commit?.message ?? "";
  const at = signedAt(commit.commit?.committer) ?? signedAt(commit.commit?.author) ?? TIMELESS;
  const draft: Draft<"commit"> = {
    kind: "commit",
    external: {
      noun: "commit",
      id: commit.node_id ?? commit.sha,
      key: commit.sha.slice(0, 10),
      url: commit.html_url ?? commit.url ?? "",
    },
    scopes: [repository],
    createdAt: at,
    updatedAt: at,
    fields: {
      sha: commit.sha,
      title: message.split("\n", 1)[0] ?? "",
      authorId: accountRef(commit.author),
      at,
      pullRequestId: pullRef(commit),
    },
    aliases: [shaAlias(commit.sha)],
    references: referencesIn(message, "commit", repository),
  };
  return [draft, ...accountsOf([commit.author])];
};
