import { Budget } from "../http/budget.ts";
import { bodyObject, match, ok, type Route, route } from "../http/route.ts";
import type { Answer, Asked, Vendor } from "../http/server.ts";
import type { OpenSite } from "../site/site.ts";
import type { Audience, Campaign } from "./campaigns.ts";
import { Desk } from "./desk.ts";
import { audienceJson, automationJson, campaignJson, growthJson, only, reportJson } from "./wire.ts";

const KEY = "0acme0acme0acme0acme0acme0acme00-us21";

/** Mailchimp's campaigns, reports, automations and audiences over the made-up company. */
export const openMailchimp: OpenSite = (world) => {
  const desk = new Desk(world);
  const budget = new Budget(600, 60_000, () => world.clock);
  const routes = routesOf(desk);
  const basic = (user: string, key: string) => `Basic ${Buffer.from(`${user}:${key}`).toString("base64")}`;
  const vendor: Vendor = async (asked) => {
    const given = asked.headers.authorization ?? "";
    const [user = ""] = Buffer.from(given.replace(/^Basic /, ""), "base64")
      .toString("utf8")
      .split(":", 1);
    if (given !== basic(user, KEY) && given !== `Bearer ${KEY}`)
      return problem(
        401,
        "API Key Invalid",
        "Your API key may be invalid, or you've attempted to access the wrong datacenter.",
      );
    // Neither headers nor JSON: what stands before Mailchimp answers when there is too much.
    if (!budget.spend(1).allowed)
      return { status: 403, headers: { "content-type": "text/html" }, text: "<HTML><H1>Access Denied</H1></HTML>" };
    return (
      (await match(routes, asked)?.answer()) ??
      problem(404, "Resource Not Found", "The requested resource could not be found.")
    );
  };
  return {
    vendor,
    settings: { apiKey: KEY },
    scopes: (product) => desk.audiences().flatMap(({ id, name }) => (name === `${product} customers` ? [id] : [])),
    verbs: desk.verbs,
    budgets: { "": budget },
    reset: () => desk.reset(),
  };
};

const problem = (status: number, title: string, detail: string): Answer => ({
  status,
  headers: { "content-type": "application/problem+json; charset=utf-8" },
  json: {
    type: "https://mailchimp.com/developer/marketing/docs/errors/",
    title,
    status,
    detail,
    instance: "00000000-0000-4000-8000-000000000000",
  },
});

const invalid = (detail: string): Answer => problem(400, "Invalid Resource", detail);

/** A list below its name, from an offset on, with the fields that were asked for. */
const page = (asked: Asked, name: string, rows: readonly unknown[], more: object = {}): Answer => {
  const count = Number(asked.query.get("count") ?? "10");
  const offset = Number(asked.query.get("offset") ?? "0");
  if (!Number.isInteger(count) || count < 0 || count > 1000) return invalid("count must be between 0 and 1000");
  if (!Number.isInteger(offset) || offset < 0) return invalid("offset must not be negative");
  const from = asked.shape?.kind === "repeat" ? Math.max(0, offset - count) : offset;
  const body = { [name]: rows.slice(from, from + count), ...more, total_items: rows.length, _links: [] };
  return ok(only(body, asked.query.get("fields")));
};

const one = (asked: Asked, value: unknown): Answer => ok(only(value, asked.query.get("fields")));

const STATUSES = ["save", "paused", "schedule", "sending", "sent"];

