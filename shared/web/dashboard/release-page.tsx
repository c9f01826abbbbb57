import { HubError } from "../../connector/errors.ts";
import type { Entity } from "../../domain/entity.ts";
import type { ReleasePart } from "../../store/plan-past.ts";
import { detailWords, KIND_WORDS, toolName } from "../words.ts";
import { FeatureRows } from "./initiative-page.tsx";
import { Outside } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { Day, Target } from "./time.tsx";

/** Features of one release that are shown; of more, the list as JSON tells. */
const FEATURES = 100;
const FIRST: readonly string[] = ["workItem", "pullRequest"];

const Facts = ({ release: { fields, source } }: { readonly release: Entity<"release"> }) => (
  <dl class="facts">
    <div>
      <dt>Status</dt>
      <dd>
        <span class={`pill ${fields.status.category}`}>{detailWords(fields.status)}</span>
      </dd>
    </div>
    {fields.version !== fields.name && (
      <div>
        <dt>Version</dt>
        <dd>{fields.version}</dd>
      </div>
    )}
    {fields.channel !== undefined && (
      <div>
        <dt>Channel</dt>
        <dd>{fields.channel}</dd>
      </div>
    )}
    {fields.publishedAt !== undefined && (
      <div>
        <dt>Published</dt>
        <dd>
          <Day at={fields.publishedAt} />
        </dd>
      </div>
    )}
    {fields.releaseDate !== undefined && (
      <div>
        <dt>Release day</dt>
        <dd>
          <Target date={fields.releaseDate} />
        </dd>
      </div>
    )}
    <div>
      <dt>Tool</dt>
      <dd>
        <Outside href={source.url}>{toolName(source.tool)}</Outside>
      </dd>
    </div>
  </dl>
);

/** Records by what they are, the work first. */
const Parts = ({ parts }: { readonly parts: readonly ReleasePart[] }) => {
  const kinds = [...Map.groupBy(parts, ({ kind }) => kind)];
  const place = (kind: string | undefined) => (FIRST.indexOf(kind ?? "") + FIRST.length + 1) % (FIRST.length + 1);
  return kinds
    .toSorted(([a], [b]) => place(a) - place(b))
    .map(([kind, some]) => (
      <>
        <h3>
          {kind === undefined ? "Not read yet" : KIND_WORDS[kind]} <span class="quiet">{some.length}</span>
        </h3>
        <ul class="records">
          {some.map(({ id, key, name, url, tool }) => (
            <li>
              <span class="what">
                <Outside href={url}>
                  {key !== undefined && <b>{key} </b>}
                  {name ?? (key === undefined && id)}
                </Outside>
              </span>
              {tool !== undefined && <span class="quiet">{toolName(tool)}</span>}
            </li>
          ))}
        </ul>
      </>
    ));
};

/** One release: what it brought, by features and by records, and what its tool says of it. */
export const releasePage: PageHandler = async (c, deps) => {
  const asked = c.req.param("id") ?? "";
  const release = await deps.views.entity("release", asked);
  if (release === undefined)
    throw new HubError("not_found", `there is no release ${asked.slice(0, 64)}`, { retry: "never" });
  const parts = await deps.views.releaseParts(release.id);
  const records = parts.filter(({ kind }) => kind !== "feature");
  const ids = [...new Set(parts.flatMap(({ features }) => features))];
  const features = ids.length === 0 ? [] : (await deps.views.features({ ids }, undefined, FEATURES)).items;
  const json = `/v1/releases/${release.id}`;
  return sendPage(
    c,
    deps,
    {
      title: release.fields.name.slice(0, 120),
      section: "features",
      crumbs: [{ href: "/releases", word: "Releases" }],
    },
    <>
      <p class="eyebrow">Release</p>
      <h1>{release.fields.name}</h1>
      <div class="split">
        <div>
          {release.fields.notes !== undefined && (
            <section aria-labelledby="notes">
              <h2 id="notes">Notes</h2>
              <p class="said">{release.fields.notes}</p>
            </section>
          )}
          <section aria-labelledby="features">
            <h2 id="features">Features</h2>
            {features.length === 0 ? (
              <p class="quiet">None of its records belongs to a feature.</p>
            ) : (
              <FeatureRows features={features} />
            )}
          </section>
          <section aria-labelledby="records">
            <h2 id="records">What it contains</h2>
            {records.length === 0 ? (
              <p class="quiet">Its tool lists no work items, and none of its commits is known from a pull request.</p>
            ) : (
              <Parts parts={records} />
            )}
          </section>
        </div>
        <aside aria-label="Facts">
          <Facts release={release} />
          <p class="quiet">
            <a href={json}>As JSON</a> · <a href={`${json}/parts`}>contents as JSON</a>
          </p>
        </aside>
      </div>
    </>,
  );
};
