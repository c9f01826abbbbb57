import type { NormaliseContext } from "../../shared/connector/contract.ts";
import { type Draft, type FieldedKind, type PLAN_STATUSES, PRIORITIES } from "../../shared/domain/entity.ts";
import type { OBJECTIVE_STATUSES } from "../../shared/domain/fields-around.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Kind, Ref } from "../../shared/domain/kind.ts";
import type { Reference } from "../../shared/domain/link.ts";
import { type Mapped, mapWord, type Table, type Word } from "../../shared/domain/mapped.ts";
import { aliasOfUrl, referencesIn } from "../../shared/domain/reference.ts";
import { bare } from "./config.ts";
import type { Page, Person } from "./schema.ts";
import { dayOf, numberOf, propertyOf, textOf, titleOf, wordOf } from "./values.ts";

/** Longer texts are cut: what a document is about stands at its beginning. */
const KEPT_AT_MOST = 4000;

/** Notion sorts the options of a status into three groups; a select has none and goes by its name. */
const OBJECTIVES: Table<(typeof OBJECTIVE_STATUSES)[number]> = new Map([
  ["to-do", "draft"],
  ["in progress", "active"],
  ["complete", "achieved"],
  ["draft", "draft"],
  ["active", "active"],
  ["achieved", "achieved"],
  ["missed", "missed"],
  ["cancelled", "cancelled"],
]);
const PLANS: Table<(typeof PLAN_STATUSES)[number]> = new Map([
  ["to-do", "planned"],
  ["in progress", "active"],
  ["complete", "completed"],
  ["proposed", "proposed"],
  ["planned", "planned"],
  ["active", "active"],
  ["paused", "paused"],
  ["completed", "completed"],
  ["cancelled", "cancelled"],
]);
/** Words that say more than the group they stand in: every board has "Cancelled" under complete. */
const PRECISE: ReadonlySet<string> = new Set(["missed", "cancelled", "paused", "proposed"]);
const PRIORITY: Table<(typeof PRIORITIES)[number]> = new Map(PRIORITIES.map((word) => [word, word]));

const status = <Category extends string>(page: Page, table: Table<Category>): Mapped<Category> => {
  const word: Word = wordOf(page, "status");
  const own = new Map(
    Object.entries(page.mapping?.statuses ?? {}).flatMap(([name, category]) => {
      const known = [...table.values()].find((one) => one === category);
      return known === undefined ? [] : [[name, known] as const];
    }),
  );
  const name = word.name.toLowerCase().replace("canceled", "cancelled");
  const type = PRECISE.has(name) && table.has(name) ? name : word.type;
  return mapWord({ ...word, type }, table, own);
};

/** Everything but the kind and its fields. */
const envelope = (page: Page) => {
  const editedAt = maybeInstant(page.last_edited_time);
  const isGone = page.in_trash === true || page.archived === true;
  const place = page.parent?.database_id ?? page.parent?.data_source_id;
  return {
    external: { noun: "page", id: page.id, url: httpOr(page.url, `https://www.notion.so/${bare(page.id)}`) },
    scopes: place ? [bare(place)] : [bare(page.id)],
    createdAt: maybeInstant(page.created_time),
    updatedAt: editedAt ?? TIMELESS,
    ...(isGone && editedAt !== undefined && { archivedAt: editedAt }),
    aliases: [`notion.so/${bare(page.id)}`],
    references: referencesOf(page),
  };
};

const httpOr = (url: string | null | undefined, standard: string): string =>
  url && /^https?:\/\//.test(url) ? url : standard;

/** The property that people keep for it links; the title names; what the text mentions is only that. */
const referencesOf = (page: Page): readonly Reference[] => {
  const link = textOf(propertyOf(page, "link"));
  const alias = aliasOfUrl(link ?? "");
  const lines = page.lines ?? [];
  const body = lines.flatMap(({ text, links }) => [text, ...(links ?? [])]).join("\n");
  return [
    ...(alias === undefined ? referencesIn(link, "native") : [{ alias, place: "native" as const }]),
    ...referencesIn(titleOf(page), "title"),
    ...referencesIn(body, "body"),
  ];
};