/** Campaigns that the filters leave, in the order that was asked for, or what is wrong with them. */
const chosen = (campaigns: readonly Campaign[], query: URLSearchParams): Campaign[] | string => {
  const status = query.get("status");
  if (status !== null && !STATUSES.includes(status)) return `status is one of ${STATUSES.join(", ")}`;
  const bounds = ["since_send_time", "before_send_time"].map((name) => query.get(name));
  const [since, before] = bounds.map((text) => (text === null ? undefined : Date.parse(text)));
  if (Number.isNaN(since) || Number.isNaN(before)) return "times are ISO 8601";
  const field = query.get("sort_field") ?? "create_time";
  if (field !== "create_time" && field !== "send_time") return "sort_field is create_time or send_time";
  const by = (campaign: Campaign): number => (field === "send_time" ? (campaign.sendTime ?? 0) : campaign.created);
  const rows = campaigns
    .filter((campaign) => status === null || campaign.status === status)
    .filter(({ sendTime }) => since === undefined || (sendTime !== undefined && sendTime > since))
    .filter(({ sendTime }) => before === undefined || (sendTime !== undefined && sendTime < before))
    .toSorted((a, b) => by(a) - by(b));
  return query.get("sort_dir") === "DESC" ? rows.reverse() : rows;
};

const routesOf = (desk: Desk): readonly Route[] => {
  const missing = problem(404, "Resource Not Found", "The requested resource could not be found.");
  const campaign = (id: string) => desk.campaigns().find((held) => held.id === id);
  const ofAudience =
    (path: string, answer: (audience: Audience, asked: Asked, part: (name: string) => string) => Answer) =>
    (method: string): Route =>
      route(method, `/lists/:list${path}`, (asked, part) => {
        const audience = desk.audiences().find(({ id }) => id === part("list"));
        return audience === undefined ? missing : answer(audience, asked, part);
      });
  const listed = (asked: Asked, name: string, json: (held: Campaign, audience: Audience) => object, only: boolean) => {
    const rows = chosen(
      desk.campaigns().filter(({ status }) => !only || status === "sent"),
      asked.query,
    );
    if (typeof rows === "string") return invalid(rows);
    return page(
      asked,
      name,
      rows.map((held) => json(held, desk.audienceOf(held))),
    );
  };
  const hookOf = (asked: Asked) => {
    const { url = "", events = {}, sources = {} } = bodyObject(asked) ?? {};
    return { url: String(url), events, sources };
  };
  return [
    route("GET", "/ping", () => ok({ health_status: "Everything's Chimpy!" })),
    route("GET", "/campaigns", (asked) => listed(asked, "campaigns", campaignJson, false)),
    route("GET", "/campaigns/:id", (asked, part) => {
      const held = campaign(part("id"));
      return held === undefined ? missing : one(asked, campaignJson(held, desk.audienceOf(held)));
    }),
    route("GET", "/reports", (asked) => listed(asked, "reports", reportJson, true)),
    route("GET", "/reports/:id", (asked, part) => {
      const held = campaign(part("id"));
      return held?.status === "sent" ? one(asked, reportJson(held, desk.audienceOf(held))) : missing;
    }),
    route("GET", "/automations", (asked) =>
      page(
        asked,
        "automations",
        desk.automations().map((held) => automationJson(held, desk.audienceOf(held))),
      ),
    ),
    route("GET", "/lists", (asked) => page(asked, "lists", desk.audiences().map(audienceJson))),
    ofAudience("", (audience, asked) => one(asked, audienceJson(audience)))("GET"),
    ofAudience("/growth-history", (audience, asked) => {
      const rows = growthJson(audience);
      return page(asked, "history", asked.query.get("sort_dir") === "DESC" ? rows.reverse() : rows, {
        list_id: audience.id,
      });
    })("GET"),
    ofAudience("/webhooks", ({ id }) =>
      ok({ webhooks: desk.hooks(id), list_id: id, total_items: desk.hooks(id).length }),
    )("GET"),
    ofAudience("/webhooks", ({ id }, asked) => ok({ ...desk.putHook(id, hookOf(asked)), list_id: id }))("POST"),
    ofAudience("/webhooks/:hook", ({ id }, asked, part) => {
      const changed = desk.putHook(id, hookOf(asked), part("hook"));
      return changed === undefined ? missing : ok({ ...changed, list_id: id });
    })("PATCH"),
  ];
};
