import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import type { Decision } from "../../domain/link.ts";
import { type Ends, endsOf, LINK_TYPES } from "../../domain/link.ts";
import { snakeCase } from "../../domain/snake-case.ts";
import type { LinkEnd, LinkView, SuggestionView } from "../../store/shown-links.ts";
import { action } from "./action.ts";
import { ProductFilter, productId } from "./filters.ts";
import { type Asked, list, type Route } from "./route.ts";

const EndJson = z
  .object({
    id: z.string(),
    kind: z.string().nullable(),
    key: z.string().nullable(),
    name: z.string().nullable().describe("Null where the record was never read."),
    tool: z.string().nullable(),
    url: z.string().nullable().describe("Where it lives in its tool, as the tool says it."),
  })
  .meta({ id: "LinkEnd" });

const shape = {
  id: z.string(),
  from: EndJson,
  to: EndJson,
  type: z.enum(LINK_TYPES),
  productIds: z.array(z.string()),
  confidence: z.number().describe("0 to 1."),
};

const LinkJson = z
  .object({
    ...shape,
    origin: z.enum(["native", "declared", "pattern", "inferred"]).nullable(),
    holds: z.boolean().describe("False where somebody rejected it."),
    decision: z
      .object({
        is: z.enum(["confirmed", "rejected"]),
        by: z.object({ id: z.string(), name: z.string() }),
        at: z.iso.datetime(),
      })
      .nullable()
      .describe("What a person said of it; it outlives whatever the tools say again."),
    evidence: z.array(z.object({ place: z.string(), text: z.string(), url: z.string() })),
  })
  .meta({ id: "Link" });

const SuggestionJson = z
  .object({
    ...shape,
    hints: z
      .array(z.object({ by: z.enum(["mention", "name"]), text: z.string(), url: z.string(), confidence: z.number() }))
      .describe("Why the two may belong together."),
  })
  .meta({ id: "LinkSuggestion" });

const DecidedJson = z.object({ id: z.string(), decision: z.enum(["confirmed", "rejected"]).nullable() });

const endJson = ({ id, kind, key, name, tool, url }: LinkEnd): z.input<typeof EndJson> => ({
  id,
  kind: kind === undefined ? null : snakeCase(kind),
  key: key ?? null,
  name: name ?? null,
  tool: tool ?? null,
  url: url ?? null,
});

const linkJson = (link: LinkView): z.input<typeof LinkJson> => ({
  id: link.id,
  from: endJson(link.from),
  to: endJson(link.to),
  type: link.type,
  productIds: [...link.productIds],
  confidence: link.confidence,
  origin: link.origin,
  holds: link.holds,
  decision: link.decision ?? null,
  evidence: [...link.evidence],
});

const suggestionJson = (one: SuggestionView): z.input<typeof SuggestionJson> => ({
  id: one.id,
  from: endJson(one.from),
  to: endJson(one.to),
  type: one.type,
  productIds: [...one.productIds],
  confidence: one.confidence,
  hints: [...one.hints],
});

/** Lets a person decide about a link that something states or suggests, or that they decided about before. */
export const decideLink = async (
  { deps, identity }: Pick<Asked, "deps" | "identity">,
  id: string,
  is: Decision["is"] | undefined,
): Promise<Ends | undefined> => {
  const ends = endsOf(id);
  const link = ends && (await deps.views.link(id));
  if (ends === undefined || link === undefined || !link.isKnown) return undefined;
  await deps.say.decide(ends, is, { id: identity.id, name: identity.name });
  return ends;
};

const ofLink = { id: "Id of a link, from a list of links." };

const decision = (id: "confirm" | "reject", is: Decision["is"], summary: string): Route =>
  action({
    id: `${id}_link`,
    method: "POST",
    tag: "Links",
    scope: "features:write",
    path: `/v1/links/{id}/${id}`,
    summary,
    pathParameters: ofLink,
    gives: DecidedJson,
    act: async (asked) => {
      const ends = await decideLink(asked, asked.id, is);
      return ends && { body: { id: asked.id, decision: is } };
    },
  });

