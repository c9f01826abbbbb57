import * as z from "zod";
import { snakeCase } from "../../domain/snake-case.ts";
import type { FeatureView, Views } from "../../store/views.ts";
import { MappedJson } from "./mapped-json.ts";

/** Evidence that comes with a feature; the rest stands in its own list. */
const EVIDENCE = 20;

export const Expand = z
  .array(z.enum(["owner", "evidence"]))
  .optional()
  .describe(
    `Brings along: the owner's account with the person behind it, and the first ${EVIDENCE} records of evidence.`,
  )
  .meta({ examples: [["owner", "evidence"]] });

const Kind = z.string().describe("What it is: work_item, pull_request, deployment and so on.");

export const EvidenceJson = z
  .object({
    id: z.string(),
    kind: Kind,
    key: z.string().nullable(),
    name: z.string(),
    tool: z.string(),
    url: z.string(),
    status: MappedJson.nullable(),
    confidence: z.number().describe("0 to 1: how sure it is that the record belongs to the feature."),
    via: z.string().describe("How it is connected."),
    at: z.iso.datetime(),
  })
  .meta({ id: "Evidence" });

export const evidenceJson = (
  line: Awaited<ReturnType<Views["evidence"]>>["items"][number],
): z.input<typeof EvidenceJson> => ({
  ...line,
  kind: snakeCase(line.kind),
  key: line.key ?? null,
  status: line.status ?? null,
});

/** What `expand` adds to a feature. */
export const Expanded = {
  ownerAccount: z
    .object({
      id: z.string(),
      name: z.string(),
      tool: z.string(),
      handle: z.string().nullable(),
      url: z.string(),
      person: z.object({ id: z.string(), name: z.string() }).nullable(),
    })
    .nullable()
    .optional()
    .describe("Only with expand=owner; null where the tool never told of the account."),
  evidence: z.array(EvidenceJson).optional().describe("Only with expand=evidence."),
};

/** For features that are shown together, in as few reads as there are. */
export const expansions = async (
  views: Views,
  features: readonly FeatureView[],
  expand: readonly ("owner" | "evidence")[] = [],
): Promise<z.input<z.ZodObject<typeof Expanded>>[]> => {
  const accounts = expand.includes("owner")
    ? await views.accounts(features.flatMap(({ owner }) => owner?.id ?? []))
    : undefined;
  const evidence = expand.includes("evidence")
    ? await Promise.all(features.map(({ id }) => views.evidence(id, undefined, EVIDENCE)))
    : undefined;
  return features.map(({ owner }, at) => {
    const account = owner === undefined ? undefined : accounts?.get(owner.id);
    return {
      ...(accounts !== undefined && {
        ownerAccount:
          account === undefined
            ? null
            : {
                id: account.id,
                name: account.name,
                tool: account.tool,
                handle: account.handle ?? null,
                url: account.url,
                person: account.person ?? null,
              },
      }),
      ...(evidence !== undefined && { evidence: (evidence[at]?.items ?? []).map(evidenceJson) }),
    };
  });
};
