import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { pageOf, timesOf } from "./place.ts";
import type { Group, Organization, User } from "./schema.ts";

export const normaliseOrganization = (organization: Organization): readonly Draft[] => {
  const times = timesOf(organization);
  const deletedAt = maybeInstant(organization.deleted_at);
  const draft: Draft<"customer"> = {
    kind: "customer",
    external: {
      noun: "organization",
      id: organization.id,
      url: pageOf(organization.url, `agent/organizations/${organization.id}/tickets`),
    },
    scopes: [],
    ...times,
    ...(deletedAt !== undefined && { archivedAt: deletedAt }),
    fields: {
      name: organization.name || `Organization ${organization.id}`,
      ...(organization.domain_names != null && { domains: organization.domain_names.map((one) => one.toLowerCase()) }),
      ...(organization.tags != null && { labels: organization.tags.toSorted() }),
    },
  };
  return [draft];
};

/** An agent as an account; of the e-mail address only a hash is kept. An end user is no account of ours, whatever is told of it. */
export const normaliseUser = (user: User, { emailHash }: NormaliseContext): readonly Draft[] => {
  if (user.role === "end-user") return [];
  const draft: Draft<"account"> = {
    kind: "account",
    external: { noun: "user", id: user.id, url: pageOf(user.url, `agent/users/${user.id}`) },
    scopes: [],
    ...timesOf(user),
    fields: {
      tool: "zendesk",
      ...(user.name && { name: user.name }),
      emailHash: emailHash?.(user.email ?? ""),
      isBot: false,
      ...(user.active != null && { isActive: user.active && user.suspended !== true }),
    },
  };
  return [draft];
};

export const normaliseGroup = (group: Group): readonly Draft[] => {
  const times = timesOf(group);
  const draft: Draft<"team"> = {
    kind: "team",
    external: { noun: "group", id: group.id, url: pageOf(group.url, `admin/people/team/groups/${group.id}`) },
    scopes: [],
    ...times,
    ...(group.deleted === true && { archivedAt: times.updatedAt }),
    fields: { name: group.name || `Group ${group.id}` },
  };
  return [draft];
};
