import type { Block, Cell, Chart, Report } from "../../report/document.ts";
import { numberText } from "../../report/figures.ts";
import {
  cellText,
  cellUrl,
  changeLine,
  countsText,
  coverText,
  figureText,
  moreText,
} from "../../report/render/cell.ts";
import { ChartSvg } from "../../report/render/chart.tsx";
import { Outside } from "./link.tsx";
import { Scroll } from "./scroll.tsx";

const CellPart = ({
  cell,
  kind,
}: {
  readonly cell: Cell | undefined;
  readonly kind?: Parameters<typeof cellText>[1];
}) => {
  const words = cellText(cell, kind);
  const url = cellUrl(cell);
  return url === undefined ? <>{words}</> : <Outside href={url}>{words}</Outside>;
};

const isNumber = (kind: string): boolean => kind !== "text" && kind !== "day";

const More = ({ more, url }: { readonly more: number; readonly url: string }) =>
  more > 0 ? (
    <p>
      <Outside href={url}>{moreText(more)}</Outside>
    </p>
  ) : null;

/** A chart with its caption, and its values as a table. */
const ChartPart = ({ chart }: { readonly chart: Chart }) => (
  <figure>
    <figcaption class="quiet">{chart.caption}</figcaption>
    <ChartSvg chart={chart} />
    <details>
      <summary>Show as table</summary>
      <Scroll label={chart.caption}>
        <table>
          <thead>
            <tr>
              <th scope="col">At</th>
              {chart.series.map(({ name }) => (
                <th scope="col" class="num">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(chart.series[0]?.points ?? []).map(({ label }, at) => (
              <tr>
                <th scope="row">{label}</th>
                {chart.series.map(({ points }) => (
                  <td class="num">{numberText(points[at]?.value ?? 0)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  </figure>
);

const BlockPart = ({ block }: { readonly block: Block }) => {
  switch (block.type) {
    case "text":
      return <p class="quiet">{block.text}</p>;
    case "chart":
      return <ChartPart chart={block} />;
    case "metrics":
      return (
        <dl class="steps">
          {block.items.map((item) => (
            <div>
              <dt>
                <Outside href={item.url}>{item.label}</Outside>
              </dt>
              <dd>{figureText(item)}</dd>
            </div>
          ))}
        </dl>
      );
    case "list":
      return (
        <>
          {block.items.length === 0 && <p class="quiet">Nothing.</p>}
          <ul class="plain">
            {block.items.map(({ text, url, details }) => (
              <li>
                {url === undefined ? <b>{text}</b> : <Outside href={url}>{text}</Outside>}{" "}
                {details.map((detail, at) => (
                  <>
                    {at > 0 && " · "}
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
          <p class="quiet">{block.caption}</p>
          {block.rows.length === 0 ? (
            <p class="quiet">Nothing.</p>
          ) : (
            <Scroll label={block.caption}>
              <table>
                <thead>
                  <tr>
                    {block.columns.map(({ name, kind }) => (
                      <th scope="col" class={isNumber(kind) ? "num" : undefined}>
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {block.rows.map((row) => (
                    <tr>
                      {row.map((cell, at) => {
                        const kind = block.columns[at]?.kind ?? "text";
                        return (
                          <td class={isNumber(kind) ? "num" : undefined}>
                            <CellPart cell={cell} kind={kind} />
                          </td>
                        );
                      })}
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )}
          <More more={block.more} url={block.url} />
        </>
      );
  }
};

/** A report inside a page: the same facts as in every other format. */
export const ReportBody = ({ report }: { readonly report: Report }) => (
  <>
    <h1>{report.title}</h1>
    <p class="eyebrow">{coverText(report)}</p>
    <p class="lead">{report.lead}</p>
    <section>
      <h2>What changed</h2>
      <p>{countsText(report)}</p>
      <ul class="plain">
        {report.changed.rows.map((row) => (
          <li>
            <Outside href={row.url}>{row.name}</Outside> {changeLine(row)}
          </li>
        ))}
      </ul>
      <More more={report.changed.more} url={report.url} />
    </section>
    {report.sections
      .filter(({ blocks }) => blocks.length > 0)
      .map(({ title, blocks }) => (
        <section>
          <h2>{title}</h2>
          {blocks.map((block) => (
            <BlockPart block={block} />
          ))}
        </section>
      ))}
    <section>
      <h2>What to know</h2>
      <ul class="plain quiet">
        {report.caveats.map((caveat) => (
          <li>{caveat}</li>
        ))}
      </ul>
      <p class="quiet">{report.why}</p>
    </section>
  </>
);
