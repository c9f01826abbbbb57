import { getCookie } from "hono/cookie";
import { HubError } from "../../connector/errors.ts";
import { type Instant, instant } from "../../domain/instant.ts";
import type { TimelineLine } from "../../store/views.ts";
import { toolName } from "../words.ts";
import { Outside } from "./link.tsx";
import type { PageContext } from "./page.tsx";
import { Day } from "./time.tsx";
import { Inside } from "./visitor.tsx";

const WEEK_MS = 7 * 86_400_000;
const SHOWN = 20;

interface Since {
  readonly at: Instant;
  /** Where it came from: the address, the last look at the activity, or a week. */
  readonly why: "asked" | "visit" | "week";
}

/**
 * From when on changes are told: `?since=`, else the last visit to the activity, else a week ago.
 *
 * @param now of the page: a moment of the past where that is shown
 * @throws HubError invalid_parameter
 */
export const changedSince = (c: PageContext, now: Date): Since => {
  const asked = c.req.query("since");
  if (asked !== undefined && asked !== "") {
    if (Number.isNaN(Date.parse(asked)))
      throw new HubError("invalid_parameter", "'since' must be a day such as 2026-11-15", {
        retry: "never",
        details: { parameter: "since" },
      });
    return { at: instant(asked), why: "asked" };
  }
  const visit = getCookie(c, "seen")?.split("~")[0];
  if (visit !== undefined && Date.parse(visit) < now.getTime()) return { at: instant(visit), why: "visit" };
  // From the full hour, so that a page read twice is the same.
  const week = Math.floor((now.getTime() - WEEK_MS) / 3_600_000) * 3_600_000;
  return { at: new Date(week).toISOString(), why: "week" };
};

/** What happened to a feature since then, newest first, with a field for another day. */
export const FeatureChanges = ({
  path,
  asOf,
  lines,
  since: { at, why },
}: {
  readonly path: string;
  readonly asOf: string | undefined;
  /** Newest first. */
  readonly lines: readonly TimelineLine[];
  readonly since: Since;
}) => {
  const fresh = lines.filter((line) => line.at >= at);
  const byTool = Map.groupBy(fresh, ({ tool }) => tool);
  return (
    <section aria-labelledby="changed">
      <h2 id="changed">{why === "visit" ? "What changed since you last looked" : "What changed"}</h2>
      <Inside>
        <form class="filters" action={path} aria-label="Since another day">
          <label>
            <span>Since</span>
            <input type="date" name="since" value={at.slice(0, 10)} />
          </label>
          {asOf !== undefined && <input type="hidden" name="as_of" value={asOf} />}
          <button type="submit">Show</button>
        </form>
      </Inside>
      {fresh.length === 0 ? (
        <p class="quiet">
          Nothing since <Day at={at} />.
        </p>
      ) : (
        <>
          <p>
            {fresh.length === lines.length ? "At least " : ""}
            {fresh.length} changes since <Day at={at} />:{" "}
            {[...byTool].map(([tool, some]) => `${some.length} in ${toolName(tool)}`).join(", ")}.
          </p>
          <ul class="records">
            {fresh.slice(0, SHOWN).map(({ at: when, tool, text, url }) => (
              <li>
                <Outside href={url}>{text}</Outside>{" "}
                <span class="quiet">
                  {toolName(tool)} · <Day at={when} />
                </span>
              </li>
            ))}
          </ul>
          {fresh.length > SHOWN && <a href={`${path}#timeline`}>All of them in the timeline</a>}
        </>
      )}
    </section>
  );
};
