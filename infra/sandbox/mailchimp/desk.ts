import { randomUUID } from "node:crypto";
import type { World } from "../company/world.ts";
import type { Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Site } from "../site/site.ts";
import type { Hook } from "../webhooks/delivery.ts";
import { type Audience, type Automation, audiencesOf, automationsOf, type Campaign, campaignsOf } from "./campaigns.ts";

/** A webhook that stands at an audience. */
export interface StandingHook {
  readonly id: string;
  readonly url: string;
  readonly events: unknown;
  readonly sources: unknown;
}

/** What is in Mailchimp now: the company's history there with what people changed since laid over it. */
export class Desk {
  readonly #world: World;
  #drawn:
    | { campaigns: readonly Campaign[]; audiences: readonly Audience[]; automations: readonly Automation[] }
    | undefined;
  readonly #edits = new Map<string, Partial<Campaign> | "deleted">();
  readonly #joined = new Map<string, number>();
  readonly #hooks = new Map<string, StandingHook[]>();

  constructor(world: World) {
    this.#world = world;
  }

  get #base() {
    this.#drawn ??= {
      campaigns: campaignsOf(this.#world),
      audiences: audiencesOf(this.#world),
      automations: automationsOf(this.#world),
    };
    return this.#drawn;
  }

  campaigns(): readonly Campaign[] {
    return this.#base.campaigns.flatMap((one) => {
      const edit = this.#edits.get(one.id);
      return edit === "deleted" ? [] : [{ ...one, ...edit }];
    });
  }

  audiences(): readonly Audience[] {
    return this.#base.audiences.map((one) => {
      const more = this.#joined.get(one.id) ?? 0;
      const last = one.months.length - 1;
      const months = one.months.map((month, at) =>
        at === last ? { ...month, subscribed: month.subscribed + more } : month,
      );
      return { ...one, members: one.members + more, months };
    });
  }

  automations(): readonly Automation[] {
    return this.#base.automations;
  }

  audienceOf({ audience }: { readonly audience: number }): Audience {
    const found = this.audiences()[audience];
    if (found === undefined) throw new Error(`no audience ${audience}`);
    return found;
  }

  hooks(audience: string): readonly StandingHook[] {
    return this.#hooks.get(audience) ?? [];
  }

  /** @returns the webhook as it stands now; undefined if there is none of that id */
  putHook(audience: string, hook: Omit<StandingHook, "id">, id?: string): StandingHook | undefined {
    const held = this.hooks(audience);
    if (id !== undefined && !held.some((one) => one.id === id)) return undefined;
    const next = { ...hook, id: id ?? randomUUID().slice(0, 10).replace("-", "0") };
    this.#hooks.set(audience, [...held.filter((one) => one.id !== id), next]);
    return next;
  }

  reset(): void {
    for (const edits of [this.#edits, this.#joined, this.#hooks]) edits.clear();
  }

  #campaign(id: unknown): Campaign {
    const found = this.campaigns().find((one) => one.id === id);
    if (found === undefined) throw new ControlError(`There is no campaign ${JSON.stringify(id)} in Mailchimp.`);
    return found;
  }

  #edit(id: string, edit: Partial<Campaign>): void {
    const held = this.#edits.get(id);
    this.#edits.set(id, { ...(held === "deleted" ? {} : held), ...edit });
  }

  readonly #send: Verb = ({ time }, request) => {
    const campaign = this.#campaign(request["campaign"]);
    const sent = Math.round(this.audienceOf(campaign).members * 0.9);
    this.#edit(campaign.id, { status: "sent", sendTime: time, sent });
    return {
      changed: [{ tool: "mailchimp", kind: "campaign", id: campaign.id, status: "sent", sent }],
      hooks: [campaignHook(campaign, this.audienceOf(campaign), "sent", time)],
    };
  };

  readonly #cancel: Verb = ({ time }, request) => {
    const campaign = this.#campaign(request["campaign"]);
    if (campaign.status === "sent") throw new ControlError("It was sent already.");
    this.#edit(campaign.id, { status: "canceled", sendTime: undefined });
    return {
      changed: [{ tool: "mailchimp", kind: "campaign", id: campaign.id, status: "canceled" }],
      hooks: [campaignHook(campaign, this.audienceOf(campaign), "canceled", time)],
    };
  };

  readonly #delete: Verb = (_, request) => {
    const campaign = this.#campaign(request["campaign"]);
    this.#edits.set(campaign.id, "deleted");
    return { changed: [{ tool: "mailchimp", kind: "campaign", id: campaign.id, deleted: true }], hooks: [] };
  };

  readonly #subscribe: Verb = (_, request) => {
    const audience = this.audiences().find((one) => one.id === request["audience"]);
    const people = Number(request["people"] ?? 1);
    if (audience === undefined || !Number.isInteger(people))
      throw new ControlError("subscribe needs audience: an id, and people: how many.");
    this.#joined.set(audience.id, (this.#joined.get(audience.id) ?? 0) + people);
    return { changed: [{ tool: "mailchimp", kind: "audience", id: audience.id, people }], hooks: [] };
  };

  readonly verbs: NonNullable<Site["verbs"]> = {
    send: ["campaign: it goes out now", this.#send],
    cancel: ["campaign: it is not sent", this.#cancel],
    delete: ["campaign: it is deleted, which no list tells", this.#delete],
    subscribe: ["audience, people?: so many join it", this.#subscribe],
  };
}

/** A form in place of JSON, unsigned, with the secret in the address. */
const campaignHook = (campaign: Campaign, audience: Audience, status: string, time: number): Hook => {
  const form = new URLSearchParams({
    type: "campaign",
    fired_at: new Date(time).toISOString().slice(0, 19).replace("T", " "),
    "data[id]": campaign.id,
    "data[subject]": campaign.subject,
    "data[status]": status,
    "data[reason]": "",
    "data[list_id]": audience.id,
  });
  return {
    vendor: "mailchimp",
    event: "campaign",
    body: Object.fromEntries(form),
    signed: ({ secret }) => ({
      body: form.toString(),
      headers: { "content-type": "application/x-www-form-urlencoded", "user-agent": "MailChimp" },
      query: `?secret=${encodeURIComponent(secret)}`,
    }),
  };
};
