import type { Form, Response } from "./forms.ts";

const API = "https://api.typeform.com";
const iso = (at: number): string => new Date(at).toISOString();
/** Responses are told to the second. */
const second = (at: number): string => iso(at).replace(/\.\d{3}Z$/, "Z");
const links = (id: string) => ({
  display: `https://acme.typeform.com/to/${id}`,
  responses: `${API}/forms/${id}/responses`,
});

/** A form in the list: without its questions. */
export const rowJson = (form: Form) => ({
  id: form.id,
  type: "quiz",
  title: form.title,
  created_at: iso(form.created),
  last_updated_at: iso(form.updated),
  settings: { is_public: form.isPublic, is_trial: false },
  self: { href: `${API}/forms/${form.id}` },
  theme: { href: `${API}/themes/qHWOQ7` },
  _links: links(form.id),
});

export const formJson = (form: Form) => ({
  id: form.id,
  type: "quiz",
  title: form.title,
  workspace: { href: `${API}/workspaces/${form.workspace}` },
  theme: { href: `${API}/themes/qHWOQ7` },
  settings: { language: "en", is_public: form.isPublic, is_trial: false },
  thankyou_screens: [],
  hidden: ["feature"],
  fields: form.fields,
  created_at: second(form.created).replace("Z", "+00:00"),
  last_updated_at: second(form.updated).replace("Z", "+00:00"),
  _links: links(form.id),
});

const answersOf = (form: Form, response: Response) =>
  form.fields.map(({ id, ref, type }) => {
    const field = { id, ref, type };
    if (type === "email") return { field, type: "email", email: `${response.token.slice(0, 6)}@customer.example` };
    if (type === "short_text") return { field, type: "text", text: "Sam Customer" };
    if (type === "long_text") return { field, type: "text", text: response.text };
    return { field, type: "number", number: response.score };
  });

/** A response as the list gives it. */
export const responseJson = (form: Form, response: Response) => ({
  landing_id: response.token,
  token: response.token,
  response_id: response.token,
  response_type: "completed",
  landed_at: second(response.submitted - 60_000),
  submitted_at: second(response.submitted),
  metadata: {
    user_agent: "Mozilla/5.0",
    platform: "other",
    network_id: response.token.slice(0, 10),
    browser: "default",
  },
  hidden: response.hidden,
  calculated: { score: 0 },
  answers: answersOf(form, response),
  thankyou_screen_ref: "default_tys",
});

/** The same as the webhook tells it, with the questions. */
export const eventJson = (form: Form, response: Response, eventId: string) => ({
  event_id: eventId,
  event_type: "form_response",
  form_response: {
    form_id: form.id,
    token: response.token,
    landed_at: second(response.submitted - 60_000),
    submitted_at: second(response.submitted),
    hidden: response.hidden,
    calculated: { score: 0 },
    definition: { id: form.id, title: form.title, fields: form.fields },
    answers: answersOf(form, response),
  },
});
