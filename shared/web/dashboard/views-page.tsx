import { HubError } from "../../connector/errors.ts";
import { type SavedView, savedViews } from "../../store/saved-views.ts";
import type { Identity } from "../access/identity.ts";
import { answerForm, oneOf, PostForm, textIn, tokenOf } from "./form.tsx";
import type { PageHandler } from "./page.tsx";
import type { FormHandler } from "./settings/form.tsx";
import { sendSettings } from "./settings/settings-page.tsx";
import { Day } from "./time.tsx";

const NAME_AT_MOST = 80;
const ADDRESS_AT_MOST = 2000;
const PATH = "/settings/views";
/** What can be saved: pages whose address holds all of what they show. */
const SAVABLE: ReadonlySet<string> = new Set(["/", "/features", "/activity"]);

/** @throws HubError invalid_body for an address of another site or of another page */
export const savableAddress = (told: string): string => {
  const base = "http://hub.invalid";
  const url = URL.canParse(told, base) ? new URL(told, base) : undefined;
  if (url === undefined || url.origin !== base || !SAVABLE.has(url.pathname))
    throw new HubError(
      "invalid_body",
      "'address' must be the path of a board, table, timeline or activity of this hub",
      {
        retry: "never",
        details: { parameter: "address" },
      },
    );
  url.searchParams.delete("cursor");
  return `${url.pathname}${url.search}`;
};

const SavedRow = ({ view, token }: { readonly view: SavedView; readonly token: string }) => (
  <li>
    <span class="what">
      <a href={view.address}>{view.name}</a>
      <PostForm to={PATH} does="remove" token={token} label={`Remove ${view.name}`}>
        <input type="hidden" name="name" value={view.name} />
        <button type="submit">
          Remove<span class="vh"> {view.name}</span>
        </button>
      </PostForm>
    </span>
    <span class="quiet">
      {view.by.name} · <Day at={view.at} /> · <code>{view.address}</code>
    </span>
  </li>
);

/** Names and filters may tell of any product: who is limited to some sees the own views alone. */
const visibleTo = (views: readonly SavedView[], { id, products }: Identity): readonly SavedView[] =>
  products === "all" ? views : views.filter(({ by }) => by.id === id);

/** Views with a name, for everybody who uses the hub. */
export const viewsPage: PageHandler = async (c, deps) => {
  const views = visibleTo(await savedViews(deps.table).list(), c.get("identity"));
  const asked = c.req.query("address");
  const address = asked === undefined ? undefined : savableAddress(asked.slice(0, ADDRESS_AT_MOST));
  const token = tokenOf(c, deps);
  return sendSettings(
    c,
    deps,
    "Saved views",
    <>
      <h1>Saved views</h1>
      <p class="lead">A view is a named set of filters: whoever opens it sees the features that match now.</p>
      {address !== undefined && (
        <PostForm to={PATH} does="save" token={token} label="Save this view">
          <input type="hidden" name="address" value={address} />
          <label>
            <span>Name</span>
            <input name="name" required maxlength={NAME_AT_MOST} />
          </label>
          <button type="submit">Save</button>
          <code>{address}</code>
        </PostForm>
      )}
      {views.length === 0 ? (
        <p class="quiet">No saved views yet. Choose filters on the board and then “Save view”.</p>
      ) : (
        <ul class="records">
          {views.map((view) => (
            <SavedRow view={view} token={token} />
          ))}
        </ul>
      )}
    </>,
  );
};

/** Saves a view, or removes one. */
export const viewsForm: FormHandler = (c, deps, fields) =>
  answerForm(c, fields, async ({ identity, field }) => {
    const does = oneOf("does", field("does"), ["save", "remove"] as const);
    const name = textIn("name", field("name"), NAME_AT_MOST);
    const held = savedViews(deps.table);
    const known = (await held.list()).find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (known !== undefined && visibleTo([known], identity).length === 0)
      throw new HubError("invalid_body", "a view of that name is there already: choose another", { retry: "never" });
    if (does === "remove") await held.remove(name);
    else {
      const address = savableAddress(field("address").slice(0, ADDRESS_AT_MOST));
      await held.save({ name, address, by: { id: identity.id, name: identity.name }, at: deps.now().toISOString() });
    }
    return PATH;
  });
