import type { World } from "../company/world.ts";
import { type Rules, ruleOf, vendorOf, WAYS } from "../faults/rules.ts";
import type { Budget } from "../http/budget.ts";
import { bodyObject, ok } from "../http/route.ts";
import type { Answer, Vendor } from "../http/server.ts";
import { serviceDesk } from "../jira/request.ts";
import type { Site } from "../site/site.ts";
import type { Delivered, Deliveries, Hook } from "../webhooks/delivery.ts";
import { deliveryVerbs } from "./delivery-verbs.ts";
import { itemVerbs } from "./items.ts";
import { joins } from "./joins.ts";
import type { Journal } from "./journal.ts";
import type { Outcome, Request, Verb } from "./outcome.ts";
import { featureTruths, planVerbs } from "./plan-verbs.ts";
import { presenceVerbs } from "./presence-verbs.ts";
import { ControlError, formerTruth, personOf, type Truth, truthOf } from "./records.ts";
import { requestVerbs } from "./request-verbs.ts";
import { toolVerbs } from "./tool-verbs.ts";

const verbs: Readonly<Record<string, readonly [string, Verb]>> = {
  ...itemVerbs,
  ...deliveryVerbs,
  ...planVerbs,
  ...presenceVerbs,
  ...requestVerbs,
  ...toolVerbs,
};

const switches = {
  webhooks: "mode: send, hold or off; or on: true or false, where turning them on sends GitHub's ping",
  deliver: "id: sends a held webhook; again under the same id if it was sent",
  drop: "id: a held webhook is never sent",
  redeliver: "id?: sends a webhook again under the same id; the last one without an id",
  misbehave: `vendor, how, times?, after?, path?: how the next requests are answered: ${Object.keys(WAYS).join(", ")}`,
  behave: "vendor?: no misbehaviour, lag or shuffling any more",
  lag: "vendor, seconds: lists show changes only after that time",
  shuffle: "vendor, on?: after each page something that was not read yet is touched",
  limit: "budget: jira, linear, linear_complexity, github or github_burst; to: how much each window allows from now on",
};

/** What the control interface works on. */
export interface Controlled {
  readonly world: World;
  readonly deliveries: Deliveries;
  readonly journal: Journal;
  readonly rules: Rules;
  readonly budgets: Readonly<Record<string, Budget>>;
  readonly sites: Readonly<Record<string, Site>>;
  pings(): readonly Hook[];
}

/** Makes again, without webhooks, what the journal holds. */
export const replay = (controlled: Controlled): void => {
  const { world, journal } = controlled;
  for (const { time, request } of journal.read()) {
    world.stopClock(time);
    perform(controlled, request);
  }
  world.stopClock(undefined);
};

const perform = (
  { world, sites }: Pick<Controlled, "world" | "sites">,
  request: Request,
): { readonly outcome: Outcome; readonly time: number } => {
  const name = String(request["do"]);
  const [site = "", verb = ""] = name.split(".", 2);
  const found = verbs[name] ?? sites[site]?.verbs?.[verb];
  if (found === undefined)
    throw new ControlError(`There is no verb ${JSON.stringify(request["do"])}; GET / lists them.`);
  const by = personOf(request["by"]);
  const time = world.now();
  return { outcome: found[1]({ world, time, by }, request), time };
};

/** The interface through which tests and people change the made-up company. */
export const controlSite = (controlled: Controlled): Vendor => {
  const { world } = controlled;
  return async (asked) => {
    if (asked.method === "GET" && asked.path === "/")
      return ok({
        verbs: { ...describe(controlled.sites), ...switches },
        truth: ["/truth", "/truth/features", "/truth/joins"],
      });
    if (asked.method === "GET" && asked.path === "/truth") return { status: 200, lines: linesOf(truths(world)) };
    if (asked.method === "GET" && asked.path === "/truth/features")
      return { status: 200, lines: linesOf(featureTruths(world)) };
    if (asked.method === "GET" && asked.path === "/truth/joins") return { status: 200, lines: linesOf(joins(world)) };
    if (asked.method !== "POST" || asked.path !== "/")
      return { status: 404, json: { error: "GET /, GET /truth, GET /truth/features, GET /truth/joins, POST /" } };
    const request = bodyObject(asked);
    if (request === undefined) return { status: 400, json: { error: "The body must be a JSON object." } };
    return act(controlled, request);
  };
};

/** What a change answers: the records it touched and the webhooks it caused; a switch answers what it set. */
export interface Answered {
  readonly changed?: readonly Readonly<Record<string, unknown>>[];
  readonly webhooks?: readonly Delivered[];
  readonly [name: string]: unknown;
}

