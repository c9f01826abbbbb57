import type { TimelineLine } from "../../store/views.ts";
import { toolName } from "../words.ts";
import { Outside } from "./link.tsx";
import { Clock, dayText } from "./time.tsx";

interface TimelineProps {
  readonly lines: readonly TimelineLine[];
  readonly older: string | undefined;
  /** Back to the newest; absent on the first page. */
  readonly newest: string | undefined;
}

/** What happened in all tools, newest first, under the day on which it happened. */
export const FeatureTimeline = ({ lines, older, newest }: TimelineProps) => {
  const byDay = Map.groupBy(lines, ({ at }) => at.slice(0, 10));
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      {lines.length === 0 && <p class="quiet">Nothing has happened yet that a connected tool tells about.</p>}
      {[...byDay].map(([day, entries]) => (
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
