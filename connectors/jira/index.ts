import type * as z from "zod";
import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { mapWord } from "../../shared/domain/mapped.ts";
import * as census from "./census.ts";
import { Config, httpOf, scopesOf } from "./config.ts";
import { listedIn, listedIssues } from "./listed.ts";
import { normaliseProject, normaliseSprint, normaliseStatus, normaliseVersion } from "./normalise.ts";
import { normaliseIssue } from "./normalise-issue.ts";
import { IssueCursor, readIssues, rereadIssues } from "./read-issues.ts";
import { ListCursor, readProjects, readStatuses, readVersions, rereadVersions } from "./read-lists.ts";
import { readSprints, rereadSprints } from "./read-sprints.ts";
import { Issue, Project, Sprint, Status, Version } from "./schema.ts";
import { hooks, setup } from "./setup.ts";
import { STATUSES } from "./vocabulary.ts";
import { deliveryId, probe, recordsOf, signature } from "./webhook.ts";

/** Jira Cloud, with the ideas of Product Discovery and the requests of Service Management: all are issues. */
export default defineConnector<z.output<typeof Config>>({
  id: "jira",
  title: "Jira",
  category: "planning",
  docs: "https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/",
  config: Config,
  http: httpOf,
  setup,
  status: (word, own) => mapWord(word, STATUSES, own),
  streams: {
    projects: stream({
      record: Project,
      kinds: ["team"],
      normalise: normaliseProject,
      listed: listedIn("values"),
      timeless: true,
      poll: { cursor: ListCursor, start: {}, scopes: scopesOf, read: readProjects },
    }),
    statuses: stream({
      record: Status,
      kinds: ["vocabulary"],
      normalise: normaliseStatus,
      listed: listedIn("values"),
      timeless: true,
      poll: { cursor: ListCursor, start: {}, read: readStatuses },
    }),
    versions: stream({
      record: Version,
      kinds: ["release"],
      normalise: normaliseVersion,
      listed: listedIn("values"),
      timeless: true,
      poll: { cursor: ListCursor, start: {}, scopes: scopesOf, read: readVersions },
      reread: rereadVersions,
      census: census.VERSIONS,
    }),
    sprints: stream({
      record: Sprint,
      kinds: ["cycle"],
      normalise: normaliseSprint,
      listed: listedIn("values"),
      timeless: true,
      poll: { cursor: ListCursor, start: {}, scopes: scopesOf, read: readSprints },
      reread: rereadSprints,
    }),
    issues: stream({
      record: Issue,
      kinds: ["initiative", "feature", "workItem", "supportTicket", "account", "cycle", "customer"],
      normalise: normaliseIssue,
      listed: listedIssues,
      poll: { cursor: IssueCursor, start: {}, scopes: scopesOf, read: readIssues },
      reread: rereadIssues,
      census: census.ISSUES,
    }),
  },
  webhook: {
    signature,
    secrets: ["webhookSecret", "previousWebhookSecret", "oauth.clientSecret"],
    probe,
    deliveryId,
    keeps: ["x-atlassian-webhook-identifier", "x-atlassian-webhook-flow", "x-atlassian-webhook-retry"],
    records: (body, _, config) => recordsOf(body, config),
    setup: hooks,
  },
});
