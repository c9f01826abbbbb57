import { HubError } from "../../connector/errors.ts";
import type { ConnectionView, Quarantined, StreamCensus, StreamRun } from "../../store/views.ts";
import { CONNECTION_WORDS, RUN_WORDS, toolName } from "../words.ts";
import { BarChart } from "./charts/bar-chart.tsx";
import { numeral } from "./charts/figure.tsx";
import { Ask, ConnectionState, CredentialNote, Running } from "./connections-page.tsx";
import { answerForm, oneOf, tokenOf } from "./form.tsx";
import { address } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { Scroll } from "./scroll.tsx";
import type { FormHandler } from "./settings/form.tsx";
import { Moment } from "./time.tsx";

const LETTERS_AT_ONCE = 50;
const STREAMS_DRAWN = 20;
/** Minutes behind that somebody would look at. */
const WORTH_DRAWING = 5;

/** A code with its page. */
const Code = ({ code }: { readonly code: string }) => (
  <a href={`/docs/errors/${encodeURIComponent(code)}`}>
    <code>{code}</code>
  </a>
);

const whole = (count: number): string => count.toLocaleString("en-GB");

/** What the last census says, in as few words as it takes. */
const Count = ({ census }: { readonly census: StreamCensus }) => (
  <>
    {census.theirs === census.ours && census.gaps + census.gone + census.lost === 0
      ? `all ${whole(census.theirs)}`
      : `${whole(census.theirs)} there, ${whole(census.ours)} here`}
    <span class="quiet sub">
      {[
        census.gaps > 0 && `${whole(census.gaps)} asked for`,
        census.gone > 0 && `${whole(census.gone)} gone`,
        census.lost > 0 && `${whole(census.lost)} out of sight`,
        census.error,
      ]
        .filter(Boolean)
        .join(", ")}{" "}
      <Moment at={census.at} />
    </span>
  </>
);

const Run = ({ run, connection }: { readonly run: StreamRun; readonly connection: string }) => (
  <>
    <tr>
      <th scope="row">
        {run.stream}
        <span class="quiet sub">{run.scope}</span>
      </th>
      <td>
        {RUN_WORDS[run.state]}
        {run.firstCompletedAt === undefined && run.state !== "pending" && (
          <span class="quiet sub">no complete run yet</span>
        )}
      </td>
      <td>{run.startedAt !== undefined && <Moment at={run.startedAt} />}</td>
      <td>{run.finishedAt !== undefined && <Moment at={run.finishedAt} />}</td>
      <td class="num">{run.pages.toLocaleString("en-GB")}</td>
      <td class="num">{run.records.toLocaleString("en-GB")}</td>
      <td>{run.census === undefined ? <span class="quiet">not counted</span> : <Count census={run.census} />}</td>
    </tr>
    {(run.census?.fuse ?? []).map(({ name, missing, of }) => (
      <tr class="trouble">
        <td colspan={7}>
          <b>
            {missing.toLocaleString("en-GB")} of {of.toLocaleString("en-GB")} records in {name} are no longer listed
          </b>{" "}
          <Code code="deletion_fuse_tripped" />
          <br />
          Nothing was removed. If they were deleted on purpose, confirm it:{" "}
          <code>npx throughline doctor --census {connection} --accept-deletions</code>
        </td>
      </tr>
    ))}
    {run.error !== undefined && (
      <tr class="trouble">
        <td colspan={7}>
          <b>{run.error.message}</b> <Code code={run.error.code} />{" "}
          <span class="quiet">
            <Moment at={run.error.at} />
          </span>
          <br />
          {run.error.fix}
        </td>
      </tr>
    )}
  </>
);

const Letter = ({ letter }: { readonly letter: Quarantined }) => (
  <tr>
    <td>
      <Moment at={letter.at} />
    </td>
    <td>{letter.stream}</td>
    <td>
      <Code code={letter.code} />
    </td>
    <td>{letter.message}</td>
    <td>
      {letter.resolvedAt === undefined ? (
        "waiting"
      ) : (
        <>
          resolved <Moment at={letter.resolvedAt} />
        </>
      )}
    </td>
  </tr>
);

