import { type Credential, holds } from "../../../store/access.ts";
import type { WebDeps } from "../../web-deps.ts";
import type { PageContext } from "../page.tsx";
import { Scroll } from "../scroll.tsx";
import { Moment } from "../time.tsx";
import { ActButton, productsText } from "./form.tsx";

const stateOf = (one: Credential, now: Date): string => {
  if (one.revokedAt !== undefined) return "revoked";
  return holds(one, now) ? "in use" : "expired";
};

/** Keys or links with a button that ends each. @param what `key`, for who hears the button only */
export const CredentialRows = (props: {
  readonly c: PageContext;
  readonly deps: WebDeps;
  readonly what: string;
  readonly path: string;
  readonly rows: readonly Credential[];
  readonly names: ReadonlyMap<string, string>;
}) => (
  <Scroll label={`All ${props.what}s`}>
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Permissions</th>
          <th scope="col">Products</th>
          <th scope="col">Created</th>
          <th scope="col">Last used</th>
          <th scope="col">Expires</th>
          <th scope="col">State</th>
          <th scope="col">
            <span class="vh">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((one) => (
          <tr>
            <th scope="row">
              {one.name}
              {one.path !== undefined && one.path !== one.name && <span class="quiet sub">{one.path}</span>}
              <span class="quiet sub">{one.id}</span>
            </th>
            <td>{one.role ?? one.scopes?.join(", ")}</td>
            <td>{productsText(one.products, props.names)}</td>
            <td>
              <Moment at={one.createdAt} />
              <span class="quiet sub">by {one.createdBy.name}</span>
            </td>
            <td>{one.lastUsedAt === undefined ? <span class="quiet">never</span> : <Moment at={one.lastUsedAt} />}</td>
            <td>{one.expiresAt === undefined ? <span class="quiet">never</span> : <Moment at={one.expiresAt} />}</td>
            <td>{stateOf(one, props.deps.now())}</td>
            <td>
              {one.revokedAt === undefined && (
                <ActButton
                  c={props.c}
                  deps={props.deps}
                  action={`${props.path}/${one.id}/revoke`}
                  word="Revoke"
                  of={`the ${props.what} ${one.name}`}
                />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);
