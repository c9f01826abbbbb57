import type { ConnectionLoad, Quota } from "../../store/connection-load.ts";
import type { ConnectionView } from "../../store/views.ts";
import type { AskedOfConnection } from "../web-deps.ts";
import { CONNECTION_WORDS, toolName } from "../words.ts";
import { Beginning } from "./beginning.tsx";
import { Cell, ROLE } from "./cards.tsx";
import { PostForm, tokenOf } from "./form.tsx";
import { Live } from "./live.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { Scroll } from "./scroll.tsx";
import { Moment } from "./time.tsx";

/** A connection's state in word, shape and colour. */
export const ConnectionState = ({ state }: Pick<ConnectionView, "state">) => (
  <span class={`h ${CONNECTION_WORDS[state].tone}`}>{CONNECTION_WORDS[state].word}</span>
);

/** A mark beside the state, never a state: a run that goes on says nothing of how it will end. */
export const Running = ({ streams }: Pick<ConnectionView, "streams">) => {
  const running = streams.filter(({ state }) => state === "syncing").length;
  return running === 0 ? null : <span class="pill in_progress">{` running ${running} of ${streams.length}`}</span>;
};

const ASK_WORDS = { sync: "Sync now", check: "Compare with the tool", replay: "Replay the archive" } as const;

/** Asks for work on a connection, with or without JavaScript. */
export const Ask = ({
  connection,
  what,
  token,
}: {
  readonly connection: ConnectionView;
  readonly what: AskedOfConnection["what"];
  readonly token: string;
}) => (
  <PostForm
    to={`/connections/${encodeURIComponent(connection.name)}`}
    does={what}
    token={token}
    label={`${ASK_WORDS[what]}: ${connection.title}`}
  >
    <button type="submit">
      {ASK_WORDS[what]}
      <span class="vh"> {connection.title}</span>
    </button>
  </PostForm>
);

const CREDENTIAL_WORDS = {
  none: "access without a credential",
  api_token: "API token",
  access_token: "access token",
  oauth: "OAuth consent",
  app: "app installation",
} as const;

/** Says that a credential ends soon or is over; nothing while all is well. */
export const CredentialNote = ({ credential }: Pick<ConnectionView, "credential">) => {
  if (credential === undefined || credential.state === "ok") return null;
  const what = CREDENTIAL_WORDS[credential.kind];
  if (credential.expiresAt === undefined) return <span class="sub">The {what} was refused: renew it.</span>;
  return (
    <span class="sub">
      The {what} {credential.state === "expired" ? "expired on" : "must be renewed before"}{" "}
      <Moment at={credential.expiresAt} />.
    </span>
  );
};

const Backlog = ({ load: { unread }, of }: { readonly load: ConnectionLoad; readonly of: number }) =>
  unread === 0 ? <span class="quiet">none</span> : <span>{`${unread} of ${of} streams not read yet`}</span>;

/** Runs that failed and records that could not be read, of the last day. */
const Failed = ({
  load: { failed24h, setAside24h },
  name,
}: {
  readonly load: ConnectionLoad;
  readonly name: string;
}) => {
  const path = `/connections/${encodeURIComponent(name)}`;
  if (failed24h + setAside24h === 0) return <span class="quiet">none</span>;
  return (
    <>
      {failed24h > 0 && <a href={`${path}/runs`}>{`${failed24h} run${failed24h === 1 ? "" : "s"}`}</a>}
      {failed24h > 0 && setAside24h > 0 && ", "}
      {setAside24h > 0 && <a href={`${path}/dead-letters`}>{`${setAside24h} set aside`}</a>}
    </>
  );
};

const QuotaLeft = ({ quota: { remaining, resetAt, at }, now }: { readonly quota: Quota; readonly now: string }) => (
  <>
    {remaining.toLocaleString("en-GB")}
    <span class="quiet sub">
      {resetAt !== undefined && resetAt > now ? "until " : "as of "}
      <Moment at={resetAt !== undefined && resetAt > now ? resetAt : at} />
    </span>
  </>
);

