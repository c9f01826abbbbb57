import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { type Assertion, SAYS_OF_STAGE } from "../../domain/assertion.ts";
import { HEALTH_VALUES } from "../../domain/entity.ts";
import { STAGES } from "../../domain/stage.ts";
import type { Saying } from "../../store/said.ts";
import { strongTag } from "../entity-tag.ts";
import { expiryOf, REASON_AT_MOST, TEXT_AT_MOST } from "../sayings.ts";
import { action, demandMatch } from "./action.ts";
import { Moment } from "./filters.ts";
import { type Asked, list, type Route } from "./route.ts";
import { AssertionJson, assertionJson, UpdateJson, updateJson } from "./said-json.ts";

const FEATURE = { id: "Id or key of a feature; keys it once had and any case are understood." };
const INITIATIVE = { id: "Id or key of an initiative." };

const Reason = z
  .string()
  .trim()
  .min(1, "say why: whoever sees it will ask")
  .max(REASON_AT_MOST)
  .describe("Why; shown to everybody.");
const ExpiresAt = Moment.describe("Until when it counts, at most a year; a day means its end.");

const Override = z.strictObject({
  stage: z.enum(STAGES),
  polarity: z
    .enum(SAYS_OF_STAGE)
    .describe("`enter`: it is in that stage; `not`: it is not; `skip`: it does without it."),
  reason: Reason,
  expiresAt: ExpiresAt,
});
const DeclaredHealth = z.strictObject({ value: z.enum(HEALTH_VALUES), reason: Reason, expiresAt: ExpiresAt });

const SaidJson = z.object({
  feature: z.string(),
  assertions: z.array(AssertionJson).describe("All that was asserted of it, oldest first."),
});

const PostedJson = z.object({
  health: z.enum(HEALTH_VALUES).optional().describe("How it is doing; leave it out where nothing is said of that."),
  text: z.string().trim().min(1, "say what is new").max(TEXT_AT_MOST).describe("Plain text."),
});

type Given = { readonly reason: string; readonly expiresAt: string };

const nextOf = (given: Given, said: Assertion["said"], now: Date): NonNullable<Saying["next"]> => ({
  said,
  reason: given.reason,
  expiresAt: expiryOf(given.expiresAt, now),
});

/** The two routes of updates on one kind of thing. */
const updateRoutes = (
  kind: "features" | "initiatives",
  pathParameters: Readonly<Record<string, string>>,
  named: (asked: Asked) => Promise<{ readonly id: string } | undefined>,
): readonly Route[] => [
  list({
    id: `list_${kind.slice(0, -1)}_updates`,
    tag: kind === "features" ? "Features" : "Plan",
    scope: "features:read",
    path: `/v1/${kind}/{id}/updates`,
    summary: "What people posted, newest first.",
    pathParameters,
    item: UpdateJson,
    rows: async ({ after, limit, ...asked }) => {
      const about = await named(asked);
      if (about === undefined) return undefined;
      const { items, next } = await asked.deps.views.updates(about.id, after, limit);
      return { items: items.map(updateJson), next };
    },
  }),
  action({
    id: `post_${kind.slice(0, -1)}_update`,
    method: "POST",
    tag: kind === "features" ? "Features" : "Plan",
    scope: "features:write",
    path: `/v1/${kind}/{id}/updates`,
    summary: "Tell how it is doing. The health counts as declared by you for 14 days, or until somebody says more.",
    pathParameters,
    takes: PostedJson,
    gives: UpdateJson,
    status: 201,
    act: async ({ sent, ...asked }) => {
      const about = await named(asked);
      if (about === undefined) return undefined;
      const by = { id: asked.identity.id, name: asked.identity.name };
      const posted = await asked.deps.say.post({ about: about.id, by, text: sent.text, health: sent.health });
      return { body: updateJson(posted), location: `/v1/${kind}/${about.id}/updates` };
    },
  }),
];

/** What people say: overrides of stage and health, and updates. */
export const SAID_ROUTES: readonly Route[] = [
  action({
    id: "override_feature",
    method: "PATCH",
    tag: "Features",
    scope: "features:write",
    path: "/v1/features/{id}",
    summary:
      "Say in which stage the feature is, or how it is doing, with a reason and an end; null takes it back. It is shown as yours beside what tools say. The view follows: Location leads to it.",
    pathParameters: FEATURE,
    takes: z.object({ override: Override.nullable().optional(), health: DeclaredHealth.nullable().optional() }),
    gives: SaidJson,
    status: 202,
    act: async ({ deps, id, identity, ifMatch, sent: { override, health } }) => {
      const feature = await deps.views.feature(id);
      if (feature === undefined) return undefined;
      demandMatch(ifMatch, strongTag("get_feature", feature.id, feature.version));
      const sayings: Saying[] = [];
      if (override !== undefined) {
        const next =
          override === null
            ? undefined
            : nextOf(override, { about: "stage", stage: override.stage, says: override.polarity }, deps.now());
        sayings.push({ about: "stage", ...(next && { next }) });
      }
      if (health !== undefined) {
        const next = health === null ? undefined : nextOf(health, { about: "health", value: health.value }, deps.now());
        sayings.push({ about: "health", ...(next && { next }) });
      }
      if (sayings.length === 0)
        throw new HubError("invalid_body", "send 'override', 'health' or both", { retry: "never" });
      const by = { id: identity.id, name: identity.name };
      if (!(await deps.say.assert(feature.id, feature.version, by, sayings)))
        throw new HubError("version_conflict", "somebody said something to that version already", { retry: "never" });
      const assertions = await deps.views.said(feature.id);
      return {
        body: { feature: feature.id, assertions: assertions.map(assertionJson) },
        location: `/v1/features/${feature.id}`,
      };
    },
  }),
  ...updateRoutes("features", FEATURE, ({ deps, id }) => deps.views.feature(id)),
  ...updateRoutes("initiatives", INITIATIVE, ({ deps, id }) => deps.views.initiative(id)),
];
