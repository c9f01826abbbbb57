import { lost } from "../../report/capability-words.ts";
import type { ConnectionDetail, StreamAccess } from "../../store/connection-detail.ts";
import type { ConnectionView } from "../../store/views.ts";
import { KIND_WORDS, STAGE_WORDS } from "../words.ts";
import { Code } from "./code.tsx";
import { CredentialNote } from "./connections-page.tsx";
import { Scroll } from "./scroll.tsx";
import { Moment } from "./time.tsx";

const Proof = ({ access }: { readonly access: StreamAccess }) => {
  const { isSent, works, untried, broken } = access;
  if (isSent) return <span class="quiet">sent by the tool</span>;
  if (broken.length > 0) return <span class="h off_track">refused</span>;
  if (works === 0) return <span class="quiet">not read yet</span>;
  return (
    <>
      <span class="h on_track">works</span>
      {untried > 0 && <span class="quiet sub">{untried} not read yet</span>}
    </>
  );
};

/** What the credential may do, as the last runs proved it, and what is lost where it may not. */
export const Access = ({
  connection,
  detail,
}: {
  readonly connection: ConnectionView;
  readonly detail: ConnectionDetail | undefined;
}) => (
  <section aria-labelledby="access">
    <h2 id="access">Access</h2>
    <p>
      What the last run of each stream showed. <code>npx throughline doctor {connection.name}</code> tries each of them
      anew.
    </p>
    <CredentialNote credential={connection.credential} />
    {detail === undefined ? (
      <p class="quiet">Only people who may see all products of this connection can see this, once it can be opened.</p>
    ) : (
      <Scroll label="What the credential may read">
        <table>
          <thead>
            <tr>
              <th scope="col">Stream</th>
              <th scope="col">State</th>
              <th scope="col">Permission in the tool</th>
              <th scope="col">Provides</th>
              <th scope="col">Evidence for</th>
            </tr>
          </thead>
          <tbody>
            {detail.access.map((access) => (
              <>
                <tr>
                  <th scope="row">{access.stream}</th>
                  <td>
                    <Proof access={access} />
                  </td>
                  <td>{access.right === undefined ? <span class="quiet">none of its own</span> : access.right}</td>
                  <td>{access.kinds.map((kind) => KIND_WORDS[kind].toLowerCase()).join(", ")}</td>
                  <td>{access.stages.map((stage) => STAGE_WORDS[stage]).join(", ")}</td>
                </tr>
                {access.broken.map(({ scope, code, reason, at }) => {
                  const { what, fix } = lost({ ...access, scope, code, reason });
                  return (
                    <tr class="trouble">
                      <td colspan={5}>
                        {what} <Code code={code} /> <Moment at={at} />
                        {fix !== undefined && (
                          <>
                            <br />
                            {fix}
                          </>
                        )}
                      </td>
                    </tr>
                  );
                })}
              </>
            ))}
          </tbody>
        </table>
      </Scroll>
    )}
    <p class="quiet">
      The hub reads. A credential with rights beyond these, to write for example, may more than it needs: make one with
      these alone.
    </p>
  </section>
);

/** The settings in force, each with where it comes from; secrets by their names. */
export const Settings = ({ detail }: { readonly detail: ConnectionDetail | undefined }) => (
  <section aria-labelledby="settings">
    <h2 id="settings">Settings</h2>
    <p>
      As they are in force. They are changed in{" "}
      {detail?.file === undefined ? "the configuration" : <code>{detail.file}</code>} and nowhere else; secrets are
      shown by the names under which they are kept.
    </p>
    {detail === undefined ? (
      <p class="quiet">Only people who may see all products of this connection can see this, once it can be opened.</p>
    ) : (
      <Scroll label="Settings in force">
        <table>
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">Value</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {detail.settings.map(({ name, value, isSecret, isDefault, line }) => (
              <tr>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>
                  {isSecret && "secret "}
                  {value}
                </td>
                <td>
                  {isDefault ? (
                    <span class="quiet">default</span>
                  ) : detail.file === undefined ? (
                    "the configuration"
                  ) : (
                    `${detail.file}${line === undefined ? "" : `:${line}`}`
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    )}
  </section>
);
