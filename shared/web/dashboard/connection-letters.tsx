import { letterName } from "../../store/dead-letters.ts";
import type { ConnectionView, Quarantined } from "../../store/views.ts";
import { Code } from "./code.tsx";
import { PostForm } from "./form.tsx";
import { Scroll } from "./scroll.tsx";
import { Moment } from "./time.tsx";

/** Reads one record again, or gives it up. */
const Acts = ({ letter, to, token }: { readonly letter: Quarantined; readonly to: string; readonly token: string }) => (
  <div class="acts">
    {(["Replay", "Discard"] as const).map((word) => (
      <PostForm
        to={to}
        does={`${word.toLowerCase()}_letter`}
        token={token}
        label={`${word} ${letter.stream} ${letterName(letter)}`}
      >
        <input type="hidden" name="letter" value={letterName(letter)} />
        <button type="submit">{word}</button>
      </PostForm>
    ))}
  </div>
);

const State = ({ letter: { resolvedAt, discarded } }: { readonly letter: Quarantined }) =>
  resolvedAt === undefined ? (
    <>waiting</>
  ) : (
    <>
      {discarded ? "discarded" : "resolved"} <Moment at={resolvedAt} />
    </>
  );

/** What could not be read, newest first, and what to do about it. */
export const SetAside = ({
  connection,
  letters,
  older,
  token,
}: {
  readonly connection: ConnectionView;
  readonly letters: readonly Quarantined[];
  readonly older: string | undefined;
  /** Present where something takes the work. */
  readonly token: string | undefined;
}) => (
  <section aria-labelledby="quarantine">
    <h2 id="quarantine">Set aside</h2>
    {letters.length === 0 ? (
      <p class="quiet">Every record of this connection could be read.</p>
    ) : (
      <>
        <p>
          These records could not be read. They are kept with their bytes; after an update of the connector, replay one
          of them here, or all with <code>npx throughline replay --quarantine</code>. What is discarded stays in the
          archive, and nobody is asked to look at it again.
        </p>
        <Scroll label="Records set aside">
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Stream</th>
                <th scope="col">Code</th>
                <th scope="col">Why</th>
                <th scope="col">State</th>
                {token !== undefined && <th scope="col">Actions</th>}
              </tr>
            </thead>
            <tbody>
              {letters.map((letter) => (
                <tr>
                  <td>
                    <Moment at={letter.at} />
                  </td>
                  <td>{letter.stream}</td>
                  <td>
                    <Code code={letter.code} />
                  </td>
                  <td>{letter.message}</td>
                  <td>
                    <State letter={letter} />
                  </td>
                  {token !== undefined && (
                    <td>
                      {letter.resolvedAt === undefined && (
                        <Acts
                          letter={letter}
                          to={`/connections/${encodeURIComponent(connection.name)}`}
                          token={token}
                        />
                      )}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </>
    )}
    {older !== undefined && (
      <p>
        <a class="more" rel="next" href={older}>
          Show older
        </a>
      </p>
    )}
  </section>
);
