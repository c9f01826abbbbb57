import type { ConnectionView } from "../../store/views.ts";
import { toolName } from "../words.ts";
import { Live } from "./live.tsx";

/** Whose first sync is not through. */
export const beginning = (connections: readonly ConnectionView[]) =>
  connections.filter(({ streams }) => streams.some((run) => run.firstCompletedAt === undefined));

/** What stands where features would, while there is none: why, and what to do. */
export const Beginning = ({
  connections,
  at,
}: {
  readonly connections: readonly ConnectionView[];
  /** The page that it stands on. */
  readonly at: string;
}) => {
  if (connections.length === 0)
    return (
      <section class="empty">
        <h2>No tool is connected yet</h2>
        <p>
          Every feature will appear here in the stage that its evidence shows, from vision to support. Start with one of
          these:
        </p>
        <dl class="steps">
          <div>
            <dt>See it with made-up data</dt>
            <dd>
              <code>npx throughline demo</code>
            </dd>
          </div>
          <div>
            <dt>Import a public repository</dt>
            <dd>
              <code>npx throughline import github owner/repo</code>
            </dd>
          </div>
          <div>
            <dt>Connect one of your tools</dt>
            <dd>
              <code>npx throughline connect github</code>
            </dd>
          </div>
        </dl>
      </section>
    );
  const records = (connection: ConnectionView) => connection.streams.reduce((sum, run) => sum + run.records, 0);
  const running = beginning(connections);
  return (
    <section class="empty">
      {running.length > 0 && <Live at={at} />}
      <h2>{running.length > 0 ? "The first sync is running" : "No features yet"}</h2>
      <p>
        {running.length > 0
          ? "Features appear as their records arrive."
          : "All connections have been read, and none of their records is a feature. Epics, projects, milestones and ideas become features."}
      </p>
      <ul class="plain">
        {connections.map((connection) => (
          <li>
            <a href={`/connections/${encodeURIComponent(connection.name)}`}>{connection.title}</a>:{" "}
            {records(connection).toLocaleString("en-GB")} records of {toolName(connection.tool)} so far
          </li>
        ))}
      </ul>
    </section>
  );
};
