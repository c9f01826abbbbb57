import type { Draft } from "../../shared/domain/entity.ts";
import { TIMELESS } from "../../shared/domain/instant.ts";
import { markersIn, referencesIn } from "../../shared/domain/reference.ts";
import { pageOf, scopesOf, tagsOf, userRef } from "./envelope.ts";
import type { Annotation } from "./schema.ts";
import { instantIn, isZone } from "./zone.ts";

/** A note on the charts of the project: said to colleagues only. Without a readable day it is no note on anything. */
export const normaliseAnnotation = (annotation: Annotation): readonly Draft[] => {
  const { id, date, description, user } = annotation;
  const zone = annotation.timeZone ?? "";
  const at = instantIn(isZone(zone) ? zone : "UTC", date ?? "");
  if (at === undefined) return [];
  const [title = "", ...rest] = (description ?? "").trim().split("\n");
  const text = rest.join("\n").trim();
  const tags = tagsOf((annotation.tags ?? []).map(({ name }) => name)).join("\n");
  const draft: Draft<"announcement"> = {
    kind: "announcement",
    external: { noun: "annotation", id, url: pageOf(annotation, "settings/project#annotations") },
    scopes: scopesOf(annotation),
    updatedAt: TIMELESS,
    fields: {
      title: title || "Annotation",
      text: text || undefined,
      audience: { category: "internal", detail: "annotation", mappedBy: "tool" },
      type: { category: "note", detail: "annotation", mappedBy: "tool" },
      at,
      authorId: userRef(user?.id),
    },
    references: [
      ...referencesIn(title, "title"),
      ...referencesIn(tags, "tag"),
      ...referencesIn(text, "body"),
      ...markersIn([title, text, tags].join("\n")),
    ],
  };
  return [draft];
};
