import * as z from "zod";

const text = z.string().nullish();
const number = z.number().nullish();

/** https://www.typeform.com/developers/create/reference/retrieve-form/ */
export const Field = z.looseObject({
  id: z.string().min(1),
  ref: text,
  title: text,
  type: text,
  properties: z.looseObject({ steps: number, start_at_one: z.boolean().nullish() }).nullish(),
});
export type Field = z.output<typeof Field>;

/** Questions stand one below the other, and inside groups: `nested` holds both in order. */
const Grouped = Field.extend({
  properties: z
    .looseObject({ steps: number, start_at_one: z.boolean().nullish(), fields: z.array(Field).nullish() })
    .nullish(),
});

export const Form = z.looseObject({
  id: z.string().min(1),
  title: text,
  type: text,
  fields: z.array(Grouped).nullish(),
  hidden: z.array(z.string()).nullish(),
  settings: z.looseObject({ is_public: z.boolean().nullish() }).nullish(),
  workspace: z.looseObject({ href: text }).nullish(),
  created_at: text,
  last_updated_at: text,
  _links: z.looseObject({ display: text }).nullish(),
});
export type Form = z.output<typeof Form>;

const Answer = z.looseObject({
  type: text,
  field: z.looseObject({ id: text, ref: text, type: text }).nullish(),
  text,
  number,
  boolean: z.boolean().nullish(),
  date: text,
  url: text,
  choice: z.looseObject({ label: text, other: text }).nullish(),
  choices: z.looseObject({ labels: z.array(z.string()).nullish(), other: text }).nullish(),
});
export type Answer = z.output<typeof Answer>;

/**
 * A response as the webhook tells it (`form_response`), with its form's id and questions; the reader puts the same on the
 * records of the API. https://www.typeform.com/developers/webhooks/example-payload/
 */
export const Response = z.looseObject({
  token: z.string().min(1),
  form_id: z.string().min(1),
  landed_at: text,
  submitted_at: text,
  response_type: text,
  definition: z.looseObject({ title: text, fields: z.array(Grouped).nullish() }).nullish(),
  answers: z.array(Answer).nullish(),
  hidden: z.record(z.string(), z.unknown()).nullish(),
});
export type Response = z.output<typeof Response>;
