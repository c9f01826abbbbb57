import type { Child } from "hono/jsx";
import type { Block, Cell, Chart, Report } from "../document.ts";
import { capped } from "./capped.ts";
import { cellText, cellUrl, changeLine, chartLines, countsText, coverText, figureText, moreText } from "./cell.ts";
import { chartSvg } from "./chart.tsx";
import { reportText } from "./text.ts";

/** Makes a PNG of an SVG. */
export type Picture = (svg: string) => Uint8Array;
/** Loads what draws pictures when the first is asked for: few processes ever draw one. */
export type PictureMaker = () => Promise<Picture>;

export interface ReportMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Shown within the mail by their ids. */
  readonly pictures: readonly { readonly id: string; readonly png: Uint8Array }[];
}

/** Gmail cuts a mail off at 102 KB. */
const HTML_AT_MOST = 80_000;
const CAPS = [60, 40, 25, 15, 8, 4] as const;

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const CELL = "padding:6px 10px 6px 0;border-top:1px solid #e4e1da;text-align:left;vertical-align:top;font-size:14px";
const NUMBER = `${CELL};text-align:right;white-space:nowrap`;
const QUIET = "color:#5f5c56;font-size:13px";
const LINK = "color:#3b4cb8";
/** Where the reader's program makes the paper dark: what is written in line is for light paper. */
const DARK =
  "@media (prefers-color-scheme:dark){a{color:#a3b2ff!important}[style*=color\\:\\#5f5c56]{color:#a8a59f!important}td,th{border-color:#3a3c3f!important}}";

/**
 * A report as a mail of at most 80 KB of HTML, whose plain text holds the same facts. Charts are pictures within the mail
 * where they can be drawn, else lines of bars.
 */
export const reportMail = (report: Report, picture?: Picture): ReportMail => {
  const found = CAPS.map((most) => capped(report, most)).find(
    (one) => Buffer.byteLength(htmlOf(one, () => "")) <= HTML_AT_MOST - 4000,
  );
  const shown = found ?? capped(report, 1);
  const pictures: { id: string; png: Uint8Array }[] = [];
  const html = htmlOf(shown, (chart) => {
    if (picture === undefined) return undefined;
    const id = `chart-${pictures.length + 1}@throughline`;
    pictures.push({ id, png: picture(chartSvg(chart)) });
    return `cid:${id}`;
  });
  return { subject: report.subject, text: reportText(shown), html, pictures };
};

/** The whole report as one document that needs nothing else: for printing, and as a file. */
export const reportHtml = (report: Report, picture?: Picture): string =>
  htmlOf(report, (chart) =>
    picture === undefined
      ? undefined
      : `data:image/png;base64,${Buffer.from(picture(chartSvg(chart))).toString("base64")}`,
  );

/** A mail as a browser shows it: pictures stand in it. */
export const mailPreview = ({ html, pictures }: ReportMail): string =>
  pictures.reduce(
    (text, { id, png }) => text.replace(`cid:${id}`, `data:image/png;base64,${Buffer.from(png).toString("base64")}`),
    html,
  );

const htmlOf = (report: Report, addressOf: (chart: Chart) => string | undefined): string =>
  `<!doctype html>${String(<Mail report={report} addressOf={addressOf} />)}`;

const Mail = ({
  report,
  addressOf,
}: {
  readonly report: Report;
  readonly addressOf: (chart: Chart) => string | undefined;
}) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{report.title}</title>
      <style>{DARK}</style>
    </head>
    <body style={`margin:0;padding:16px;${FONT};line-height:1.45`}>
      <table
        role="presentation"
        width="100%"
        cellpadding="0"
        cellspacing="0"
        style="max-width:720px;margin:0 auto;border-collapse:collapse"
      >
        <tr>
          <td>
            <h1 style="font-size:22px;margin:0 0 4px">{report.title}</h1>
            <p style={`margin:0 0 12px;${QUIET}`}>{coverText(report)}</p>
            <p style="font-size:16px;margin:0 0 12px">
              <b>{report.lead}</b>
            </p>
            <p style="margin:0 0 12px;font-size:14px">
              <A url={report.url}>This report as a page</A>
            </p>
            <Changed report={report} />
            {report.sections
              .filter(({ blocks }) => blocks.length > 0)
              .map(({ title, blocks }) => (
                <>
                  <H2>{title}</H2>
                  {blocks.map((block) => (
                    <BlockPart block={block} addressOf={addressOf} />
                  ))}
                </>
              ))}
            <H2>What to know</H2>
            <ul style={`margin:0;padding-left:18px;${QUIET}`}>
              {report.caveats.map((caveat) => (
                <li>{caveat}</li>
              ))}
            </ul>
            <p style={`margin:20px 0 0;${QUIET}`}>{report.why}</p>
          </td>
        </tr>
      </table>
    </body>
  </html>
);

