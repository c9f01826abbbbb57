import { HubError } from "../../connector/errors.ts";
import { maskedRecipient } from "../../report/settings.ts";
import { type PageHandler, sendPage } from "./page.tsx";
import { ReportBody } from "./report-body.tsx";
import { FILES, reportNamed } from "./report-files.ts";
import { Moment } from "./time.tsx";

/** One run of a report, with what became of its deliveries. */
export const runPage: PageHandler = async (c, deps) => {
  const { settings, reports } = reportNamed(c, deps, c.req.param("id") ?? "");
  const run = c.req.param("run") ?? "";
  const document = (await reports.run(settings.name, run))?.document;
  if (document === undefined) throw new HubError("not_found", "there is no such run", { retry: "never" });
  const deliveries = await reports.deliveries(settings.name, run);
  return sendPage(
    c,
    deps,
    {
      title: `${document.title}, ${run}`,
      section: "reports",
      crumbs: [
        { href: "/reports", word: "Reports" },
        { href: `/reports/${settings.name}`, word: settings.definition.title },
      ],
    },
    <>
      <ReportBody report={document} />
      <section>
        <h2>Deliveries</h2>
        <ul class="plain">
          {deliveries.map(({ recipient, state, at, reason }) => (
            <li>
              {maskedRecipient(recipient)}: {state} <Moment at={at} />
              {reason !== undefined && <span class="quiet"> {reason}</span>}
            </li>
          ))}
        </ul>
      </section>
      <nav class="pages" aria-label="As a file">
        {FILES.map((ending) => (
          <a href={`/reports/${settings.name}/runs/${run}.${ending}${ending === "csv" ? "?bom=1" : ""}`}>
            {ending.toUpperCase()}
          </a>
        ))}
      </nav>
    </>,
  );
};
