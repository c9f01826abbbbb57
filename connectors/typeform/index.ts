import * as z from "zod";
import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { Config, credentialOf, scopesOf } from "./config.ts";
import { normaliseForm, normaliseResponse } from "./normalise.ts";
import { FORMS, FormCursor, readForms, rereadForms } from "./read-forms.ts";
import { ResponseCursor, readResponses, rereadId, rereadResponses } from "./read-responses.ts";
import { Form, Response } from "./schema.ts";
import { setup } from "./setup.ts";
import { webhook } from "./webhook.ts";

/** The records of a list answer. */
const listed = (answer: unknown): readonly unknown[] | undefined =>
  z.looseObject({ items: z.array(z.unknown()) }).safeParse(answer).data?.items;

/** Typeform: forms as surveys, told apart by their questions, and completed responses with their score. */
export default defineConnector<Config>({
  id: "typeform",
  title: "Typeform",
  category: "research",
  docs: "https://www.typeform.com/developers/",
  config: Config,
  http: (config) => ({
    baseUrl: config.baseUrl,
    headers: {},
    credential: credentialOf(config),
    requestsPerMinute: config.requestsPerMinute,
  }),
  setup,
  streams: {
    forms: stream({
      record: Form,
      kinds: ["survey"],
      normalise: normaliseForm,
      listed,
      poll: { cursor: FormCursor, start: {}, read: readForms },
      reread: rereadForms,
      census: FORMS,
    }),
    responses: stream({
      record: Response,
      kinds: ["surveyResponse"],
      normalise: normaliseResponse,
      listed,
      poll: { cursor: ResponseCursor, start: {}, scopes: scopesOf, read: readResponses },
      rereadId,
      reread: rereadResponses,
    }),
  },
  webhook,
});
