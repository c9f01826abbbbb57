import * as z from "zod";
import { PERSON_STATES } from "../../domain/identity.ts";
import { confirmLine, declareLine, refuseLine } from "../../store/people-config.ts";
import type { PersonView } from "../../store/views.ts";
import { checked, givenIn } from "../api/query.ts";
import { PERSON_WORDS, RULE_WORDS, toolName } from "../words.ts";
import { Beginning, beginning } from "./beginning.tsx";
import { address, Outside } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { Scroll } from "./scroll.tsx";

const ROWS = 50;
const Shape = { state: z.enum(PERSON_STATES).optional(), cursor: z.string().optional() };

const Lines = ({ lines }: { readonly lines: readonly string[] }) => (
  <pre>
    <code>{lines.join("\n")}</code>
  </pre>
);

/** What is open about a person, with the lines of the config that settle it. */
const Open = ({ person }: { readonly person: PersonView }) => (
  <>
    {person.mayBe.map((other) => (
      <>
        <p>
          Is this {other.accounts.map(({ label }) => label).join(", ")}? Handle and name are the same. To confirm, or to
          refuse:
        </p>
        <Lines lines={[confirmLine(person, other), refuseLine(person, other)]} />
      </>
    ))}
    {person.conflicts.map(({ account, other, rule }) => (
      <p>
        {account.label} and {other.label} share a {RULE_WORDS[rule]}, and the config keeps them apart.
      </p>
    ))}
    {person.state === "unmatched" && <Lines lines={[declareLine(person)]} />}
  </>
);

const PersonRow = ({ person }: { readonly person: PersonView }) => (
  <tr>
    <th scope="row">{person.name}</th>
    <td>
      <span class={`h ${PERSON_WORDS[person.state].tone}`}>{PERSON_WORDS[person.state].word}</span>
    </td>
    <td>
      <ul class="plain">
        {person.accounts.map(({ tool, label, url, rule }) => (
          <li>
            {toolName(tool)}: <Outside href={url}>{label}</Outside>
            {rule !== null && <span class="quiet sub">by {RULE_WORDS[rule]}</span>}
          </li>
        ))}
      </ul>
    </td>
    <td>
      <Open person={person} />
    </td>
  </tr>
);

/** Persons of all tools, those that wait for a decision first. */
export const peoplePage: PageHandler = async (c, deps) => {
  const search = new URLSearchParams(
    [...new URL(c.req.url).searchParams].filter(([name, value]) => name in Shape && value !== ""),
  );
  const asked = checked(z.object(Shape), givenIn(search, Shape, "/people"));
  const parameters = { state: asked.state };
  const scope = { route: "page.people", filters: parameters };
  const after = placeOf(deps, scope, asked.cursor);
  const states = asked.state === undefined ? undefined : [asked.state];
  const [counts, { items, next }] = await Promise.all([
    deps.views.peopleCounts(),
    deps.views.people(states, after, ROWS),
  ]);
  const following = linkCursor(deps, scope, next);
  const total = PERSON_STATES.reduce((sum, state) => sum + counts[state], 0);
  const connections = total === 0 ? await deps.views.connections() : [];
  return sendPage(
    c,
    deps,
    { title: "People", section: "people", reloads: beginning(connections).length > 0 },
    <>
      <h1>People</h1>
      <p class="lead">
        Accounts of all tools, joined to persons. Where no rule can tell, paste a line into <code>people</code> of{" "}
        <code>throughline.config.ts</code> and start again; take it out to undo it.
      </p>
      {total === 0 && <Beginning connections={connections} at="/people" />}
      {total > 0 && (
        <>
          <nav class="switch" aria-label="State">
            <a href="/people" aria-current={asked.state === undefined ? "true" : undefined}>
              All {total}
            </a>
            {PERSON_STATES.map((state) => (
              <a href={address("/people", { state })} aria-current={asked.state === state ? "true" : undefined}>
                {PERSON_WORDS[state].word} {counts[state]}
              </a>
            ))}
          </nav>
          <Scroll label="People">
            <table>
              <thead>
                <tr>
                  <th scope="col">Person</th>
                  <th scope="col">State</th>
                  <th scope="col">Accounts</th>
                  <th scope="col">To decide</th>
                </tr>
              </thead>
              <tbody>
                {items.map((person) => (
                  <PersonRow person={person} />
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
      <nav class="pages" aria-label="Pages">
        {after !== undefined && <a href={address("/people", parameters)}>First page</a>}
        {following !== undefined && (
          <a rel="next" href={address("/people", { ...parameters, cursor: following })}>
            Next {ROWS}
          </a>
        )}
        <a href={address("/v1/people", parameters)}>As JSON</a>
      </nav>
    </>,
  );
};
