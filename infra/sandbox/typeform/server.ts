import { Budget } from "../http/budget.ts";
import { bodyObject, match, ok, type Route, route } from "../http/route.ts";
import type { Answer, Asked, Vendor } from "../http/server.ts";
import type { OpenSite } from "../site/site.ts";
import { Desk } from "./desk.ts";
import type { Form, Response } from "./forms.ts";
import { formJson, responseJson, rowJson } from "./wire.ts";

const TOKEN = "tfp_sandbox_typeform";

/** Typeform's forms, responses and webhooks over the made-up company. */
export const openTypeform: OpenSite = (world) => {
  const desk = new Desk(world);
  const budget = new Budget(120, 60_000, () => world.clock);
  const routes = routesOf(desk);
  const vendor: Vendor = async (asked) => {
    if (asked.headers.authorization !== `Bearer ${TOKEN}`)
      return failure(401, "AUTHENTICATION_FAILED", "Authentication credentials not found on the Request Headers");
    if (!budget.spend(1).allowed) return failure(429, "RATE_LIMITED", "You have reached the limit of requests");
    return (await match(routes, asked)?.answer()) ?? failure(404, "NOT_FOUND", "Not found");
  };
  return {
    vendor,
    settings: { accessToken: TOKEN },
    verbs: desk.verbs,
    budgets: { "": budget },
    scopes: (product) =>
      desk.forms().flatMap(({ id, workspace }) => {
        const index = world.company.products.find(({ name }) => name === product)?.index;
        return workspace === `wrk${index}Acm` ? [id] : [];
      }),
    reset: () => desk.reset(),
  };
};

const failure = (status: number, code: string, description: string): Answer => ({
  status,
  json: { code, description },
});
const invalid = (description: string): Answer => failure(400, "VALIDATION_ERROR", description);
const missing = failure(404, "FORM_NOT_FOUND", "Form was not found");

const whole = (text: string | null, standard: number, most: number): number | undefined => {
  const value = text === null ? standard : Number(text);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : undefined;
};

const listForms = (desk: Desk, asked: Asked): Answer => {
  const size = whole(asked.query.get("page_size"), 10, 200);
  const page = whole(asked.query.get("page"), 1, 1_000_000);
  if (size === undefined || page === undefined) return invalid("page_size is from 1 to 200, page from 1");
  const sign = asked.query.get("order_by") === "asc" ? 1 : -1;
  const forms = desk.forms().toSorted((a, b) => sign * (a.updated - b.updated));
  const from = asked.shape?.kind === "repeat" ? 0 : (page - 1) * size;
  const pages = Math.ceil(forms.length / size);
  return ok({
    total_items: forms.length,
    page_count: asked.shape?.kind === "repeat" ? pages + 1 : pages,
    items: forms.slice(from, from + size).map(rowJson),
  });
};

/** Seconds since the epoch, or ISO 8601 to the second. */
const momentOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

const listResponses = (form: Form, all: readonly Response[], query: URLSearchParams): Answer => {
  const size = whole(query.get("page_size"), 25, 1000);
  if (size === undefined) return invalid("page_size is from 1 to 1000");
  const sort = query.get("sort");
  if (sort !== null && (query.has("after") || query.has("before")))
    return invalid("sort cannot be used with after or before");
  if (sort !== null && !/^submitted_at,(asc|desc)$/.test(sort)) return invalid("sort is submitted_at,asc or desc");
  const since = query.get("since");
  const from = since === null ? 0 : momentOf(since);
  if (Number.isNaN(from)) return invalid("since is a timestamp in seconds or ISO 8601");
  const included = query.get("included_response_ids")?.split(",");
  const rows = all
    .filter(({ submitted, token }) => submitted >= from && (included === undefined || included.includes(token)))
    .toSorted((a, b) => (sort === "submitted_at,asc" ? 1 : -1) * (a.submitted - b.submitted));
  return ok({
    total_items: rows.length,
    page_count: Math.ceil(rows.length / size),
    items: rows.slice(0, size).map((row) => responseJson(form, row)),
  });
};

const routesOf = (desk: Desk): readonly Route[] => {
  const ofForm = (method: string, path: string, answer: (form: Form, asked: Asked, tag: string) => Answer): Route =>
    route(method, `/forms/:form${path}`, (asked, part) => {
      const form = desk.form(part("form"));
      return form === undefined ? missing : answer(form, asked, part("tag"));
    });
  return [
    route("GET", "/forms", (asked) => listForms(desk, asked)),
    ofForm("GET", "", (form) => ok(formJson(form))),
    ofForm("GET", "/responses", (form, { query }) => listResponses(form, desk.responses(form.id), query)),
    ofForm("GET", "/webhooks", ({ id }) =>
      ok({ items: desk.hooks(id).map(({ secret: _, ...hook }) => ({ id: hook.tag, form_id: id, ...hook })) }),
    ),
    ofForm("PUT", "/webhooks/:tag", ({ id }, asked, tag) => {
      const { url, secret = "", enabled = false } = bodyObject(asked) ?? {};
      if (typeof url !== "string" || url === "") return invalid("url is missing");
      desk.putHook(id, { tag, url, enabled: enabled === true, secret: String(secret) });
      return ok({ id: tag, tag, form_id: id, url, enabled: enabled === true, verify_ssl: true });
    }),
  ];
};
