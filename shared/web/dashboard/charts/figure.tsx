import type { Child } from "hono/jsx";

const figure = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });

/** A number as charts and their tables write it: `1,234.5`. */
export const numeral = (value: number): string => figure.format(value);

interface FigureProps {
  /** Of the caption; unique on the page. */
  readonly id: string;
  /** The latest value and the change in words: what the picture shows, for who does not see it. */
  readonly caption: Child;
  /** One word for each series, in their order. */
  readonly legend?: readonly string[] | undefined;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Child[])[];
  readonly children?: Child;
}

/** A picture with its caption, and the same numbers as a table. */
export const Figure = ({ id, caption, legend, head, rows, children }: FigureProps) => (
  <figure class="chart">
    <figcaption id={id}>
      {caption}
      {legend !== undefined &&
        legend.length > 1 &&
        legend.map((word, at) => <span class={`k k${at % 4}`}>{word}</span>)}
    </figcaption>
    {children}
    <details>
      <summary>Show as table</summary>
      <section class="scroll" aria-labelledby={id} tabindex={0}>
        <table>
          <thead>
            <tr>
              {head.map((word, at) => (
                <th scope="col" class={at === 0 ? undefined : "num"}>
                  {word}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([first, ...rest]) => (
              <tr>
                <th scope="row">{first}</th>
                {rest.map((cell) => (
                  <td class="num">{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  </figure>
);
