import type { Context, Hono } from "hono";
import { HubError } from "../../connector/errors.ts";
import { instant } from "../../domain/instant.ts";
import type { Report } from "../../report/document.ts";
import { reportCsv } from "../../report/render/csv.ts";
import { FORMATS } from "../../report/render/formats.ts";
import { mailPreview, reportMail } from "../../report/render/mail.tsx";
import type { ReportSettings } from "../../report/settings.ts";
import { demand } from "../access/identity.ts";
import { reportsFor } from "../access/reports-for.ts";
import { Moment } from "../api/filters.ts";
import { readable } from "../readable.ts";
import type { WebDeps, WebEnv, WebReports } from "../web-deps.ts";

/** Endings under which a run can be had. */
export const FILES = ["html", "md", "csv", "json", "txt"] as const;

const missing = (what: string) => new HubError("not_found", `there is no ${what}`, { retry: "never" });

/**
 * A report of the configuration by its name, for who may read it.
 *
 * @throws HubError key_missing | scope_missing | report_unknown
 */
export const reportNamed = (
  c: Pick<Context<WebEnv>, "get">,
  deps: WebDeps,
  name: string,
): { settings: ReportSettings; reports: WebReports } => {
  demand(c.get("identity"), "reports:read");
  const settings = reportsFor(deps, c.get("identity")).find((one) => one.name === name);
  if (settings !== undefined && deps.reports !== undefined) return { settings, reports: deps.reports };
  throw new HubError("report_unknown", `no report is called "${name.slice(0, 60)}"`, { retry: "never" });
};

/** A preview as of a day or moment; now without one. @throws HubError invalid_parameter, and as {@link reportNamed} */
export const previewOf = (
  c: Pick<Context<WebEnv>, "get">,
  deps: WebDeps,
  name: string,
  asOf: string | undefined,
): Promise<Report> => {
  const { settings, reports } = reportNamed(c, deps, name);
  if (asOf === undefined || asOf === "") return reports.preview(settings, deps.now());
  if (!Moment.safeParse(asOf).success)
    throw new HubError(
      "invalid_parameter",
      `'${asOf.slice(0, 64)}' is not a value of 'as_of': a day such as 2026-11-15`,
      { retry: "never", details: { parameter: "as_of" } },
    );
  return reports.preview(settings, new Date(instant(asOf)));
};

/** Mounts reports as files, and the mail that the preview holds in its frame. */
export const mountReports = (app: Hono<WebEnv>, deps: WebDeps): void => {
  const send = async (c: Context<WebEnv>, report: Report, ending: (typeof FILES)[number], name: string) => {
    const { type, write } = FORMATS[ending];
    if (ending === "html") c.set("frames", "held");
    const text =
      ending === "csv"
        ? reportCsv(report, c.req.query("bom") === "1")
        : write(report, ending === "html" ? await deps.reports?.picture?.() : undefined);
    return c.body(text, 200, {
      "Content-Type": type,
      "Cache-Control": "private, no-cache",
      ...(ending === "csv" && { "Content-Disposition": `attachment; filename="${name}.csv"` }),
    });
  };
  for (const base of ["/v1/reports", "/reports"] as const)
    readable(app, `${base}/:id/runs/:file{[0-9_-]+\\.(?:html|md|csv|json|txt)}`, async (c) => {
      const [run = "", ending = ""] = c.req.param("file").split(".");
      const { reports } = reportNamed(c, deps, c.req.param("id"));
      const document = (await reports.run(c.req.param("id"), run))?.document;
      const known = FILES.find((one) => one === ending);
      if (document === undefined || known === undefined) throw missing("such run");
      return send(c, document, known, `${document.report}-${run}`);
    });
  readable(app, "/reports/:id/preview/mail.html", async (c) => {
    const report = await previewOf(c, deps, c.req.param("id"), c.req.query("as_of"));
    c.set("frames", "held");
    c.header("Cache-Control", "no-store");
    return c.html(mailPreview(reportMail(report, await deps.reports?.picture?.())));
  });
};
