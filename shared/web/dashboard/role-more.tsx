import type { Child } from "hono/jsx";
import type { WebDeps } from "../web-deps.ts";
import { address } from "./link.tsx";
import { KeyResult } from "./plan-parts.tsx";
import { LINK_WORDS } from "./review-page.tsx";

/** What a role asks every day beside features; of now alone. @param product its id, and its slug for addresses */
export type RoleMore = (deps: WebDeps, product: string | undefined, slug: string | undefined) => Promise<Child>;

const OBJECTIVES = 5;
const SUGGESTIONS = 5;
/** More of them are told as "more than". */
const COUNTED = 100;

/** How far the objectives are: each with its results against their targets. */
export const objectivesBlock: RoleMore = async ({ views }, product, slug) => {
  const { items, next } = await views.objectives({ product }, undefined, OBJECTIVES);
  const href = address("/objectives", { product: slug });
  return (
    <section aria-labelledby="objectives">
      <h2 id="objectives">
        <a href={href}>Objectives</a> <span class="quiet">{`${items.length}${next === undefined ? "" : "+"}`}</span>
      </h2>
      {items.length === 0 && <p class="quiet">No objectives yet.</p>}
      {items.map(({ id, title, keyResults }) => (
        <>
          <h3>
            <a href={address("/", { objective: id, product: slug })}>{title}</a>
          </h3>
          {keyResults.length === 0 ? (
            <p class="quiet">No key results.</p>
          ) : (
            <ul class="records">
              {keyResults.map((result) => (
                <KeyResult result={result} />
              ))}
            </ul>
          )}
        </>
      ))}
      {next !== undefined && <a href={href}>All objectives</a>}
    </section>
  );
};

/** What waits for somebody's decision: links that are suggested, and people whose accounts may be one. */
export const reviewBlock: RoleMore = async ({ views }, product) => {
  const [{ items, next }, people] = await Promise.all([
    views.suggestions(product, undefined, COUNTED),
    views.peopleCounts(),
  ]);
  return (
    <section aria-labelledby="review">
      <h2 id="review">
        <a href="/review">To review</a> <span class="quiet">{`${items.length}${next === undefined ? "" : "+"}`}</span>
      </h2>
      {items.length === 0 ? (
        <p class="quiet">No links are waiting for a decision.</p>
      ) : (
        <ul class="records">
          {items.slice(0, SUGGESTIONS).map(({ from, type, to, confidence }) => (
            <li>
              <span class="what">
                {from.name ?? from.id} {LINK_WORDS[type] ?? type.replaceAll("_", " ")} {to.name ?? to.id}
              </span>
              <span class="quiet">{`${Math.round(confidence * 100)} % sure`}</span>
            </li>
          ))}
        </ul>
      )}
      <p>
        <a href="/people?state=probable">{people.probable} people to decide on</a> ·{" "}
        <a href="/people?state=unmatched">{people.unmatched} in one tool only</a>
      </p>
    </section>
  );
};