/** Does what a request says: POST / of the control interface. Its answer is 200, or 400 or 404 with `error`. */
export const act = async (controlled: Controlled, request: Request): Promise<Answer> => {
  const { deliveries, journal } = controlled;
  const switched = await flip(controlled, request);
  if (switched !== undefined) return switched;
  try {
    const { outcome, time } = perform(controlled, request);
    journal.append({ time, request });
    return ok({ changed: outcome.changed, webhooks: await deliveries.send(outcome.hooks) });
  } catch (error) {
    if (error instanceof ControlError) return { status: 400, json: { error: error.message } };
    throw error;
  }
};

/** Everything as it was at the start of the company's life in the sandbox. */
export const reset = ({ world, deliveries, journal, rules, budgets, sites }: Controlled): void => {
  world.reset();
  for (const site of Object.values(sites)) site.reset?.();
  serviceDesk(world).reset();
  deliveries.reset();
  rules.end();
  journal.clear();
  for (const budget of Object.values(budgets)) budget.reset();
};

const describe = (sites: Controlled["sites"]): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(Object.entries(verbs).map(([name, [help]]) => [name, help])),
  ...Object.fromEntries(
    Object.entries(sites).flatMap(([id, site]) =>
      Object.entries(site.verbs ?? {}).map(([name, [help]]) => [`${id}.${name}`, help]),
    ),
  ),
});

/** Verbs about the sandbox itself; they are not part of the company's history and are not kept. */
const flip = async (
  { world, deliveries, budgets, rules, pings }: Controlled,
  request: Request,
): Promise<Answer | undefined> => {
  switch (request["do"]) {
    case "webhooks": {
      if (request["mode"] === undefined) {
        const on = request["on"] !== false;
        deliveries.turn(on ? "send" : "off");
        return ok({ on, webhooks: on ? await deliveries.send(pings()) : [] });
      }
      const mode = MODES.find((name) => name === request["mode"]);
      if (mode === undefined) return { status: 400, json: { error: switches.webhooks } };
      deliveries.turn(mode);
      return ok({ mode });
    }
    case "redeliver":
      return delivery(await deliveries.again(typeof request["id"] === "string" ? request["id"] : undefined));
    case "deliver":
      return delivery(await deliveries.deliver(String(request["id"])));
    case "drop":
      return deliveries.drop(String(request["id"])) ? ok({ dropped: request["id"] }) : delivery(undefined);
    case "misbehave": {
      const rule = ruleOf(request);
      if (typeof rule === "string") return { status: 400, json: { error: rule } };
      rules.add(rule);
      return ok({ misbehaves: { vendor: rule.vendor, how: rule.how } });
    }
    case "behave":
      rules.end(request["vendor"]);
      world.settle(request["vendor"]);
      return ok({ behaves: request["vendor"] ?? "all" });
    case "lag":
    case "shuffle": {
      const vendor = vendorOf(request["vendor"]);
      const seconds = Number(request["seconds"] ?? 0);
      if (vendor === undefined || !(seconds >= 0)) return { status: 400, json: { error: switches[request["do"]] } };
      if (request["do"] === "lag") world.lag.set(vendor, seconds * 1000);
      else if (request["on"] === false) world.shuffled.delete(vendor);
      else world.shuffled.add(vendor);
      return ok({ vendor });
    }
    case "limit": {
      const budget = budgets[String(request["budget"])];
      const to = Number(request["to"]);
      if (budget === undefined || !Number.isFinite(to) || to < 0)
        return { status: 400, json: { error: switches.limit } };
      budget.change(to);
      return ok({ budget: request["budget"], to });
    }
    default:
      return undefined;
  }
};

const MODES = ["send", "hold", "off"] as const;

const delivery = (delivered: Delivered | undefined): Answer =>
  delivered === undefined ? { status: 404, json: { error: "No such delivery." } } : ok({ webhooks: [delivered] });

const linesOf = function* (rows: Iterable<object>): Iterable<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
};

/** Every work item of every tool, or of one, deleted ones included. */
export const truths = function* (world: World, of?: Truth["tracker"]): Iterable<Truth> {
  for (const { index, tracker } of world.company.products) {
    if (of !== undefined && tracker !== of) continue;
    for (let n = 0; n < world.count(index); n += 1) {
      const item = world.item(index, n);
      if (item?.home !== undefined) yield formerTruth(world, item);
      if (item !== undefined) yield truthOf(world, item);
    }
  }
};
