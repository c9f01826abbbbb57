import * as z from "zod";
import { type Credential, credentials } from "../../store/access.ts";
import { GrantShape, isTheirs } from "../access/allowed-grant.ts";
import { endCredential, makeKey, makeShare } from "../access/credentials.ts";
import { action } from "./action.ts";
import { CredentialJson, credentialJson } from "./credential-json.ts";
import { Moment } from "./filters.ts";
import { list } from "./route.ts";

const ExpiresAt = Moment.optional().describe("From when on it opens nothing; without it only a revocation ends it.");
const Done = z.object({});

const KeyMade = CredentialJson.extend({
  key: z.string().describe("The key itself: told now and never again."),
}).meta({ id: "NewKey" });

const ShareJson = CredentialJson.extend({
  path: z.string().describe("The one page that it shows."),
}).meta({ id: "Share" });

const ShareMade = ShareJson.extend({
  url: z.string().describe("The link: told now and never again."),
}).meta({ id: "NewShare" });

const shareJson = (share: Credential): z.input<typeof ShareJson> => ({
  ...credentialJson(share),
  path: share.path ?? "/",
});

export const KEY_ROUTES = [
  list({
    id: "list_keys",
    tag: "Keys",
    scope: "keys:write",
    path: "/v1/keys",
    summary: "Keys, oldest first, those that ended too: of all to administrators, else one's own.",
    item: CredentialJson,
    rows: async ({ deps: { table }, identity, after, limit }) => {
      const { items, next } = await credentials(table, "key", after, limit, (one) => isTheirs(identity, one));
      return { items: items.map(credentialJson), next };
    },
  }),
  action({
    id: "create_key",
    method: "POST",
    tag: "Keys",
    scope: "keys:write",
    path: "/v1/keys",
    summary: "Makes a key, which can do and see no more than its maker. The answer alone tells it.",
    takes: z.object({ name: z.string().trim().min(1).max(100), ...GrantShape, expiresAt: ExpiresAt }),
    gives: KeyMade,
    givesSecret: true,
    status: 201,
    act: async ({ deps, identity, sent }) => {
      const { credential, token } = await makeKey(deps, identity, sent);
      return { body: { ...credentialJson(credential), key: token } };
    },
  }),
  action({
    id: "revoke_key",
    method: "DELETE",
    tag: "Keys",
    scope: "keys:write",
    path: "/v1/keys/{id}",
    summary:
      "Ends a key at once, with the sessions that were opened with it, and the keys and links to pages that were made with it or with those keys. The audit log names each.",
    pathParameters: { id: "Id of a key." },
    gives: Done,
    status: 204,
    act: async ({ deps, identity, id }) => (await endCredential(deps, identity, "key", id)) && { body: {} },
  }),
  list({
    id: "list_shares",
    tag: "Shares",
    scope: "shares:write",
    path: "/v1/shares",
    summary: "Links to single pages, oldest first: of all to administrators, else one's own.",
    item: ShareJson,
    rows: async ({ deps: { table }, identity, after, limit }) => {
      const { items, next } = await credentials(table, "share", after, limit, (one) => isTheirs(identity, one));
      return { items: items.map(shareJson), next };
    },
  }),
  action({
    id: "create_share",
    method: "POST",
    tag: "Shares",
    scope: "shares:write",
    path: "/v1/shares",
    summary: "Makes a link by which anybody reads one page, with this address and query, and nothing else.",
    takes: z.object({
      path: z.string().max(2000).describe("Address of a page within the hub, with its query."),
      name: z.string().trim().min(1).max(100).optional().describe("What it is for."),
      products: GrantShape.products,
      expiresAt: ExpiresAt,
    }),
    gives: ShareMade,
    givesSecret: true,
    status: 201,
    act: async ({ deps, identity, sent }) => {
      const { credential, token } = await makeShare(deps, identity, sent);
      return { body: { ...shareJson(credential), url: `${deps.url()}/share/${token}` } };
    },
  }),
  action({
    id: "revoke_share",
    method: "DELETE",
    tag: "Shares",
    scope: "shares:write",
    path: "/v1/shares/{id}",
    summary: "Ends a link to a page at once.",
    pathParameters: { id: "Id of a share." },
    gives: Done,
    status: 204,
    act: async ({ deps, identity, id }) => (await endCredential(deps, identity, "share", id)) && { body: {} },
  }),
];