/** What belongs together, as people say it: manual links, and the review of those that are suggested. */
export const LINK_ROUTES: readonly Route[] = [
  list({
    id: "list_feature_links",
    tag: "Links",
    scope: "features:read",
    path: "/v1/features/{id}/links",
    summary: "Links to and from the feature that hold, and those that somebody decided about.",
    pathParameters: { id: "Id or key of a feature." },
    item: LinkJson,
    rows: async ({ deps, id, after, limit }) => {
      const feature = await deps.views.feature(id);
      if (feature === undefined) return undefined;
      const { items, next } = await deps.views.links(feature.id, after, limit);
      return { items: items.map(linkJson), next };
    },
  }),
  action({
    id: "create_feature_link",
    method: "POST",
    tag: "Links",
    scope: "features:write",
    path: "/v1/features/{id}/links",
    summary: "Say that a record belongs to the feature: it counts from then on, with confidence 1, as declared by you.",
    pathParameters: { id: "Id or key of a feature." },
    takes: z.object({
      record: z.string().max(100).describe("Id of the record, e.g. `pul_…`, `tkt_…`; lists of the API give them."),
      type: z
        .enum(LINK_TYPES)
        .describe("What the record is to the feature, e.g. `implements`, `promotes`; `supersedes`: both are the same."),
      reverse: z.boolean().default(false).describe("The link leads from the feature to the record, e.g. `parent_of`."),
    }),
    gives: LinkJson,
    status: 201,
    act: async ({ deps, id, identity, sent: { record, type, reverse } }) => {
      const feature = await deps.views.feature(id);
      if (feature === undefined) return undefined;
      const [from, to] = reverse ? [feature.id, record] : [record, feature.id];
      const name = `lnk_${from}.${type}.${to}`;
      const link = endsOf(name) && (await deps.views.link(name));
      if (link === undefined)
        throw new HubError("invalid_body", `'record': there is no record ${record.slice(0, 64)} beside the feature`, {
          retry: "never",
          details: { parameter: "record" },
        });
      const by = { id: identity.id, name: identity.name };
      await deps.say.decide({ from, to, type }, "confirmed", by);
      const decision = { is: "confirmed" as const, by, at: deps.now().toISOString() };
      return {
        body: linkJson({ ...link, origin: link.origin ?? "declared", confidence: 1, holds: true, decision }),
        location: `/v1/features/${feature.id}/links`,
      };
    },
  }),
  action({
    id: "delete_feature_link",
    method: "DELETE",
    tag: "Links",
    scope: "features:write",
    path: "/v1/features/{id}/links/{link}",
    summary: "Take back what was said of a link of the feature; what the tools state of it counts again.",
    pathParameters: { id: "Id or key of a feature.", link: "Id of a link." },
    gives: z.object({}),
    status: 204,
    act: async (asked) => {
      const feature = await asked.deps.views.feature(asked.params["id"] ?? "");
      const ends = endsOf(asked.params["link"] ?? "");
      if (feature === undefined || ends === undefined || (ends.from !== feature.id && ends.to !== feature.id))
        return undefined;
      return (await decideLink(asked, asked.params["link"] ?? "", undefined)) && { body: {} };
    },
  }),
  list({
    id: "list_link_suggestions",
    tag: "Links",
    scope: "features:read",
    path: "/v1/links/review",
    summary: "Links that are suggested and wait for a person, surest first. None of them moves a stage before.",
    query: { product: ProductFilter },
    item: SuggestionJson,
    rows: async ({ deps, query, after, limit }) => {
      const { items, next } = await deps.views.suggestions(await productId(deps.views, query.product), after, limit);
      return { items: items.map(suggestionJson), next };
    },
  }),
  decision("confirm", "confirmed", "Say that the two belong together: the link counts with confidence 1."),
  decision("reject", "rejected", "Say that they do not: the link ends, and stays ended whatever is detected again."),
  action({
    id: "reset_link",
    method: "DELETE",
    tag: "Links",
    scope: "features:write",
    path: "/v1/links/{id}/decision",
    summary: "Take back a confirmation or rejection.",
    pathParameters: ofLink,
    gives: z.object({}),
    status: 204,
    act: async (asked) => (await decideLink(asked, asked.id, undefined)) && { body: {} },
  }),
];
