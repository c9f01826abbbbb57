import * as z from "zod";
import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { accountsOf, archivedAt, newest, pageOf, scopesOf, userRef, wordsOf } from "./envelope.ts";
import type { Annotation, Response, Survey } from "./schema.ts";

/** A note on the charts, by a person or (GIT) by a deployment: said to colleagues only. */
export const normaliseAnnotation = (annotation: Annotation, context: NormaliseContext): readonly Draft[] => {
  const { id, content, creation_type: how } = annotation;
  const at = maybeInstant(annotation.date_marker) ?? maybeInstant(annotation.created_at);
  if (at === undefined) return [];
  const updatedAt = newest(annotation.updated_at, annotation.created_at);
  const [title = "", ...rest] = (content ?? "").trim().split("\n");
  const text = rest.join("\n").trim();
  const draft: Draft<"announcement"> = {
    kind: "announcement",
    external: { noun: "annotation", id, url: pageOf(annotation, `data-management/annotations/${id}`) },
    scopes: scopesOf(annotation),
    createdAt: maybeInstant(annotation.created_at),
    updatedAt,
    archivedAt: archivedAt(annotation.deleted, updatedAt),
    fields: {
      title: title || "Annotation",
      text: text || undefined,
      audience: { category: "internal", detail: "annotation", mappedBy: "tool" },
      type: { category: "note", detail: how || "annotation", mappedBy: "tool" },
      at,
      authorId: userRef(annotation.created_by),
    },
    references: wordsOf({ title, body: text }),
  };
  return [draft, ...accountsOf(annotation.created_by, annotation, context)];
};

/** By the scales of PostHog's own templates; a rating on another scale is unknown. */
const TYPES: Table<"nps" | "csat" | "ces" | "open"> = new Map([
  ["rating 10", "nps"],
  ["rating 7", "ces"],
  ["rating 5", "csat"],
  ["open", "open"],
]);

type Question = NonNullable<Survey["questions"]>[number];

const typeOf = (questions: readonly Question[]): string => {
  const rating = questions.find(({ type }) => type === "rating");
  if (rating === undefined) return "open";
  return rating.scale === 10 && rating.isNpsQuestion === false ? "rating 10, no NPS" : `rating ${rating.scale ?? ""}`;
};

export const normaliseSurvey = (survey: Survey, context: NormaliseContext): readonly Draft[] => {
  const { id, name, description, start_date: start, end_date: end } = survey;
  const questions = survey.questions ?? [];
  const updatedAt = newest(survey.created_at, start, end);
  const draft: Draft<"survey"> = {
    kind: "survey",
    external: { noun: "survey", id, url: pageOf(survey, `surveys/${id}`) },
    scopes: scopesOf(survey),
    createdAt: maybeInstant(survey.created_at),
    updatedAt,
    archivedAt: archivedAt(survey.archived, updatedAt),
    fields: {
      title: name || `survey ${id}`,
      type: mapWord({ name: typeOf(questions) }, TYPES),
      isOpen: maybeInstant(start) !== undefined && maybeInstant(end) === undefined,
      questions: questions.map((one, index) => ({
        id: one.id || String(index),
        text: one.question ?? "",
        type: one.type ?? "",
      })),
    },
    references: wordsOf({ title: name, body: description, flagKey: survey.linked_flag?.key }),
  };
  return [draft, ...accountsOf(survey.created_by, survey, context)];
};

const Answers = z.array(
  z.looseObject({ id: z.string().nullish(), question: z.string().nullish(), response: z.unknown() }),
);

/** What somebody answered; who it was is not read. */
export const normaliseResponse = (response: Response): readonly Draft[] => {
  const at = maybeInstant(response.timestamp);
  if (!response.surveyId || at === undefined) return [];
  const asked = response.asked ?? [];
  const given = answersIn(response);
  const answers = given.map(({ id, question, response: said }, index) => ({
    question: question || (asked.find((one) => one.id === id) ?? asked[index])?.question || "",
    answer: textOf(said),
  }));
  const rating = asked.findIndex(({ type }) => type === "rating");
  const scored = given.find(({ id }, index) => (id ? id === asked[rating]?.id : index === rating));
  const score = rating === -1 || scored === undefined ? Number.NaN : Number.parseFloat(textOf(scored.response));
  const scale = asked[rating]?.scale;
  const free = given.filter(({ id }, index) => (asked.find((one) => one.id === id) ?? asked[index])?.type === "open");
  const draft: Draft<"surveyResponse"> = {
    kind: "surveyResponse",
    external: { noun: "survey_response", id: response.uuid, url: pageOf(response, `surveys/${response.surveyId}`) },
    scopes: scopesOf(response),
    createdAt: at,
    updatedAt: at,
    fields: {
      surveyId: { kind: "survey", noun: "survey", id: response.surveyId },
      at,
      score: Number.isFinite(score) ? score : undefined,
      scale: Number.isFinite(score) && typeof scale === "number" ? [scale === 10 ? 0 : 1, scale] : undefined,
      text:
        free
          .map(({ response: said }) => textOf(said))
          .filter(Boolean)
          .join("\n") || undefined,
      answers,
      isComplete: isTrue(response.completed),
    },
    references: wordsOf({ body: answers.map(({ answer }) => answer).join("\n") }),
  };
  return [draft];
};

/** Libraries of late send all questions with their answers, older ones the first answer alone. */
const answersIn = ({ questions, response }: Response): z.output<typeof Answers> => {
  const told = Answers.safeParse(typeof questions === "string" ? parsed(questions) : questions);
  if (told.success && told.data.some(({ response: said }) => said !== undefined && said !== null))
    return told.data.filter(({ response: said }) => said !== undefined && said !== null);
  return response === undefined || response === null || response === "" ? [] : [{ response }];
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const textOf = (said: unknown): string => {
  if (Array.isArray(said)) return said.map(textOf).join(", ");
  return ["string", "number", "boolean"].includes(typeof said) ? String(said) : "";
};

/** Properties come as JSON or as text, by version. */
const isTrue = (told: unknown): boolean | undefined =>
  told === true || told === "true" || told === 1
    ? true
    : told === false || told === "false" || told === 0
      ? false
      : undefined;
