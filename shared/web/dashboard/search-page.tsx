import { grouped, HITS, hitPath, SearchText } from "../api/search-routes.ts";
import { KIND_WORDS, toolName } from "../words.ts";
import { address, Outside } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";

/** What is called so, grouped by what it is; exact keys first. */
export const searchPage: PageHandler = async (c, deps) => {
  const asked = SearchText.safeParse((c.req.query("q") ?? "").slice(0, 200));
  const groups = asked.success ? grouped(await deps.views.search(asked.data, HITS)) : [];
  return sendPage(
    c,
    deps,
    { title: asked.success ? `Search: ${asked.data}` : "Search" },
    <>
      <h1>Search</h1>
      {!asked.success && <p class="lead">Type a key such as ACME-8 or #418, or words of a name.</p>}
      {asked.success && groups.length === 0 && (
        <section class="empty">
          <h2>No results for “{asked.data}”</h2>
          <p>
            Keys are found in every tool; names of what is planned, by the beginnings of their words. Work items and
            pull requests are found by their key.
          </p>
        </section>
      )}
      {groups.map(([kind, hits]) => (
        <section aria-labelledby={`found-${kind}`}>
          <h2 id={`found-${kind}`}>{KIND_WORDS[kind]}</h2>
          <ul class="plain">
            {hits.map((hit) => {
              const path = hitPath(hit);
              const words = `${hit.key === undefined ? "" : `${hit.key} `}${hit.name}`;
              return (
                <li>
                  {path === undefined ? <Outside href={hit.url}>{words}</Outside> : <a href={path}>{words}</a>}{" "}
                  <span class="quiet">{toolName(hit.tool)}</span>
                </li>
              );
            })}
          </ul>
          {hits.length === HITS && <p class="quiet">The first {HITS}; say more words to narrow it.</p>}
        </section>
      ))}
      {asked.success && (
        <p>
          <a href={address("/v1/search", { q: asked.data })}>As JSON</a>
        </p>
      )}
    </>,
  );
};
