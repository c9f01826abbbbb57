import { bodyObject, match, ok, type Route, route, wholeNumber } from "../http/route.ts";
import type { Answer, Asked } from "../http/server.ts";

type Held = Readonly<Record<string, unknown>>;

/** A webhook that somebody set up through a vendor's API. */
export interface StandingHook {
  readonly id: string;
  /** The repository, or empty. */
  readonly scope: string;
  readonly url: string;
  readonly secret: string;
  readonly events: readonly unknown[];
  /** Milliseconds since the epoch; of webhooks that end by themselves. */
  readonly endsAt?: number | undefined;
}

const DAY_MS = 86_400_000;
const texts = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** One vendor's webhooks, by id. @param told is called when they change */
export class HookDesk {
  readonly #told: (hook: StandingHook | undefined) => void;
  #hooks: readonly StandingHook[] = [];
  #nextId = 480_000_001;

  constructor(told: (hook: StandingHook | undefined) => void) {
    this.#told = told;
  }

  all(): readonly StandingHook[] {
    return this.#hooks;
  }

  add(hook: Omit<StandingHook, "id">, id: string = String(this.#nextId)): StandingHook {
    this.#nextId += 1;
    const made = { ...hook, id };
    this.#hooks = [...this.#hooks, made];
    this.#told(this.#hooks[0]);
    return made;
  }

  change(id: string, to: Partial<StandingHook>): StandingHook | undefined {
    this.#hooks = this.#hooks.map((hook) => (hook.id === id ? { ...hook, ...to } : hook));
    this.#told(this.#hooks[0]);
    return this.#hooks.find((hook) => hook.id === id);
  }

  /** @returns whether there was one */
  remove(id: string): boolean {
    const before = this.#hooks.length;
    this.#hooks = this.#hooks.filter((hook) => hook.id !== id);
    this.#told(this.#hooks[0]);
    return this.#hooks.length < before;
  }
}

/** The first of the endpoints that fits, or undefined: the vendor's other endpoints then answer. */
export const hookAnswer = (routes: readonly Route[], asked: Asked): Answer | Promise<Answer> | undefined =>
  match(routes, asked)?.answer();

const githubJson = ({ id, scope, url, events }: StandingHook) => ({
  type: "Repository",
  id: Number(id),
  name: "web",
  active: true,
  events,
  config: { content_type: "json", insecure_ssl: "0", secret: "********", url },
  updated_at: "2026-01-01T00:00:00Z",
  created_at: "2026-01-01T00:00:00Z",
  url: `https://api.github.com/repos/${scope}/hooks/${id}`,
});

const MISSING: Answer = { status: 404, json: { message: "Not Found", status: "404" } };

/** https://docs.github.com/rest/repos/webhooks */
export const githubHookRoutes = (desk: HookDesk): readonly Route[] => {
  const base = "/repos/:owner/:repo/hooks";
  const settings = (asked: Asked) => {
    const body = bodyObject(asked) ?? {};
    const { url = "", secret = "" } = (body["config"] ?? {}) as Record<string, string>;
    return { url, secret, events: texts(body["events"]) };
  };
  return [
    route("GET", base, (_, part) => {
      const scope = `${part("owner")}/${part("repo")}`;
      return ok(
        desk
          .all()
          .filter((hook) => hook.scope === scope)
          .map(githubJson),
      );
    }),
    route("POST", base, (asked, part) => {
      const scope = `${part("owner")}/${part("repo")}`;
      const wanted = settings(asked);
      if (wanted.url === "")
        return { status: 422, json: { message: "Validation Failed", errors: [{ resource: "Hook", code: "custom" }] } };
      if (desk.all().some((hook) => hook.scope === scope && hook.url === wanted.url))
        return {
          status: 422,
          json: { message: "Validation Failed", errors: [{ message: "Hook already exists on this repository" }] },
        };
      return { status: 201, json: githubJson(desk.add({ scope, ...wanted })) };
    }),
    route("PATCH", `${base}/:id`, (asked, part) => {
      const changed = desk.change(part("id"), settings(asked));
      return changed === undefined ? MISSING : ok(githubJson(changed));
    }),
    route("DELETE", `${base}/:id`, (_, part) => (desk.remove(part("id")) ? { status: 204 } : MISSING)),
  ];
};

const adminJson = (hook: StandingHook, base: string) => ({
  name: "Webhook",
  url: hook.url,
  excludeBody: false,
  events: hook.events,
  enabled: true,
  isSigned: hook.secret !== "",
  self: `${base}/rest/webhooks/1.0/webhook/${hook.id}`,
});

/** The site's own webhooks, for administrators with an API token. */
export const jiraAdminHookRoutes = (desk: HookDesk): readonly Route[] => {
  const base = "/rest/webhooks/1.0/webhook";
  const settings = (asked: Asked) => {
    const { url = "", secret = "", events } = bodyObject(asked) ?? {};
    return { url: String(url), secret: String(secret), events: texts(events) };
  };
  return [
    route("GET", base, (asked) => ok(desk.all().map((hook) => adminJson(hook, asked.base)))),
    route("POST", base, (asked) => ({
      status: 201,
      json: adminJson(desk.add({ scope: "", ...settings(asked) }), asked.base),
    })),
    route("PUT", `${base}/:id`, (asked, part) => {
      const changed = desk.change(part("id"), settings(asked));
      return changed === undefined ? MISSING : ok(adminJson(changed, asked.base));
    }),
    route("DELETE", `${base}/:id`, (_, part) => (desk.remove(part("id")) ? { status: 204 } : MISSING)),
  ];
};

/** The webhooks of an OAuth app, which end after 30 days. */
export const jiraAppHookRoutes = (desk: HookDesk, clientSecret: string): readonly Route[] => {
  const base = "/rest/api/3/webhook";
  return [
    route("GET", base, (asked) => {
      const startAt = wholeNumber(asked.query.get("startAt"), 0, 0, 1e6);
      const most = wholeNumber(asked.query.get("maxResults"), 100, 1, 100);
      const all = desk.all().filter(({ endsAt = 0 }) => endsAt > Date.now());
      const values = all.slice(startAt, startAt + most).map(({ id, url, events, endsAt = 0 }) => ({
        id: Number(id),
        url,
        events,
        jqlFilter: "",
        expirationDate: new Date(endsAt).toISOString().replace("Z", "+0000"),
      }));
      return ok({
        startAt,
        maxResults: most,
        total: all.length,
        isLast: startAt + values.length >= all.length,
        values,
      });
    }),
    route("POST", base, (asked) => {
      const body = bodyObject(asked) ?? {};
      const results = texts(body["webhooks"]).map((one) => {
        const { events, jqlFilter } = one as Held;
        if (typeof jqlFilter !== "string" || jqlFilter === "") return { errors: ["The JQL filter is missing."] };
        const endsAt = Date.now() + 30 * DAY_MS;
        const url = String(body["url"]);
        return {
          createdWebhookId: Number(
            desk.add({ scope: "", url, secret: clientSecret, events: texts(events), endsAt }).id,
          ),
        };
      });
      return ok({ webhookRegistrationResult: results });
    }),
    route("PUT", `${base}/refresh`, (asked) => {
      const endsAt = Date.now() + 30 * DAY_MS;
      for (const id of texts(bodyObject(asked)?.["webhookIds"])) desk.change(String(id), { endsAt });
      return ok({ expirationDate: new Date(endsAt).toISOString().replace("Z", "+0000") });
    }),
    route("DELETE", base, (asked) => {
      for (const id of texts(bodyObject(asked)?.["webhookIds"])) desk.remove(String(id));
      return { status: 202 };
    }),
  ];
};

const linearJson = ({ id, url, events }: StandingHook): Held => ({
  id,
  url,
  enabled: true,
  allPublicTeams: true,
  resourceTypes: events,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
});

/** What Linear's queries and mutations about webhooks answer, as fields of the root. */
export const linearHookFields = (desk: HookDesk): Held => {
  const payload = (hook: StandingHook) => ({ success: true, lastSyncId: 1, webhook: linearJson(hook) });
  const settings = (input: Held): Partial<StandingHook> => ({
    ...(input["url"] !== undefined && { url: String(input["url"]) }),
    ...(input["secret"] !== undefined && { secret: String(input["secret"]) }),
    ...(input["resourceTypes"] !== undefined && { events: texts(input["resourceTypes"]) }),
  });
  return {
    webhooks: () => ({
      nodes: desk.all().map(linearJson),
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, endCursor: null, startCursor: null },
    }),
    webhookCreate: ({ input }: { input: Held }) =>
      payload(desk.add({ scope: "", url: "", secret: "", events: [], ...settings(input) }, crypto.randomUUID())),
    webhookUpdate: ({ id, input }: { id: string; input: Held }) => {
      const changed = desk.change(id, settings(input));
      if (changed === undefined) throw new Error("Entity not found: Webhook");
      return payload(changed);
    },
    webhookDelete: ({ id }: { id: string }) => ({ success: desk.remove(id), lastSyncId: 1, entityId: id }),
  };
};
