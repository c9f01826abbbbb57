import { HubError } from "../../connector/errors.ts";
import { audit } from "../../store/audit.ts";
import type { EndpointSaid, WebhookDesk } from "../../store/webhook-desk.ts";
import type { WebDeps } from "../web-deps.ts";
import { audited } from "./credentials.ts";
import { type Identity, may } from "./identity.ts";

/** Of the address only the host: in the rest of it some receivers hide a credential. */
const toldOf = ({ url, events, products }: Partial<EndpointSaid>) => ({
  ...(url !== undefined && { host: new URL(url).host }),
  ...(events !== undefined && { events }),
  ...(products !== undefined && { products }),
});

/**
 * The desk for one identity: whatever they do that changes where events go, or who can read them there, is in the audit
 * log, from whichever surface they do it.
 */
export const auditedDesk = (
  desk: WebhookDesk,
  deps: Pick<WebDeps, "table" | "now">,
  identity: Identity,
): WebhookDesk => {
  const note = (act: string, id: string, detail = {}) =>
    audit(audited(deps), identity, `webhook_endpoint.${act}`, id, detail);
  return {
    ...desk,
    async create(said, by) {
      const made = await desk.create(said, by, identity.id);
      await note("create", made.endpoint.id, toldOf(said));
      return made;
    },
    async change(id, said) {
      const { isPaused } = said;
      if (isPaused === false && !may(identity, "admin") && (await desk.endpoint(id))?.disabled?.isMakerGone === true)
        throw new HubError("scope_missing", "whoever made this endpoint is gone: an administrator can take it over", {
          retry: "never",
          details: { scope: "admin" },
        });
      const changed = await desk.change(id, said, { id: identity.id, name: identity.name });
      if (changed !== undefined)
        await note("change", id, { ...toldOf(said), ...(isPaused !== undefined && { paused: isPaused }) });
      return changed;
    },
    async remove(id) {
      const isDone = await desk.remove(id);
      if (isDone) await note("remove", id);
      return isDone;
    },
    async rotate(id) {
      const rotated = await desk.rotate(id);
      if (rotated !== undefined) await note("rotate", id);
      return rotated;
    },
    async replay(id, from, to) {
      const endpoint = await desk.replay(id, from, to);
      if (endpoint !== undefined) await note("replay", id, { from, to });
      return endpoint;
    },
  };
};
