import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { wordsInCommon } from "../../domain/likeness.ts";
import { counted } from "../../report/figures.ts";
import type { LinkEnd, SuggestionView } from "../../store/shown-links.ts";
import { decideLink } from "../api/link-routes.ts";
import { checked, givenIn } from "../api/query.ts";
import { KIND_WORDS, toolName } from "../words.ts";
import { answerForm, oneOf, PostForm, tokenOf } from "./form.tsx";
import { address, Outside } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { Scroll } from "./scroll.tsx";
import type { FormHandler } from "./settings/form.tsx";

const ROWS = 50;
const Shape = { cursor: z.string().optional(), done: z.string().optional() };

export const LINK_WORDS: Readonly<Record<string, string>> = {
  supersedes: "is the same as",
  implements: "implements",
  promotes: "promotes",
  gates: "gates",
  evaluates: "evaluates",
  designs: "designs",
  measures: "measures",
  requests: "asks for",
  reports_problem_in: "reports a problem in",
  announces: "announces",
};

const End = ({ end }: { readonly end: LinkEnd }) => (
  <>
    <Outside href={end.url}>
      {end.key !== undefined && <b>{end.key} </b>}
      {end.name ?? end.id}
    </Outside>
    <span class="quiet sub">
      {end.kind !== undefined && KIND_WORDS[end.kind]} {end.tool !== undefined && `in ${toolName(end.tool)}`}
    </span>
  </>
);

const Row = ({ one, token }: { readonly one: SuggestionView; readonly token: string }) => (
  <tr>
    <th scope="row">
      <End end={one.from} />
    </th>
    <td>{LINK_WORDS[one.type] ?? one.type.replaceAll("_", " ")}</td>
    <td>
      <End end={one.to} />
    </td>
    <td>
      {one.hints.map(({ by, text, url }) => (
        <div>
          {by === "mention" ? "mentions " : "both names have "}
          <Outside href={url}>
            {(by === "name" && wordsInCommon(one.to.name ?? "", one.from.name ?? "")) || text}
          </Outside>
        </div>
      ))}
    </td>
    <td class="num">{`${Math.round(one.confidence * 100)} %`}</td>
    <td>
      {(["confirm", "reject"] as const).map((does) => (
        <PostForm to="/review" does={does} token={token} label={`${does} ${one.from.name ?? ""}, ${one.id}`}>
          <input type="hidden" name="link" value={one.id} />
          <button type="submit">{does === "confirm" ? "Confirm" : "Reject"}</button>
        </PostForm>
      ))}
    </td>
  </tr>
);

/** Links that wait for a person, and where the people are that wait for one. */
export const reviewPage: PageHandler = async (c, deps) => {
  const asked = checked(z.object(Shape), givenIn(new URL(c.req.url).searchParams, Shape, "/review"));
  const scope = { route: "page.review", filters: {} };
  const after = placeOf(deps, scope, asked.cursor);
  const [{ items, next }, people] = await Promise.all([
    deps.views.suggestions(undefined, after, ROWS),
    deps.views.peopleCounts(),
  ]);
  const following = linkCursor(deps, scope, next);
  const token = tokenOf(c, deps);
  return sendPage(
    c,
    deps,
    { title: "Review", section: "review" },
    <>
      <h1>Review</h1>
      <p class="lead">
        Records that may belong together: one mentions the other, or their names are alike. None of these moves a stage
        until you confirm it; what you reject stays rejected.
      </p>
      {asked.done !== undefined && <Undo link={asked.done} token={token} />}
      <p>
        <a href="/people?state=probable">
          {people.probable === 0
            ? "No two accounts look like the same person"
            : `${counted(people.probable, "person", "people")} with accounts that may belong together, to decide on`}
        </a>
        {people.unmatched > 0 && (
          <>
            {" · "}
            <a href="/people?state=unmatched">
              {counted(people.unmatched, "person", "people")} known in one tool only, whom nothing joins to an account
              elsewhere
            </a>
          </>
        )}
      </p>
      {items.length === 0 && <p class="quiet">No links to review.</p>}
      {items.length > 0 && (
        <Scroll label="Suggested links">
          <table>
            <thead>
              <tr>
                <th scope="col">Record</th>
                <th scope="col">Suggested link</th>
                <th scope="col">To</th>
                <th scope="col">Why</th>
                <th scope="col" class="num">
                  Sure
                </th>
                <th scope="col">Decide</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <Row one={one} token={token} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <nav class="pages" aria-label="Pages">
        {after !== undefined && <a href="/review">First page</a>}
        {following !== undefined && (
          <a rel="next" href={address("/review", { cursor: following })}>
            Next {ROWS}
          </a>
        )}
        <a href="/v1/links/review">As JSON</a>
      </nav>
    </>,
  );
};

const Undo = ({ link, token }: { readonly link: string; readonly token: string }) => (
  <PostForm to="/review" does="undo" token={token} label="Undo the last decision">
    <input type="hidden" name="link" value={link} />
    <span>Decided.</span>
    <button type="submit">Undo</button>
  </PostForm>
);

const MEANS = { confirm: "confirmed", reject: "rejected", undo: undefined } as const;

/** The forms of the review page. */
export const reviewForm: FormHandler = (c, deps, fields) =>
  answerForm(c, fields, async ({ field, identity }) => {
    const does = oneOf("does", field("does"), ["confirm", "reject", "undo"]);
    if ((await decideLink({ deps, identity }, field("link"), MEANS[does])) === undefined)
      throw new HubError("not_found", "there is no such link to decide about", { retry: "never" });
    return does === "undo" ? "/review" : address("/review", { done: field("link") });
  });
