import type { ConnectionView } from "../../store/views.ts";
import { toolName } from "../words.ts";

/** What stands where features would, while there is none: why, and what to do. */
export const Beginning = ({ connections }: { readonly connections: readonly ConnectionView[] }) => {
  if (connections.length === 0)
    return (
      <section class="empty">
        <h2>No tool is connected yet</h2>
        <p>
          Every feature will stand here in the stage that its evidence shows, from vision to support. Start with one of
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
            <dt>Connect a tool of yours</dt>
            <dd>
              <code>npx throughline connect github</code>
            </dd>
          </div>
        </dl>
      </section>
    );
  const records = (connection: ConnectionView) => connection.streams.reduce((sum, run) => sum + run.records, 0);
  const running = connections.filter(
    ({ streams }) => streams.length === 0 || streams.some((run) => run.firstCompletedAt === undefined),
  );
  return (
    <section class="empty">
      <h2>{running.length > 0 ? "The first sync is running" : "No features yet"}</h2>
      <p>
        {running.length > 0
          ? "Features appear as their records arrive; reload to see more."
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