const A = ({ url, children }: { readonly url: string; readonly children?: Child }) => (
  <a href={url} style={LINK}>
    {children}
  </a>
);

const H2 = ({ children }: { readonly children?: Child }) => (
  <h2 style="font-size:17px;margin:24px 0 6px">{children}</h2>
);

const Changed = ({ report }: { readonly report: Report }) => (
  <>
    <H2>What changed</H2>
    <p style="margin:0 0 6px;font-size:14px">{countsText(report)}</p>
    <ul style="margin:0;padding-left:18px;font-size:14px">
      {report.changed.rows.map((row) => (
        <li>
          <A url={row.url}>{row.name}</A> {changeLine(row)}
        </li>
      ))}
    </ul>
    <More more={report.changed.more} url={report.url} />
  </>
);

const More = ({ more, url }: { readonly more: number; readonly url: string }) =>
  more > 0 ? (
    <p style="margin:6px 0;font-size:14px">
      <A url={url}>{moreText(more)}</A>
    </p>
  ) : null;

const CellPart = ({
  cell,
  kind,
}: {
  readonly cell: Cell | undefined;
  readonly kind?: Parameters<typeof cellText>[1];
}) => {
  const url = cellUrl(cell);
  const words = cellText(cell, kind);
  return url === undefined ? <>{words}</> : <A url={url}>{words}</A>;
};

const BlockPart = ({
  block,
  addressOf,
}: {
  readonly block: Block;
  readonly addressOf: (chart: Chart) => string | undefined;
}) => {
  switch (block.type) {
    case "text":
      return <p style={`margin:0 0 8px;${QUIET}`}>{block.text}</p>;
    case "metrics":
      return (
        <table cellpadding="0" cellspacing="0" style="border-collapse:collapse;margin:0 0 8px">
          {block.items.map((item) => (
            <tr>
              <td style={CELL}>
                <A url={item.url}>{item.label}</A>
              </td>
              <td style={CELL}>{figureText(item)}</td>
            </tr>
          ))}
        </table>
      );
    case "chart":
      return <ChartPart chart={block} address={addressOf(block)} />;
    case "list":
      return (
        <>
          {block.items.length === 0 && <p style={`margin:0 0 8px;${QUIET}`}>Nothing.</p>}
          <ul style="margin:0 0 8px;padding-left:18px;font-size:14px">
            {block.items.map(({ text, url, details }) => (
              <li>
                {url === undefined ? <b>{text}</b> : <A url={url}>{text}</A>}
                {details.map((detail, at) => (
                  <>
                    {at === 0 ? " " : " · "}
                    <CellPart cell={detail} />
                  </>
                ))}
              </li>
            ))}
          </ul>
          <More more={block.more} url={block.url} />
        </>
      );
    case "table":
      return (
        <>
          <p style={`margin:8px 0 2px;${QUIET}`}>{block.caption}</p>
          {block.rows.length === 0 ? (
            <p style={`margin:0 0 8px;${QUIET}`}>Nothing.</p>
          ) : (
            <table cellpadding="0" cellspacing="0" style="border-collapse:collapse;width:100%;margin:0 0 8px">
              <tr>
                {block.columns.map(({ name, kind }) => (
                  <th scope="col" style={kind === "text" || kind === "day" ? CELL : NUMBER}>
                    {name}
                  </th>
                ))}
              </tr>
              {block.rows.map((row) => (
                <tr>
                  {row.map((cell, at) => {
                    const kind = block.columns[at]?.kind ?? "text";
                    return (
                      <td style={kind === "text" || kind === "day" ? CELL : NUMBER}>
                        <CellPart cell={cell} kind={kind} />
                      </td>
                    );
                  })}
                </tr>
              ))}
            </table>
          )}
          <More more={block.more} url={block.url} />
        </>
      );
  }
};

const ChartPart = ({ chart, address }: { readonly chart: Chart; readonly address: string | undefined }) => (
  <>
    <p style={`margin:8px 0 2px;${QUIET}`}>{chart.caption}</p>
    {address !== undefined && address !== "" && (
      <img src={address} width="600" alt={chart.caption} style="max-width:100%;height:auto;border:0" />
    )}
    {chartLines(chart).map((line) => (
      <p style={`margin:0 0 4px;${QUIET}`}>{line}</p>
    ))}
  </>
);
