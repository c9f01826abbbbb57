import { FORMATS } from "../../report/render/formats.ts";
import { address } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { previewOf, reportNamed } from "./report-files.ts";
import { Scroll } from "./scroll.tsx";

const TABS = {
  email: "Mail",
  slack: "Slack",
  teams: "Teams",
  md: "Markdown",
  csv: "CSV",
  json: "JSON",
  txt: "Text",
} as const;
type Tab = keyof typeof TABS;

/** A report as it would go out now, in each format; nothing is kept or sent. */
export const previewPage: PageHandler = async (c, deps) => {
  const { settings } = reportNamed(c, deps, c.req.param("id") ?? "");
  const asked = c.req.query("format") ?? "email";
  const format: Tab = (Object.keys(TABS) as Tab[]).find((one) => one === asked) ?? "email";
  const asOf = c.req.query("as_of") || undefined;
  const base = `/reports/${settings.name}/preview`;
  // Asked for in any case, so that a wrong day is told on this page.
  const report = await previewOf(c, deps, settings.name, asOf);
  c.set("frames", "holds");
  return sendPage(
    c,
    deps,
    {
      title: `Preview: ${settings.definition.title}`,
      section: "reports",
      crumbs: [
        { href: "/reports", word: "Reports" },
        { href: `/reports/${settings.name}`, word: settings.definition.title },
      ],
    },
    <>
      <h1>Preview: {settings.definition.title}</h1>
      <p class="lead">{report.subject}</p>
      <div class="tools">
        <nav class="switch" aria-label="Format">
          {(Object.keys(TABS) as Tab[]).map((tab) => (
            <a href={address(base, { format: tab, as_of: asOf })} aria-current={tab === format ? "true" : undefined}>
              {TABS[tab]}
            </a>
          ))}
        </nav>
        <form class="filters" action={base}>
          <input type="hidden" name="format" value={format} />
          <label>
            <span>As of</span>
            <input type="date" name="as_of" value={asOf?.slice(0, 10)} />
          </label>
          <button type="submit">Show</button>
        </form>
      </div>
      {format === "email" ? (
        <iframe
          class="mail"
          title="The mail as it would be sent"
          sandbox=""
          width="720"
          height="900"
          src={address(`${base}/mail.html`, { as_of: asOf })}
        />
      ) : (
        <Scroll label={TABS[format]}>
          <pre>
            <code>{FORMATS[format].write(report)}</code>
          </pre>
        </Scroll>
      )}
    </>,
  );
};
