import { periodWords } from "../../report/period.ts";
import { runAfter, scheduleWords } from "../../report/schedule.ts";
import { maskedRecipient } from "../../report/settings.ts";
import { demand } from "../access/identity.ts";
import { reportsFor } from "../access/reports-for.ts";
import { address } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { askParts } from "./report-asks.tsx";
import { reportNamed } from "./report-files.ts";
import { Scroll } from "./scroll.tsx";
import { Moment } from "./time.tsx";

const ROWS = 30;

/** Every report of the configuration: when it comes, and how the last one went out. */
export const reportsPage: PageHandler = async (c, deps) => {
  demand(c.get("identity"), "reports:read");
  const reports = deps.reports;
  const rows = await Promise.all(
    reportsFor(deps, c.get("identity")).map(async (settings) => {
      const last = (await reports?.runs(settings.name, undefined, 1))?.items[0];
      const deliveries = last === undefined ? [] : ((await reports?.deliveries(settings.name, last.run)) ?? []);
      return { settings, last, deliveries, next: runAfter(settings.schedule, settings.zone, deps.now()).toISOString() };
    }),
  );
  return sendPage(
    c,
    deps,
    { title: "Reports", section: "reports" },
    <>
      <h1>Reports</h1>
      <p class="lead">
        Created and sent on a schedule. They are configured under <code>reports</code> in{" "}
        <code>throughline.config.ts</code>.
      </p>
      {rows.length === 0 ? (
        <section class="empty">
          <h2>No reports yet</h2>
          <p>
            Add one to the configuration:{" "}
            <code>{'reports: { weekly: { kind: "product", schedule: "0 9 * * 1", to: ["archive"] } }'}</code>
          </p>
        </section>
      ) : (
        <Scroll label="Reports">
          <table>
            <thead>
              <tr>
                <th scope="col">Report</th>
                <th scope="col">Schedule</th>
                <th scope="col">Next</th>
                <th scope="col">Last</th>
                <th scope="col">Delivered to</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ settings, last, deliveries, next }) => (
                <tr>
                  <th scope="row">
                    <a href={`/reports/${settings.name}`}>{settings.definition.title}</a>
                    <span class="quiet sub">{settings.name}</span>
                  </th>
                  <td>{scheduleWords(settings.schedule, settings.zone)}</td>
                  <td>
                    <Moment at={next} />
                  </td>
                  <td>
                    {last?.document === undefined ? (
                      "None yet"
                    ) : (
                      <a href={`/reports/${settings.name}/runs/${last.run}`}>{periodWords(last.document.period)}</a>
                    )}
                  </td>
                  <td>
                    <ul class="plain">
                      {deliveries.map(({ recipient, state, reason }) => (
                        <li>
                          {maskedRecipient(recipient)}: {state}
                          {reason !== undefined && <span class="quiet sub">{reason}</span>}
                        </li>
                      ))}
                    </ul>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <nav class="pages" aria-label="Pages">
        <a href="/v1/reports">As JSON</a>
      </nav>
    </>,
  );
};

/** One report with its archive. */
export const reportPage: PageHandler = async (c, deps) => {
  const { settings, reports } = reportNamed(c, deps, c.req.param("id") ?? "");
  const { name, definition, schedule, zone, to } = settings;
  const scope = { route: "page.report", filters: { name } };
  const after = placeOf(deps, scope, c.req.query("cursor"));
  const { items, next } = await reports.runs(name, after, ROWS);
  const cursor = linkCursor(deps, scope, next);
  const asks = await askParts(c, deps, name);
  return sendPage(
    c,
    deps,
    { title: definition.title, section: "reports", crumbs: [{ href: "/reports", word: "Reports" }] },
    <>
      <h1>{definition.title}</h1>
      <p class="lead">
        {scheduleWords(schedule, zone)}, next <Moment at={runAfter(schedule, zone, deps.now()).toISOString()} />, to{" "}
        {to.map(maskedRecipient).join(", ")}.
      </p>
      <p>
        <a href={`/reports/${name}/preview`}>Preview</a>
      </p>
      {asks}
      {items.length === 0 ? (
        <section class="empty">
          <h2>No run yet</h2>
          <p>The first one is created once the tools have been read, as a baseline for comparison.</p>
        </section>
      ) : (
        <Scroll label="Runs">
          <table>
            <thead>
              <tr>
                <th scope="col">Period</th>
                <th scope="col">News</th>
                <th scope="col">Created</th>
              </tr>
            </thead>
            <tbody>
              {items.map(
                ({ run, document }) =>
                  document !== undefined && (
                    <tr>
                      <th scope="row">
                        <a href={`/reports/${name}/runs/${run}`}>{periodWords(document.period)}</a>
                      </th>
                      <td>{document.lead}</td>
                      <td>
                        <Moment at={document.madeAt} />
                      </td>
                    </tr>
                  ),
              )}
            </tbody>
          </table>
        </Scroll>
      )}
      <nav class="pages" aria-label="Pages">
        {after !== undefined && <a href={`/reports/${name}`}>Newest</a>}
        {cursor !== undefined && (
          <a rel="next" href={address(`/reports/${name}`, { cursor })}>
            Earlier
          </a>
        )}
        <a href={`/v1/reports/${name}/runs`}>As JSON</a>
      </nav>
    </>,
  );
};
