import type { Truth } from "../../infra/sandbox/control/records.ts";
import type { StoredEntity } from "../../shared/store/entities.ts";

/** What a hub and the company say of one work item, for a comparison that reads well when it fails. */
interface Said {
  readonly key: string;
  readonly title?: string;
  readonly status?: string;
  readonly updated?: string;
  readonly presence: string;
}

const ITEM_KINDS = new Set(["workItem", "feature", "initiative"]);

/** GitHub's own word for a status is only open or closed; the hub tells why it was closed. */
const statusOf = (tool: string, detail: string): string =>
  tool === "github" ? (detail.toLowerCase().startsWith("closed") ? "closed" : "open") : detail;

const presenceOf = ({ deleted, archived }: Truth): string => (deleted ? "deleted" : archived ? "archived" : "present");

/** By key: what is true. Of what is gone only that is compared: what it was last, nobody can ask any more. */
export const truly = (truth: readonly Truth[]): Map<string, Said> =>
  new Map(
    truth.map((one): [string, Said] => {
      const presence = presenceOf(one);
      if (presence === "deleted") return [one.key.toLowerCase(), { key: one.key, presence }];
      return [
        one.key.toLowerCase(),
        {
          key: one.key,
          title: one.title,
          // Initiatives of Jira have a plan status only.
          ...(one.type !== "initiative" && { status: one.status }),
          updated: new Date(one.updated).toISOString(),
          presence,
        },
      ];
    }),
  );

/** By key: what the hub holds. */
export const held = (entities: Iterable<StoredEntity>): Map<string, Said> => {
  const found = new Map<string, Said>();
  for (const entity of entities) {
    if (!ITEM_KINDS.has(entity.kind) || !["issue"].includes(nounOf(entity))) continue;
    const key = entity.source.key ?? entity.source.externalId;
    const presence = entity.presence.state;
    const fields = entity.fields as { title: string; status?: { detail: string } };
    found.set(
      key.toLowerCase(),
      presence === "deleted"
        ? { key, presence }
        : {
            key,
            title: fields.title,
            ...(entity.kind !== "initiative" && { status: statusOf(entity.source.tool, fields.status?.detail ?? "") }),
            updated: entity.sourceUpdatedAt,
            presence,
          },
    );
  }
  return found;
};

/** Milestones of GitHub and projects of Linear are features too, and no work items of anybody. */
const nounOf = ({ kind, source }: StoredEntity): string =>
  kind === "workItem" || source.tool === "jira" ? "issue" : "plan";