const ConnectionRow = ({
  connection,
  sync,
  now,
}: {
  readonly now: string;
  readonly connection: ConnectionView;
  /** Present where something takes the job. */
  readonly sync: { readonly token: string } | undefined;
}) => {
  const { streams, webhooks } = connection;
  const finished = streams
    .flatMap((run) => run.finishedAt ?? [])
    .sort()
    .at(-1);
  const records = streams.reduce((sum, run) => sum + run.records, 0);
  const { load } = connection;
  return (
    <tr {...ROLE.row}>
      <th scope="row" {...ROLE.rowHeader}>
        <a href={`/connections/${encodeURIComponent(connection.name)}`}>{connection.title}</a>
        {toolName(connection.tool) !== connection.title && <span class="quiet sub">{toolName(connection.tool)}</span>}
      </th>
      <Cell label="State">
        <ConnectionState state={connection.state} /> <Running streams={streams} />
        {connection.reason !== undefined && <span class="quiet sub">{connection.reason}</span>}
        <CredentialNote credential={connection.credential} />
      </Cell>
      <Cell label="Data as of">
        {connection.dataAsOf === undefined ? (
          <span class="quiet">no data yet</span>
        ) : (
          <Moment at={connection.dataAsOf} />
        )}
      </Cell>
      <Cell label="Last and next run">
        {finished === undefined ? <span class="quiet">none yet</span> : <Moment at={finished} />}
        {load?.nextRunAt !== undefined && (
          <span class="quiet sub">
            next <Moment at={load.nextRunAt} />
          </span>
        )}
      </Cell>
      <Cell label="Read last" class="num">
        {records.toLocaleString("en-GB")}
        {connection.quarantined > 0 && <span class="sub">{connection.quarantined} set aside</span>}
      </Cell>
      <Cell label="Backlog">{load && <Backlog load={load} of={streams.length} />}</Cell>
      <Cell label="Failed in 24 h">{load && <Failed load={load} name={connection.name} />}</Cell>
      <Cell label="Quota left">
        {load?.quota ? <QuotaLeft quota={load.quota} now={now} /> : <span class="quiet">not reported</span>}
      </Cell>
      <Cell label="Webhooks">
        {webhooks.configured ? "on" : <span class="quiet">off</span>}
        {webhooks.rejected > 0 && <span class="quiet sub">{webhooks.rejected} rejected</span>}
      </Cell>
      {sync !== undefined && (
        <Cell label="Actions">
          <Ask connection={connection} what="sync" token={sync.token} />
        </Cell>
      )}
    </tr>
  );
};

/** All connections, those that need somebody first. */
export const connectionsPage: PageHandler = async (c, deps) => {
  const needs = (connection: ConnectionView) =>
    ["off_track", "at_risk", "unknown", "on_track"].indexOf(CONNECTION_WORDS[connection.state].tone);
  const connections = [...(await deps.views.connections())].sort(
    (a, b) => needs(a) - needs(b) || a.title.localeCompare(b.title),
  );
  const sync = deps.ask === undefined ? undefined : { token: tokenOf(c, deps) };
  // Of the whole hub: for those who see all of it.
  const waiting = c.get("identity").products === "all" ? await deps.waiting?.() : undefined;
  const isRunning = connections.some(({ streams }) => streams.some(({ state }) => state === "syncing"));
  return sendPage(
    c,
    deps,
    { title: "Connections", section: "connections", reloads: isRunning },
    <>
      <h1>Connections</h1>
      {connections.length === 0 && <Beginning connections={connections} at="/connections" />}
      {connections.length > 0 && (
        <Scroll label="Connections">
          <table class="dense cards" {...ROLE.table}>
            <thead {...ROLE.group}>
              <tr {...ROLE.row}>
                <th scope="col" {...ROLE.columnHeader}>
                  Connection
                </th>
                <th scope="col" {...ROLE.columnHeader}>
                  State
                </th>
                <th scope="col" {...ROLE.columnHeader}>
                  Data as of
                </th>
                <th scope="col" {...ROLE.columnHeader}>
                  Last and next run
                </th>
                <th scope="col" {...ROLE.columnHeader} class="num">
                  Read last
                </th>
                <th scope="col" {...ROLE.columnHeader}>
                  Backlog
                </th>
                <th scope="col" {...ROLE.columnHeader}>
                  Failed in 24 h
                </th>
                <th scope="col" {...ROLE.columnHeader}>
                  Quota left
                </th>
                <th scope="col" {...ROLE.columnHeader}>
                  Webhooks
                </th>
                {sync !== undefined && (
                  <th scope="col" {...ROLE.columnHeader}>
                    Actions
                  </th>
                )}
              </tr>
            </thead>
            <tbody {...ROLE.group}>
              {connections.map((connection) => (
                <ConnectionRow connection={connection} sync={sync} now={deps.now().toISOString()} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {waiting !== undefined && (
        <p class="quiet">
          {waiting.map(({ queue, waiting: wait, dead }) => `${queue}: ${wait} waiting, ${dead} given up`).join(" · ")}
        </p>
      )}
      {isRunning && <Live at="/connections" />}
      <p class="quiet">
        <a href="/v1/connections">As JSON</a>
      </p>
    </>,
  );
};
