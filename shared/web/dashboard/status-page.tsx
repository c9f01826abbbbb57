import {
  type ComponentStatus,
  componentStatus,
  describe,
  type Indicator,
  indicatorOf,
} from "../api/connection-status.ts";
import { freshnessOf } from "../freshness.ts";
import type { WebDeps } from "../web-deps.ts";
import { Health } from "./health.tsx";
import { address } from "./link.tsx";
import { type PageContext, type PageHandler, sendPage } from "./page.tsx";
import { Moment } from "./time.tsx";

const COMPONENT_WORDS: Readonly<Record<ComponentStatus, { readonly tone: string; readonly word: string }>> = {
  operational: { tone: "on_track", word: "Operational" },
  degraded_performance: { tone: "at_risk", word: "Degraded performance" },
  partial_outage: { tone: "off_track", word: "Partial outage" },
  major_outage: { tone: "off_track", word: "Major outage" },
};

const INDICATOR_WORDS: Readonly<Record<Indicator, { readonly tone: string; readonly word: string }>> = {
  none: { tone: "on_track", word: "All systems operational" },
  minor: { tone: "at_risk", word: "Minor service outage" },
  major: { tone: "off_track", word: "Partial system outage" },
  critical: { tone: "off_track", word: "Major system outage" },
};

const HEALTHS = ["off_track", "at_risk", "on_track", "unknown"] as const;

/** The service and the products in the words of Statuspage. */
export const statusPage: PageHandler = async (c, deps) => {
  const { views } = deps;
  const [connections, products] = await Promise.all([views.connections(), views.products()]);
  const healths = await Promise.all(products.map(({ id }) => views.healthCounts(id)));
  const indicator = INDICATOR_WORDS[indicatorOf(connections)];
  return sendPage(
    c,
    deps,
    { title: "Status" },
    <>
      <h1>Status</h1>
      <p class="lead">
        <span class={`h ${indicator.tone}`}>{indicator.word}</span> · {describe(connections, freshnessOf(connections))}
      </p>
      <section aria-labelledby="tools">
        <h2 id="tools">Connections</h2>
        {connections.length === 0 && <p class="quiet">No tool is connected yet.</p>}
        <ul class="records">
          {connections.map((connection) => {
            const { tone, word } = COMPONENT_WORDS[componentStatus(connection)];
            return (
              <li>
                <span class="what">
                  <a href={`/connections/${encodeURIComponent(connection.name)}`}>{connection.title}</a>
                  <span class={`h ${tone}`}>{word}</span>
                </span>
                <span class="quiet">
                  {connection.dataAsOf === undefined ? (
                    "no data yet"
                  ) : (
                    <>
                      data as of <Moment at={connection.dataAsOf} />
                    </>
                  )}
                </span>
              </li>
            );
          })}
        </ul>
      </section>
      <section aria-labelledby="products">
        <h2 id="products">Products</h2>
        <ul class="records">
          {products.map(({ slug, name }, at) => (
            <li>
              <span class="what">
                <a href={address("/", { product: slug })}>{name}</a>
                <span>
                  {HEALTHS.map((value) => (
                    <>
                      <Health value={value} /> {healths[at]?.[value]}{" "}
                    </>
                  ))}
                </span>
              </span>
            </li>
          ))}
        </ul>
      </section>
      <p class="quiet">
        <a href="/status.json">As JSON, in the shape of Statuspage</a>
      </p>
    </>,
  );
};

/** The same for readers that know Statuspage's `summary.json`. */
export const statusJson = async (c: PageContext, { views, url }: WebDeps): Promise<Response> => {
  const connections = await views.connections();
  const freshness = freshnessOf(connections);
  c.header("Cache-Control", "private, no-cache");
  return c.json({
    page: { id: "throughline", name: "Throughline", url: `${url()}/status`, updated_at: freshness.asOf },
    status: { indicator: indicatorOf(connections), description: describe(connections, freshness) },
    components: connections.map((connection, place) => ({
      id: connection.id,
      name: connection.title,
      status: componentStatus(connection),
      updated_at: connection.dataAsOf ?? null,
      description: connection.reason ?? null,
      position: place + 1,
    })),
    incidents: [],
    scheduled_maintenances: [],
  });
};
