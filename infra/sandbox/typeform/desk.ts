import { createHash, createHmac } from "node:crypto";
import type { World } from "../company/world.ts";
import type { Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Site } from "../site/site.ts";
import type { Hook } from "../webhooks/delivery.ts";
import { type Form, formsOf, type Response, responsesOf } from "./forms.ts";
import { eventJson } from "./wire.ts";

/** A webhook that stands at a form. */
export interface StandingHook {
  readonly tag: string;
  readonly url: string;
  readonly enabled: boolean;
  readonly secret: string;
}

/** What is in Typeform now: the company's history there with what people changed since laid over it. */
export class Desk {
  readonly #world: World;
  #drawn: { forms: readonly Form[]; responses: readonly Response[] } | undefined;
  readonly #edits = new Map<string, Partial<Form> | "deleted">();
  #given: Response[] = [];
  readonly #hooks = new Map<string, StandingHook[]>();

  constructor(world: World) {
    this.#world = world;
  }

  get #base() {
    this.#drawn ??= { forms: formsOf(this.#world), responses: responsesOf(this.#world) };
    return this.#drawn;
  }

  forms(): readonly Form[] {
    return this.#base.forms.flatMap((one) => {
      const edit = this.#edits.get(one.id);
      return edit === "deleted" ? [] : [{ ...one, ...edit }];
    });
  }

  form(id: unknown): Form | undefined {
    return this.forms().find((one) => one.id === id);
  }

  responses(form: string): readonly Response[] {
    return [...this.#base.responses, ...this.#given].filter((one) => one.form === form);
  }

  hooks(form: string): readonly StandingHook[] {
    return this.#hooks.get(form) ?? [];
  }

  putHook(form: string, hook: StandingHook): void {
    this.#hooks.set(form, [...this.hooks(form).filter(({ tag }) => tag !== hook.tag), hook]);
  }

  reset(): void {
    this.#edits.clear();
    this.#hooks.clear();
    this.#given = [];
  }

  #form(id: unknown): Form {
    const found = this.form(id);
    if (found === undefined) throw new ControlError(`There is no form ${JSON.stringify(id)} in Typeform.`);
    return found;
  }

  readonly #respond: Verb = ({ time }, request) => {
    const form = this.#form(request["form"]);
    const score = Number(request["score"]);
    if (!Number.isInteger(score) || score < 0 || score > 10) throw new ControlError("score is from 0 to 10.");
    const feature = request["feature"];
    const count = this.#given.length;
    const token = createHash("sha256").update(`${form.id}/${time}/${count}`).digest("hex").slice(0, 26);
    const response: Response = {
      token,
      form: form.id,
      submitted: Math.floor(time / 1000) * 1000,
      score,
      text: String(request["text"] ?? "Fine."),
      hidden: typeof feature === "string" ? { feature } : {},
    };
    this.#given.push(response);
    return {
      changed: [{ tool: "typeform", kind: "response", id: token, form: form.id, score }],
      hooks: [responseHook(form, response)],
    };
  };

  readonly #edit: Verb = ({ time }, request) => {
    const form = this.#form(request["form"]);
    const title = String(request["title"] ?? form.title);
    const isPublic = request["closed"] === undefined ? form.isPublic : request["closed"] !== true;
    this.#edits.set(form.id, { title, isPublic, updated: time });
    return { changed: [{ tool: "typeform", kind: "form", id: form.id, title, is_public: isPublic }], hooks: [] };
  };

  readonly #remove: Verb = (_, request) => {
    const form = this.#form(request["form"]);
    this.#edits.set(form.id, "deleted");
    return { changed: [{ tool: "typeform", kind: "form", id: form.id, deleted: true }], hooks: [] };
  };

  readonly verbs: NonNullable<Site["verbs"]> = {
    respond: ["form, score, text?, feature?: somebody fills a form", this.#respond],
    edit: ["form, title?, closed?: a form is changed", this.#edit],
    remove: ["form: it is deleted with its responses", this.#remove],
  };
}

const responseHook = (form: Form, response: Response): Hook => {
  const body = eventJson(form, response, `01${response.token.toUpperCase().slice(0, 24)}`);
  const text = JSON.stringify(body);
  return {
    vendor: "typeform",
    event: "form_response",
    body,
    signed: ({ secret }) => ({
      body: text,
      headers: {
        "user-agent": "Typeform Webhooks",
        "typeform-signature": `sha256=${createHmac("sha256", secret).update(text).digest("base64")}`,
      },
    }),
  };
};
