import { createHmac } from "node:crypto";
import { hash } from "../company/random.ts";
import type { World } from "../company/world.ts";
import type { Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Site } from "../site/site.ts";
import type { Hook, Sending } from "../webhooks/delivery.ts";
import { type Campaign, type Company, type Email, type Marketing, marketingOf } from "./marketing.ts";

const STATUSES = ["planned", "in_progress", "active", "paused", "completed"] as const;

/** What is in HubSpot now: the company's history there with what people changed since laid over it. */
export class Desk {
  readonly #world: World;
  #drawn: Marketing | undefined;
  readonly #campaigns = new Map<string, Partial<Campaign>>();
  readonly #emails = new Map<string, Partial<Email>>();
  readonly #companies = new Map<string, Partial<Company>>();

  constructor(world: World) {
    this.#world = world;
  }

  get #base(): Marketing {
    this.#drawn ??= marketingOf(this.#world);
    return this.#drawn;
  }

  campaigns(): readonly Campaign[] {
    return this.#base.campaigns.map((one) => ({ ...one, ...this.#campaigns.get(one.id) }));
  }

  emails(): readonly Email[] {
    return this.#base.emails.map((one) => ({ ...one, ...this.#emails.get(one.id) }));
  }

  companies(): readonly Company[] {
    return this.#base.companies.map((one) => ({ ...one, ...this.#companies.get(one.id) }));
  }

  reset(): void {
    for (const edits of [this.#campaigns, this.#emails, this.#companies]) edits.clear();
  }

  readonly #send: Verb = ({ world, time }, request) => {
    const email = found(this.emails(), request["email"], "email");
    const sent = 2000 + (hash(world.company.seed, 107, Number(email.id) % 1e6) % 5000);
    this.#emails.set(email.id, { state: "PUBLISHED", publish: time, updated: time, sent });
    return { changed: [{ tool: "hubspot", kind: "email", id: email.id, state: "PUBLISHED", sent }], hooks: [] };
  };

  readonly #count: Verb = (_, request) => {
    const email = found(this.emails(), request["email"], "email");
    const sent = Number(request["sent"]);
    if (!Number.isInteger(sent) || sent < 0) throw new ControlError("sent is a whole number.");
    // Statistics move without the time of change.
    this.#emails.set(email.id, { ...this.#emails.get(email.id), sent });
    return { changed: [{ tool: "hubspot", kind: "email", id: email.id, sent }], hooks: [] };
  };

  readonly #archive: Verb = ({ time }, request) => {
    const email = found(this.emails(), request["email"], "email");
    this.#emails.set(email.id, { ...this.#emails.get(email.id), archived: true, updated: time });
    return { changed: [{ tool: "hubspot", kind: "email", id: email.id, archived: true }], hooks: [] };
  };

  readonly #campaign: Verb = ({ time }, request) => {
    const campaign = found(this.campaigns(), request["campaign"], "campaign");
    const status = STATUSES.find((one) => one === request["status"]);
    if (request["status"] !== undefined && status === undefined)
      throw new ControlError(`status is one of ${STATUSES.join(", ")}.`);
    const { name, utm } = request;
    const edit = {
      ...(status !== undefined && { status }),
      ...(typeof name === "string" && { name }),
      ...(typeof utm === "string" && { utm }),
    };
    this.#campaigns.set(campaign.id, { ...this.#campaigns.get(campaign.id), ...edit, updated: time });
    return { changed: [{ tool: "hubspot", kind: "campaign", id: campaign.id, ...edit }], hooks: [] };
  };

  readonly #company: Verb = ({ time }, request) => {
    const company = found(this.companies(), request["company"], "company");
    const { name, deleted } = request;
    const edit = deleted === true ? { archived: true } : { name: String(name ?? company.name) };
    this.#companies.set(company.id, { ...this.#companies.get(company.id), ...edit, updated: time });
    const what = deleted === true ? "deletion" : "propertyChange";
    return {
      changed: [{ tool: "hubspot", kind: "company", id: company.id, ...edit }],
      hooks: [companyHook(company, what, edit.name, time)],
    };
  };

  readonly verbs: NonNullable<Site["verbs"]> = {
    send: ["email: a marketing e-mail goes out now", this.#send],
    count: ["email, sent: its statistics move, as they do after it went out", this.#count],
    archive: ["email: a marketing e-mail is deleted", this.#archive],
    campaign: ["campaign, status?, name?, utm?: a campaign is changed", this.#campaign],
    company: ["company, name? or deleted: true: a company of the CRM is renamed or deleted", this.#company],
  };
}

const found = <T extends { readonly id: string }>(all: readonly T[], id: unknown, what: string): T => {
  const one = all.find((candidate) => candidate.id === id);
  if (one === undefined) throw new ControlError(`There is no ${what} ${JSON.stringify(id)} in HubSpot.`);
  return one;
};

/** One event in a list, as HubSpot's apps get them. */
const companyHook = (
  company: Company,
  what: "propertyChange" | "deletion",
  name: string | undefined,
  time: number,
): Hook => {
  const body = [
    {
      eventId: time % 4_294_967_296,
      subscriptionId: what === "deletion" ? 4102 : 4101,
      portalId: 24680135,
      appId: 771,
      occurredAt: time,
      subscriptionType: `company.${what}`,
      attemptNumber: 0,
      objectId: Number(company.id),
      ...(name === undefined ? {} : { propertyName: "name", propertyValue: name }),
      changeSource: "CRM_UI",
    },
  ];
  return {
    vendor: "hubspot",
    event: `company.${what}`,
    body,
    signed: (sending) => signed(JSON.stringify(body), sending),
  };
};

/** Version 3 of HubSpot's signature, made anew here. */
const signed = (body: string, { secret, now, url }: Sending) => ({
  body,
  headers: {
    "user-agent": "HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebhooksExecutorDaemon-executor",
    "x-hubspot-signature-v3": createHmac("sha256", secret).update(`POST${url}${body}${now}`).digest("base64"),
    "x-hubspot-request-timestamp": String(now),
    "x-hubspot-signature-version": "v1",
  },
});
