import { HubError } from "../../connector/errors.ts";
import { SAYS_OF_STAGE } from "../../domain/assertion.ts";
import { HEALTH_VALUES } from "../../domain/entity.ts";
import { STAGES } from "../../domain/stage.ts";
import type { Saying } from "../../store/said.ts";
import { featurePath } from "../feature-address.ts";
import { expiryOf, REASON_AT_MOST, TEXT_AT_MOST } from "../sayings.ts";
import type { WebDeps } from "../web-deps.ts";
import { answerForm, type Filled, oneOf, textIn } from "./form.tsx";
import type { FormHandler } from "./settings/form.tsx";

const DOES = ["update", "stage", "health", "clear_stage", "clear_health"] as const;

const sayingOf = (does: (typeof DOES)[number], { field }: Filled, now: Date): Saying => {
  if (does === "clear_stage") return { about: "stage" };
  if (does === "clear_health") return { about: "health" };
  const reason = textIn("reason", field("reason"), REASON_AT_MOST);
  const expiresAt = expiryOf(field("expires_at"), now);
  if (does === "health") {
    const value = oneOf("health", field("health"), HEALTH_VALUES);
    return { about: "health", next: { said: { about: "health", value }, reason, expiresAt } };
  }
  const stage = oneOf("stage", field("stage"), STAGES);
  const says = oneOf("polarity", field("polarity"), SAYS_OF_STAGE);
  return { about: "stage", next: { said: { about: "stage", stage, says }, reason, expiresAt } };
};

/** An update that a form posts about a feature or initiative. */
export const postUpdate = async ({ say }: WebDeps, about: string, { field, identity }: Filled): Promise<void> => {
  const health = field("health") === "" ? undefined : oneOf("health", field("health"), HEALTH_VALUES);
  const text = textIn("text", field("text"), TEXT_AT_MOST);
  await say.post({ about, health, text, by: { id: identity.id, name: identity.name } });
};

/** The forms of a feature's page. */
export const featureForm: FormHandler = (c, deps, fields) =>
  answerForm(c, fields, async (filled) => {
    const feature = await deps.views.feature(c.req.param("key") ?? "");
    if (feature === undefined) throw new HubError("feature_unknown", "there is no such feature", { retry: "never" });
    const does = oneOf("does", filled.field("does"), DOES);
    const by = { id: filled.identity.id, name: filled.identity.name };
    if (does === "update") await postUpdate(deps, feature.id, filled);
    else {
      const isPresent = filled.field("version") === String(feature.version);
      const saying = sayingOf(does, filled, deps.now());
      if (!isPresent || !(await deps.say.assert(feature.id, feature.version, by, [saying])))
        throw new HubError("version_conflict", "the feature changed since you opened its page", { retry: "never" });
    }
    return `${featurePath(feature)}#said`;
  });
