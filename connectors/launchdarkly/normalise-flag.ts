import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { CustomField, Draft } from "../../shared/domain/entity.ts";
import { environmentOf } from "../../shared/domain/environment.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import { referencesIn } from "../../shared/domain/reference.ts";
import { idOf, labelsOf, pageOf, pointersIn, projectOf } from "./envelope.ts";
import { type Rollout, rolloutOf } from "./rollout.ts";
import type { Flag } from "./schema.ts";

/** A flag with its rollout in every environment that was read. */
export const normaliseFlag = (flag: Flag, context: NormaliseContext): readonly Draft[] => {
  const { customProperties } = flag;
  const projectKey = projectOf(flag);
  const archivedAt = flag.archived === true ? (maybeInstant(flag.archivedDate) ?? TIMELESS) : undefined;
  const maintainer = maintainerOf(flag, context);
  const properties = Object.entries(customProperties ?? {});
  const draft: Draft<"featureFlag"> = {
    kind: "featureFlag",
    external: {
      noun: "flag",
      id: idOf(projectKey, flag.key),
      key: flag.key,
      url: pageOf({ ...flag, projectKey }, `flags/${encodeURIComponent(flag.key)}`),
    },
    scopes: projectKey ? [projectKey] : [],
    createdAt: maybeInstant(flag.creationDate),
    updatedAt: TIMELESS,
    archivedAt,
    fields: {
      key: flag.key,
      name: flag.name || flag.key,
      text: flag.description || undefined,
      environments: Object.keys(flag.environments ?? {}).map((name) => environmentDraft(flag, name, context)),
      isTemporary: flag.temporary ?? undefined,
      archivedAt,
      ownerId: flag.maintainerId ? { kind: "account", noun: "member", id: flag.maintainerId } : undefined,
      labels: labelsOf(flag.tags),
    },
    aliases: [`flag:${flag.key.toLowerCase()}`, ...(projectKey ? [`launchdarkly.com/${projectKey}/${flag.key}`] : [])],
    references: [
      ...pointersIn([flag.name, flag.key], flag.tags, [flag.description]),
      // LaunchDarkly's own integrations keep the issues of a flag here, and people what other tools are to know.
      ...properties.flatMap(([, { value }]) =>
        (value ?? []).flatMap((one) => (typeof one === "string" ? referencesIn(one, "declared") : [])),
      ),
    ],
    customFields: properties.map(
      ([fieldId, { name, value }]): CustomField => ({
        fieldId,
        name: name || fieldId,
        type: "list",
        value: value ?? [],
      }),
    ),
  };
  return [draft, ...maintainer];
};

const environmentDraft = (flag: Flag, name: string, { environments }: NormaliseContext) => {
  const { category } = environmentOf(name, environments);
  const { segments, ...rollout }: Rollout = rolloutOf(flag, name, flag.needed ?? {});
  const changedAt = maybeInstant(flag.environments?.[name]?.lastModified);
  const lastEvaluatedAt = maybeInstant(flag.statuses?.[name]?.lastRequested);
  return {
    name,
    category: category === "unknown" ? ("other" as const) : category,
    ...rollout,
    ...(segments !== undefined && { segments: [...segments] }),
    ...(changedAt !== undefined && { changedAt }),
    ...(lastEvaluatedAt !== undefined && { lastEvaluatedAt }),
  };
};

/** The member who maintains the flag; of the address only a hash is kept. */
const maintainerOf = (
  { _maintainer: member, appUrl }: Flag,
  { emailHash: hashOf }: NormaliseContext,
): Draft<"account">[] => {
  if (member == null || member._id === "") return [];
  const name = [member.firstName, member.lastName].filter(Boolean).join(" ");
  const emailHash = hashOf?.(member.email ?? "");
  return [
    {
      kind: "account",
      external: {
        noun: "member",
        id: member._id,
        url: `${/^https?:\/\//.test(appUrl ?? "") ? appUrl : "https://app.launchdarkly.com"}/settings/members/${encodeURIComponent(member._id)}`,
      },
      scopes: [],
      updatedAt: TIMELESS,
      fields: {
        tool: "launchdarkly",
        ...(name !== "" && { name }),
        ...(emailHash !== undefined && { emailHash }),
        isBot: false,
      },
    },
  ];
};
