import type { Asked, Vendor } from "../http/server.ts";
import { AppDesk } from "./app-desk.ts";
import { githubHookRoutes, type HookDesk, hookAnswer, jiraAdminHookRoutes, jiraAppHookRoutes } from "./hook-desk.ts";
import { OAuthDesk } from "./oauth-desk.ts";

/** The other ways in beside the fixed credentials, and what tests may do with them. */
export interface Access {
  readonly jira: OAuthDesk;
  readonly linear: OAuthDesk;
  readonly github: AppDesk;
  /** The made-up OAuth app of Jira and Linear. */
  readonly oauthApp: typeof OAUTH_APP;
  /** End of GitHub's fixed token, told in each answer's headers; absent until it is set. */
  patExpiresAt: Date | undefined;
  /** From now on the fixed token of this vendor is refused. */
  readonly revoked: Set<"jira" | "linear" | "github">;
  readonly hooks: Hooks;
}

const OAUTH_APP = { clientId: "sandbox-client", clientSecret: "sandbox-client-secret" } as const;

interface Fixed {
  readonly jira: { readonly email: string; readonly apiToken: string };
  readonly linear: { readonly apiKey: string };
  readonly github: { readonly token: string };
}

/** The webhooks that stand at each vendor. */
export type Hooks = Readonly<Record<"jira" | "linear" | "github", HookDesk>>;

type Vendors = Readonly<Record<"jira" | "linear" | "github", Vendor>>;

/** Puts token endpoints in front of the vendors' servers; a good token goes on as the fixed credential. */
export const withAccess = (
  vendors: Vendors,
  fixed: Fixed,
  hooks: Hooks,
): { readonly vendors: Vendors; readonly access: Access } => {
  const access: Access = {
    jira: new OAuthDesk(OAUTH_APP, "json"),
    linear: new OAuthDesk(OAUTH_APP, "form"),
    github: new AppDesk(),
    oauthApp: OAUTH_APP,
    patExpiresAt: undefined,
    revoked: new Set(),
    hooks,
  };
  const basic = Buffer.from(`${fixed.jira.email}:${fixed.jira.apiToken}`).toString("base64");
  const adminHooks = jiraAdminHookRoutes(hooks.jira);
  const appHooks = jiraAppHookRoutes(hooks.jira, OAUTH_APP.clientSecret);
  const githubHooks = githubHookRoutes(hooks.github);
  const guarded = (name: "jira" | "linear", authorization: string): Vendor => {
    const desk = access[name];
    return (asked) => {
      if (asked.method === "POST" && asked.path === "/oauth/token") return desk.answer(asked);
      const isKnown = isFixed(asked, authorization) && !access.revoked.has(name);
      const isApp = !isKnown && desk.accepts(asked.headers.authorization);
      const found =
        name === "jira" && (isKnown || isApp) ? hookAnswer(isApp ? appHooks : adminHooks, asked) : undefined;
      return found ?? vendors[name](isKnown ? asked : as(asked, isApp ? authorization : "none"));
    };
  };
  return {
    access,
    vendors: {
      jira: guarded("jira", `Basic ${basic}`),
      linear: guarded("linear", fixed.linear.apiKey),
      github: async (asked) => {
        const installation = /^\/app\/installations\/([^/]+)\/access_tokens$/.exec(asked.path)?.[1];
        if (asked.method === "POST" && installation !== undefined) return access.github.answer(asked, installation);
        if (asked.headers.authorization === undefined) return vendors.github(asked);
        const isApp = access.github.accepts(asked.headers.authorization);
        const isRevoked = !isApp && access.revoked.has("github");
        const known = isApp ? `Bearer ${fixed.github.token}` : isRevoked ? "Bearer none" : asked.headers.authorization;
        const mayHook = known === `Bearer ${fixed.github.token}`;
        const answer =
          (mayHook ? await hookAnswer(githubHooks, asked) : undefined) ?? (await vendors.github(as(asked, known)));
        if (isApp || access.patExpiresAt === undefined || answer.status === 401) return answer;
        const told = `${access.patExpiresAt.toISOString().slice(0, 19).replace("T", " ")} UTC`;
        return { ...answer, headers: { ...answer.headers, "github-authentication-token-expiration": told } };
      },
    },
  };
};

const isFixed = ({ headers: { authorization } }: Asked, known: string): boolean =>
  authorization === known || authorization === `Bearer ${known}`;

const as = (asked: Asked, authorization: string): Asked => ({ ...asked, headers: { ...asked.headers, authorization } });
