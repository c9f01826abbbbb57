import type { TimelineLine } from "../../store/views.ts";
import { toolName } from "../words.ts";
import { Outside } from "./link.tsx";
import { Clock, dayText, useDays } from "./time.tsx";
import { Inside } from "./visitor.tsx";

interface TimelineProps {
  readonly lines: readonly TimelineLine[];
  /** Tools that are asked for; undefined: all. */
  readonly sources: readonly string[] | undefined;
  /** Of the page. */
  readonly path: string;
  /** As the address tells the moment; undefined: now. */
  readonly asOf: string | undefined;
  readonly older: string | undefined;
  /** Back to the newest; absent on the first page. */
  readonly newest: string | undefined;
}

/** A box for each tool that tells something here; nothing to choose where there is one alone. */
const Sources = ({ lines, sources, path, asOf }: Omit<TimelineProps, "older" | "newest">) => {
  const tools = [...new Set([...lines.map(({ tool }) => tool), ...(sources ?? [])])].sort();
  if (tools.length < 2) return null;
  return (
    <Inside>
      <form class="filters" action={`${path}#timeline`} aria-label="Sources of the timeline">
        {tools.map((tool) => (
          <label class="box">
            <input
              type="checkbox"
              name="source"
              value={tool}
              checked={sources === undefined || sources.includes(tool)}
            />{" "}
            {toolName(tool)}
          </label>
        ))}
        {asOf !== undefined && <input type="hidden" name="as_of" value={asOf} />}
        <button type="submit">Show these</button>
      </form>
    </Inside>
  );
};

/** What happened in all tools, newest first, under the day on which it happened. */
export const FeatureTimeline = ({ lines, sources, path, asOf, older, newest }: TimelineProps) => {
  const shown = sources === undefined ? lines : lines.filter(({ tool }) => sources.includes(tool));
  const byDay = useDays(shown, ({ at }) => at);
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <Sources lines={lines} sources={sources} path={path} asOf={asOf} />
      {lines.length === 0 && <p class="quiet">No connected tool has reported anything yet.</p>}
      {lines.length > 0 && shown.length === 0 && (
        <p class="quiet">
          None of these {lines.length} entries are from the tools you selected
          {older !== undefined && "; older ones may be"}.
        </p>
      )}
      {byDay.map(([day, entries]) => (
        <>
          <h3>{dayText(day)}</h3>
          <ol class="timeline">
            {entries.map(({ at, tool, text, url }) => (
              <li>
                <Clock at={at} /> <span class="tool">{toolName(tool)}</span> <Outside href={url}>{text}</Outside>
              </li>
            ))}
          </ol>
        </>
      ))}
      <nav class="pages" aria-label="Timeline pages">
        {newest !== undefined && <a href={newest}>Newest</a>}
        {older !== undefined && (
          <a rel="next" href={older}>
            Older
          </a>
        )}
      </nav>
    </section>
  );
};
