import { HubError } from "../../../connector/errors.ts";
import { nearestWord } from "../../../domain/nearest-word.ts";
import { exampleOf } from "../../api/example.ts";
import { type DescribedParameter, parametersOf } from "../../api/open-api.ts";
import type { Route } from "../../api/route.ts";
import { ROUTES } from "../../api/routes.ts";
import type { PageHandler } from "../page.tsx";
import { Scroll } from "../scroll.tsx";
import { sendDoc } from "./docs-page.tsx";

const typeOf = (schema: DescribedParameter["schema"]): string => {
  const {
    type,
    enum: values,
    items,
    anyOf,
  } = schema as {
    type?: string;
    enum?: string[];
    items?: DescribedParameter["schema"];
    anyOf?: DescribedParameter["schema"][];
  };
  if (values !== undefined) return values.join(", ");
  if (items !== undefined) return typeOf(items);
  if (anyOf !== undefined) return "a day or a time";
  return type === undefined || type === "string" ? "text" : type;
};

const exampleAddress = (route: Route, hub: string): string => {
  const kept = exampleOf(route.id);
  if (kept !== undefined) return `${hub}${kept.address}`;
  const example = parametersOf(route).filter(({ required, example }) => required && example !== undefined);
  const query = example.map(({ name, example }) => `${name}=${String(example)}`).join("&");
  return `${hub}${route.path}${query === "" ? "" : `?${query}`}`;
};

/** A request for a shell, at the reader's own hub. A hub on this machine needs no key. */
const curlOf = (route: Route, hub: string): string => {
  const sent = exampleOf(route.id)?.sent;
  return [
    `curl${route.method === "GET" ? "" : ` -X ${route.method}`} '${exampleAddress(route, hub).replaceAll("'", "%27")}'`,
    `-H "Authorization: Bearer $THROUGHLINE_KEY"`,
    ...(sent === undefined ? [] : ["-H 'Content-Type: application/json'", `-d '${JSON.stringify(sent)}'`]),
  ].join(" \\\n  ");
};

const Parameters = ({ route }: { readonly route: Route }) => {
  const path = Object.entries(route.pathParameters);
  return (
    <Scroll label={`Parameters of ${route.id}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Parameter</th>
            <th scope="col">Takes</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {path.map(([name, description]) => (
            <tr>
              <th scope="row">
                <code>{`{${name}}`}</code>
              </th>
              <td>text</td>
              <td>{description}</td>
            </tr>
          ))}
          {parametersOf(route).map(({ name, description, required, many, schema }) => (
            <tr>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>
                {typeOf(schema)}
                {many && <span class="quiet sub">several, divided by commas</span>}
              </td>
              <td>
                {description}
                {required && " Required."}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
};

const Operation = ({ route, hub }: { readonly route: Route; readonly hub: string }) => {
  const example = exampleOf(route.id);
  return (
    <section class="operation" aria-label={`${route.summary} ${route.id}`}>
      <h2 id={route.id}>{route.summary}</h2>
      <p>
        <code>
          {route.method} {route.path}
        </code>{" "}
        <span class="quiet">
          Needs <code>{route.scope}</code>; <code>{route.id}</code> in the client.
        </span>
      </p>
      <Parameters route={route} />
      <pre tabindex={0}>
        <code>{curlOf(route, hub)}</code>
      </pre>
      {example !== undefined && (
        <details>
          <summary>Answer {route.status}, with one thing of each list</summary>
          <pre tabindex={0}>
            <code>{JSON.stringify(example.answer, null, 2)}</code>
          </pre>
        </details>
      )}
      {route.method === "GET" && !route.canMiss && (
        <p>
          <a href={exampleAddress(route, "")}>Try it</a>
        </p>
      )}
    </section>
  );
};

const BY_TAG = Map.groupBy(ROUTES, ({ tag }) => tag);
const slugOf = (tag: string): string => tag.toLowerCase().replaceAll(" ", "-");

/** Operations on one sort of thing, each whole: parameters, a request and a real answer. */
export const apiTagPage: PageHandler = (c, deps) => {
  const told = c.req.param("tag") ?? "";
  const [tag, routes = []] = [...BY_TAG].find(([one]) => slugOf(one) === told) ?? [];
  if (tag === undefined) {
    const guess = nearestWord(told.slice(0, 64), [...BY_TAG.keys()].map(slugOf));
    throw new HubError("not_found", `the API has no such part${guess ? `; did you mean ${guess}?` : ""}`, {
      retry: "never",
    });
  }
  return sendDoc(
    c,
    deps,
    `${tag} in the API`,
    <>
      <h1>{tag}</h1>
      <div class="api">
        <nav aria-label="Operations">
          <a href="/docs/api">All parts</a>
          {routes.map(({ id, method, path }) => (
            <a href={`#${id}`}>
              {method === "GET" ? "" : `${method} `}
              {path.replace("/v1", "")}
            </a>
          ))}
        </nav>
        <div>
          {routes.map((route) => (
            <Operation route={route} hub={deps.url()} />
          ))}
        </div>
      </div>
    </>,
  );
};

/** The API for people, from the same table that answers it: every operation in a line, its part of the reference behind it. */
export const apiPage: PageHandler = (c, deps) =>
  sendDoc(
    c,
    deps,
    "API",
    <>
      <h1>API</h1>
      <p class="lead">
        Everything is JSON in snake_case. Lists come in pages with <code>next_cursor</code>; every answer has an ETag;{" "}
        <a href="/docs/errors">errors</a> are problem details with a page each. Every list and thing is a spreadsheet
        with the suffix <code>.csv</code> and text with <code>.md</code>. The raw document:{" "}
        <a href="/openapi.json">openapi.json</a>.
      </p>
      <Scroll label="Operations">
        <table>
          <thead>
            <tr>
              <th scope="col">Operation</th>
              <th scope="col">Address</th>
              <th scope="col">Needs</th>
            </tr>
          </thead>
          {[...BY_TAG].map(([tag, routes]) => (
            <tbody>
              <tr>
                <th scope="rowgroup" colspan={3}>
                  <a href={`/docs/api/${slugOf(tag)}`}>{tag}</a>
                </th>
              </tr>
              {routes.map(({ id, summary, method, path, scope }) => (
                <tr id={id}>
                  <td>
                    <a href={`/docs/api/${slugOf(tag)}#${id}`}>{summary}</a>
                  </td>
                  <td>
                    <code>
                      {method} {path}
                    </code>
                  </td>
                  <td>
                    <code>{scope}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </Scroll>
    </>,
  );