const SetAside = ({
  letters,
  older,
}: {
  readonly letters: readonly Quarantined[];
  readonly older: string | undefined;
}) => (
  <section aria-labelledby="quarantine">
    <h2 id="quarantine">Set aside</h2>
    {letters.length === 0 ? (
      <p class="quiet">Every record of this connection could be read.</p>
    ) : (
      <>
        <p>
          These records could not be read. They are kept with their bytes; after an update of the connector, replay them
          with <code>npx throughline replay --quarantine</code>.
        </p>
        <Scroll label="Records set aside">
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Stream</th>
                <th scope="col">Code</th>
                <th scope="col">Why</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {letters.map((letter) => (
                <Letter letter={letter} />
              ))}
            </tbody>
          </table>
        </Scroll>
      </>
    )}
    {older !== undefined && (
      <p>
        <a class="more" rel="next" href={older}>
          Show older
        </a>
      </p>
    )}
  </section>
);

const Webhooks = ({ webhooks, hook }: { readonly webhooks: ConnectionView["webhooks"]; readonly hook: string }) => (
  <section aria-labelledby="webhooks">
    <h2 id="webhooks">Webhooks</h2>
    <dl class="facts inline">
      <div>
        <dt>Address for the tool</dt>
        <dd>
          <code>{hook}</code>
        </dd>
      </div>
      <div>
        <dt>Secret</dt>
        <dd>{webhooks.configured ? "configured" : "not configured: webhooks are refused, polling goes on"}</dd>
      </div>
      <div>
        <dt>Last received</dt>
        <dd>{webhooks.lastReceivedAt === undefined ? "none yet" : <Moment at={webhooks.lastReceivedAt} />}</dd>
      </div>
      <div>
        <dt>Rejected signatures</dt>
        <dd>
          {webhooks.rejected}
          {webhooks.rejected > 0 && (
            <>
              {" "}
              · <Code code="signature_rejected" />
            </>
          )}
        </dd>
      </div>
    </dl>
  </section>
);

const TABS = [
  ["", "Overview"],
  ["runs", "Runs"],
  ["dead-letters", "Dead letters"],
  ["webhooks", "Webhooks"],
] as const;

const Tabs = ({
  path,
  tab,
  quarantined,
}: {
  readonly path: string;
  readonly tab: string;
  readonly quarantined: number;
}) => (
  <nav class="switch" aria-label="Parts of this connection">
    {TABS.map(([id, word]) => (
      <a href={id === "" ? path : `${path}/${id}`} aria-current={id === tab ? "page" : undefined}>
        {word}
        {id === "dead-letters" && quarantined > 0 && ` (${quarantined})`}
      </a>
    ))}
  </nav>
);

const Runs = ({ connection }: { readonly connection: ConnectionView }) => (
  <section aria-labelledby="streams">
    <h2 id="streams">Streams</h2>
    <Scroll label="Streams and their last runs">
      <table>
        <thead>
          <tr>
            <th scope="col">Stream</th>
            <th scope="col">Last run</th>
            <th scope="col">Started</th>
            <th scope="col">Ended</th>
            <th scope="col" class="num">
              Pages
            </th>
            <th scope="col" class="num">
              Records
            </th>
            <th scope="col">Complete?</th>
          </tr>
        </thead>
        <tbody>
          {connection.streams.map((run) => (
            <Run run={run} connection={connection.name} />
          ))}
        </tbody>
      </table>
    </Scroll>
  </section>
);

/** How far behind each stream is, the furthest first, beside what the connection may be. */
const Lags = ({ streams }: Pick<ConnectionView, "streams">) => {
  const behind = streams.flatMap(({ stream, scope, lagSeconds }) =>
    lagSeconds === undefined ? [] : [{ label: scope === "" ? stream : `${stream} ${scope}`, value: lagSeconds / 60 }],
  );
  const [worst] = behind.sort((a, b) => b.value - a.value);
  if (worst === undefined) return <p class="quiet">No stream was read to its end yet.</p>;
  if (worst.value < WORTH_DRAWING) return <p>Every stream was read to its end within the last minutes.</p>;
  return (
    <BarChart
      id="lag-c"
      caption={`Minutes since each stream was last read to its end. ${worst.label} is the furthest behind: ${numeral(worst.value)} minutes.`}
      of="Stream"
      unit="Minutes"
      bars={behind.slice(0, STREAMS_DRAWN)}
    />
  );
};

