import type { Draft } from "../../shared/domain/entity.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Reference } from "../../shared/domain/link.ts";
import { markersIn, referencesIn } from "../../shared/domain/reference.ts";
import type { Answer, Field, Form, Response } from "./schema.ts";
import { questionsOf, scoringOf, surveyTypeOf } from "./survey-scoring.ts";

/** Typeform writes emphasis into its titles: `*bold*`, `_italic_`; answers are recalled as `{{field:…}}`. */
const plain = (title: string | null | undefined): string =>
  (title ?? "")
    .replaceAll(/\{\{[^}]{0,200}\}\}/g, "…")
    .replaceAll(/(?<![\w*])\*([^*\n]{1,300})\*(?![\w*])/g, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();

const workspaceOf = (href: string | null | undefined): string | undefined =>
  /\/workspaces\/([\w-]+)$/.exec(href ?? "")?.[1];

/** Asks a person for what leads to them: never kept. */
const PERSONAL_TYPES: ReadonlySet<string> = new Set([
  ...["email", "phone_number", "contact_info", "address", "file_upload", "payment", "website", "calendly"],
]);
const PERSONAL_WORDS = /\b(?:your|first|last|full|sur)[ -]?name\b|\be-?mail\b|\bphone\b|\baddress\b|\bwho are you\b/i;
const isPersonal = ({ type, title }: Field): boolean =>
  PERSONAL_TYPES.has(type ?? "") || (type === "short_text" && PERSONAL_WORDS.test(title ?? ""));

const questionIn = (fields: readonly Field[]) =>
  fields.map((field) => ({ id: field.id, text: plain(field.title), type: field.type ?? "" }));

/** What people declare a form to be about, then what its title names. */
const referencesOf = (title: string | null | undefined): Reference[] => [
  ...markersIn(title),
  ...referencesIn(title, "title"),
];

/** A form with its questions. Whether it takes answers is told by its being public. */
export const normaliseForm = (form: Form): readonly Draft[] => {
  const questions = questionsOf(form.fields);
  const workspace = workspaceOf(form.workspace?.href);
  const createdAt = maybeInstant(form.created_at);
  const draft: Draft<"survey"> = {
    kind: "survey",
    external: { noun: "form", id: form.id, url: form._links?.display ?? `https://form.typeform.com/to/${form.id}` },
    scopes: [...(workspace === undefined ? [] : [workspace]), form.id],
    createdAt,
    updatedAt: maybeInstant(form.last_updated_at) ?? createdAt ?? TIMELESS,
    references: referencesOf(form.title),
    fields: {
      title: plain(form.title) || form.id,
      type: surveyTypeOf(scoringOf(questions), form.type),
      isOpen: form.settings?.is_public ?? undefined,
      questions: questionIn(questions),
    },
  };
  return [draft];
};

/** Hidden fields that people fill to say what a response is about: key, flag or campaign, by the field's name. */
const HIDDEN: Readonly<Record<string, (value: string) => Reference[]>> = {
  feature: (value) => referencesIn(value, "declared"),
  feature_key: (value) => referencesIn(value, "declared"),
  issue: (value) => referencesIn(value, "declared"),
  flag: (value) => [{ alias: `flag:${value.toLowerCase()}`, place: "flag" }],
  experiment: (value) => [{ alias: `flag:${value.toLowerCase()}`, place: "flag" }],
  utm_campaign: (value) => [
    { alias: `utm:${value.toLowerCase()}`, place: "declared" },
    ...referencesIn(value, "declared"),
  ],
};

const hiddenReferences = (hidden: Response["hidden"]): Reference[] =>
  Object.entries(hidden ?? {}).flatMap(([name, value]) =>
    typeof value === "string" && value.trim() !== "" && Object.hasOwn(HIDDEN, name.toLowerCase())
      ? (HIDDEN[name.toLowerCase()]?.(value.trim().slice(0, 200)) ?? [])
      : [],
  );

/** An answer in words; undefined for kinds that lead to a person. */
const wordsOf = (answer: Answer): string | undefined => {
  const { text, number, boolean, date, url, choice, choices } = answer;
  if (answer.type === "email" || answer.type === "phone_number" || answer.type === "file_url") return undefined;
  if (text) return text;
  if (typeof number === "number") return String(number);
  if (typeof boolean === "boolean") return boolean ? "yes" : "no";
  if (choice) return choice.label || choice.other || undefined;
  if (choices) return [...(choices.labels ?? []), ...(choices.other ? [choices.other] : [])].join(", ") || undefined;
  return date || url || undefined;
};

/** A response; of who gave it nothing is kept. */
export const normaliseResponse = (response: Response): readonly Draft[] => {
  const { token, form_id: form, definition, hidden } = response;
  const questions = questionsOf(definition?.fields);
  const byName = new Map(questions.flatMap((field) => [[field.id, field] as const, [field.ref ?? field.id, field]]));
  const scoring = scoringOf(questions);
  const submittedAt = maybeInstant(response.submitted_at);
  const at = submittedAt ?? maybeInstant(response.landed_at) ?? TIMELESS;
  const told = (response.answers ?? []).flatMap((answer) => {
    const field = byName.get(answer.field?.id ?? "") ?? byName.get(answer.field?.ref ?? "");
    const words = wordsOf(answer);
    const isKept = field !== undefined && words !== undefined && !isPersonal(field);
    return isKept ? [{ field, words, number: answer.number }] : [];
  });
  const score = told.find(({ field }) => field.id === scoring?.field.id)?.number;
  const written = told.filter(({ field }) => field.type === "long_text").map(({ words }) => words);
  const draft: Draft<"surveyResponse"> = {
    kind: "surveyResponse",
    external: { noun: "response", id: token, url: `https://admin.typeform.com/form/${form}/results#responses` },
    scopes: [form],
    createdAt: maybeInstant(response.landed_at),
    updatedAt: at,
    references: [
      ...hiddenReferences(hidden),
      ...referencesOf(definition?.title),
      ...written.flatMap((words) => referencesIn(words, "body")),
    ],
    fields: {
      surveyId: { kind: "survey", noun: "form", id: form },
      at,
      ...(typeof score === "number" && scoring !== undefined && { score, scale: scoring.scale }),
      text: written.length > 0 ? written.join("\n\n") : undefined,
      answers: told.map(({ field, words }) => ({ question: plain(field.title) || field.id, answer: words })),
      isComplete: submittedAt !== undefined && (response.response_type ?? "completed") === "completed",
    },
  };
  return [draft];
};