const refTo = <K extends Kind>(kind: K, noun: string, id: string | undefined | null): Ref<K> | undefined =>
  id ? { kind, noun, id } : undefined;
const ownerOf = (page: Page) => refTo("account", "user", propertyOf(page, "owner")?.people?.[0]?.id);
const textOfLines = ({ lines }: Page): string | undefined =>
  (lines ?? [])
    .map(({ text }) => text)
    .join("\n")
    .trim()
    .slice(0, KEPT_AT_MOST) || undefined;

const draftOf = <K extends FieldedKind>(kind: K, page: Page, fields: Draft<K>["fields"]): readonly Draft[] => [
  { kind, ...envelope(page), fields } as Draft<K>,
];

const DOCUMENTS: Table<"vision" | "strategy" | "spec" | "note"> = new Map([
  ["vision", "vision"],
  ["strategy", "strategy"],
  ["spec", "spec"],
  ["note", "note"],
]);

export const normaliseDocument = (page: Page): readonly Draft[] =>
  draftOf("document", page, {
    title: titleOf(page) || "Untitled",
    type: mapWord({ name: page.mapping?.as ?? "page" }, new Map(), DOCUMENTS),
    text: textOfLines(page),
    lastEditedAt: maybeInstant(page.last_edited_time),
    authorId: refTo("account", "user", page.created_by?.id),
    parentId: refTo("document", "page", page.parent?.page_id),
  });

export const normaliseObjective = (page: Page): readonly Draft[] =>
  draftOf("objective", page, {
    title: titleOf(page) || "Untitled",
    text: textOf(propertyOf(page, "problem")),
    status: status(page, OBJECTIVES),
    startDate: dayOf(propertyOf(page, "start"), "start"),
    endDate: dayOf(propertyOf(page, "end"), "end"),
    ownerId: ownerOf(page),
    parentId: refTo("objective", "page", propertyOf(page, "objective")?.relation?.[0]?.id),
  });

export const normaliseKeyResult = (page: Page): readonly Draft[] =>
  draftOf("keyResult", page, {
    title: titleOf(page) || "Untitled",
    objectiveId: refTo("objective", "page", propertyOf(page, "objective")?.relation?.[0]?.id),
    status: status(page, OBJECTIVES),
    baseline: numberOf(propertyOf(page, "baseline")),
    target: numberOf(propertyOf(page, "target")),
    current: numberOf(propertyOf(page, "current")),
    unit: textOf(propertyOf(page, "unit")),
    ownerId: ownerOf(page),
  });

export const normaliseFeature = (page: Page): readonly Draft[] => {
  const priority = wordOf(page, "priority");
  const objectives = propertyOf(page, "objective")?.relation ?? [];
  return draftOf("feature", page, {
    title: titleOf(page) || "Untitled",
    problem: textOf(propertyOf(page, "problem")),
    type: "Roadmap item",
    declaredStatus: status(page, PLANS),
    ...(priority.name !== "" && { priority: mapWord(priority, PRIORITY) }),
    startDate: dayOf(propertyOf(page, "start"), "start"),
    targetDate: dayOf(propertyOf(page, "end"), "end"),
    ownerId: ownerOf(page),
  }).map((draft) => ({
    ...draft,
    relations: objectives.map(({ id }) => ({
      type: "contributes_to" as const,
      to: { kind: "objective" as const, noun: "page", id },
    })),
  }));
};

/** Someone of the workspace or an integration; of the e-mail address only a hash is kept. */
export const normaliseUser = (user: Person, { emailHash }: NormaliseContext): readonly Draft[] => {
  const draft: Draft<"account"> = {
    kind: "account",
    external: { noun: "user", id: user.id, url: "https://www.notion.so" },
    scopes: [],
    updatedAt: TIMELESS,
    fields: {
      tool: "notion",
      name: user.name ?? undefined,
      emailHash: emailHash?.(user.person?.email ?? ""),
      isBot: user.type === "bot",
    },
  };
  return [draft];
};