/** One connection, in parts that have an address each: how it is, its runs, what was set aside, where webhooks go. */
export const connectionPage: PageHandler = async (c, deps) => {
  const asked = c.req.param("name") ?? "";
  const tab = c.req.param("tab") ?? "";
  const connection = await deps.views.connection(asked);
  if (connection === undefined)
    throw new HubError("connection_unknown", `there is no connection ${asked.slice(0, 64)}`, { retry: "never" });
  const part = TABS.find(([id]) => id === tab)?.[1];
  if (part === undefined)
    throw new HubError("not_found", `a connection has no part ${tab.slice(0, 64)}`, { retry: "never" });
  const scope = { route: "page.quarantine", filters: { id: connection.id } };
  const after = placeOf(deps, scope, c.req.query("cursor"));
  const hasLetters = tab === "" || tab === "dead-letters";
  const { items, next } = hasLetters
    ? await deps.views.quarantine(connection.id, after, LETTERS_AT_ONCE)
    : { items: [], next: undefined };
  const older = linkCursor(deps, scope, next);
  const token = deps.ask === undefined ? undefined : tokenOf(c, deps);
  const path = `/connections/${encodeURIComponent(connection.name)}`;
  return sendPage(
    c,
    deps,
    {
      title: tab === "" ? connection.title : `${connection.title}: ${part}`,
      section: "connections",
      crumbs: [{ href: "/connections", word: "Connections" }],
    },
    <>
      <p class="eyebrow">
        {toolName(connection.tool)} · <b>{connection.name}</b>
      </p>
      <div class="head">
        <h1>{connection.title}</h1>
        {token !== undefined && <Ask connection={connection} what="sync" token={token} />}
      </div>
      <p class="lead">
        <ConnectionState state={connection.state} />
        <Running streams={connection.streams} /> · {connection.reason ?? CONNECTION_WORDS[connection.state].means}
        <CredentialNote credential={connection.credential} />
      </p>
      {connection.dataAsOf !== undefined && (
        <p>
          Data as of <Moment at={connection.dataAsOf} />.
        </p>
      )}
      <Tabs path={path} tab={tab} quarantined={connection.quarantined} />
      {tab === "" && connection.streams.length > 0 && <Lags streams={connection.streams} />}
      {(tab === "" || tab === "runs") && <Runs connection={connection} />}
      {tab === "runs" && token !== undefined && (
        <>
          <p class="quiet">
            Comparing asks the tool for its own list and finds what is missing here, and what is gone there.
          </p>
          <Ask connection={connection} what="check" token={token} />
        </>
      )}
      {hasLetters && (
        <SetAside letters={items} older={older && address(`${path}/dead-letters`, { cursor: older }, "#quarantine")} />
      )}
      {tab === "dead-letters" && token !== undefined && (
        <>
          <p class="quiet">
            Replaying reads what was kept of this connection again, as today's configuration maps it; the tool is not
            asked.
          </p>
          <Ask connection={connection} what="replay" token={token} />
        </>
      )}
      {(tab === "" || tab === "webhooks") && (
        <Webhooks webhooks={connection.webhooks} hook={`${deps.url()}/hooks/${encodeURIComponent(connection.name)}`} />
      )}
      <p class="quiet">
        <a href={`/v1${path}`}>As JSON</a>
      </p>
    </>,
  );
};

/** Takes the forms of a connection's page: the work is asked for, while the browser already goes on. */
export const connectionForm: FormHandler = (c, deps, fields) =>
  answerForm(c, fields, async ({ field }) => {
    const connection = await deps.views.connection(c.req.param("name") ?? "");
    if (connection === undefined)
      throw new HubError("connection_unknown", "there is no such connection", { retry: "never" });
    const what = oneOf("does", field("does"), ["sync", "check", "replay"] as const);
    if (deps.ask === undefined) throw new HubError("internal_error", "nothing takes jobs here", { retry: "never" });
    await deps.ask({ connection: connection.name, what });
    return `/connections/${encodeURIComponent(connection.name)}`;
  });
