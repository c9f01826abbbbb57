import type { Ref } from "../../shared/domain/kind.ts";
import type { Reference } from "../../shared/domain/link.ts";
import { referencesIn } from "../../shared/domain/reference.ts";

type Text = string | null | undefined;

const APP = "https://app.launchdarkly.com";

/** Address of a page of a project in LaunchDarkly's app. */
export const pageOf = (
  { appUrl, projectKey }: { readonly appUrl?: Text; readonly projectKey?: Text },
  path: string,
): string => {
  const app = /^https?:\/\//.test(appUrl ?? "") ? appUrl?.replace(/(?<!\/)\/+$/, "") : APP;
  return `${app}/projects/${encodeURIComponent(projectKey ?? "")}/${path}`;
};

/** The project of a record: as our reading set it, else by the record's own address. */
export const projectOf = (record: {
  readonly projectKey?: Text;
  readonly _links?: { readonly self?: { readonly href?: Text } | null | undefined } | null | undefined;
}): string | undefined =>
  record.projectKey || /^\/api\/v2\/(?:flags|metrics|projects)\/([^/]+)/.exec(record._links?.self?.href ?? "")?.[1];

/** LaunchDarkly names records by keys that never change, each inside of its project. */
export const idOf = (...keys: readonly Text[]): string => keys.map((key) => key ?? "").join("/");

export const labelsOf = (tags: readonly string[] | null | undefined): string[] | undefined =>
  tags?.length ? [...new Set(tags)].toSorted() : undefined;

/** What names, tags and texts point to; `feature:KEY` is said on purpose, wherever it stands. */
export const pointersIn = (
  titles: readonly Text[],
  tags: readonly string[] | null | undefined,
  texts: readonly Text[],
): Reference[] => [
  ...titles.flatMap((title) => referencesIn(title, "title")),
  ...(tags ?? []).flatMap((tag) => referencesIn(tag, /^feature[:._-]/i.test(tag) ? "declared" : "tag")),
  ...texts.flatMap((text) => [
    ...referencesIn((text ?? "").match(/\bfeature:\s?\S{1,300}/gi)?.join(" "), "declared"),
    ...referencesIn(text, "body"),
  ]),
];

export const metricRef = (project: Text, key: string): Ref<"metric"> => ({
  kind: "metric",
  noun: "metric",
  id: idOf(project, key),
});
