import { HubError } from "../../connector/errors.ts";
import type { HubEvent } from "../../domain/event.ts";
import type { ConnectionView, StreamCensus, StreamRun } from "../../store/views.ts";
import { discardDeadLetter, replayDeadLetter } from "../api/dead-letter-actions.ts";
import type { WebDeps } from "../web-deps.ts";
import { CONNECTION_WORDS, RUN_WORDS, toolName } from "../words.ts";
import { BarChart } from "./charts/bar-chart.tsx";
import { numeral } from "./charts/figure.tsx";
import { Code } from "./code.tsx";
import { Access, Settings } from "./connection-access.tsx";
import { SetAside } from "./connection-letters.tsx";
import { Mapping } from "./connection-mapping.tsx";
import { Ask, ConnectionState, CredentialNote, Running } from "./connections-page.tsx";
import { answerForm, oneOf, tokenOf } from "./form.tsx";
import { address } from "./link.tsx";
import { Live } from "./live.tsx";
import { type PageContext, type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { Scroll } from "./scroll.tsx";
import type { FormHandler } from "./settings/form.tsx";
import { Moment } from "./time.tsx";

const LETTERS_AT_ONCE = 50;
const WORDS_AT_ONCE = 200;
/** Gaps of all connections. */
const GAPS_LOOKED_AT = 200;
const STREAMS_DRAWN = 20;
/** Minutes behind that somebody would look at. */
const WORTH_DRAWING = 5;

const whole = (count: number): string => count.toLocaleString("en-GB");

/** What the last census says, in as few words as it takes. */
const Count = ({ census }: { readonly census: StreamCensus }) => (
  <>
    {census.theirs === census.ours && census.gaps + census.gone + census.lost === 0
      ? `all ${whole(census.theirs)}`
      : `${whole(census.theirs)} there, ${whole(census.ours)} here`}
    <span class="quiet sub">
      {[
        census.gaps > 0 && `${whole(census.gaps)} being fetched`,
        census.gone > 0 && `${whole(census.gone)} gone`,
        census.lost > 0 && `${whole(census.lost)} no longer visible`,
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

const Webhooks = ({ webhooks, hook }: { readonly webhooks: ConnectionView["webhooks"]; readonly hook: string }) => (
  <section aria-labelledby="webhooks">
    <h2 id="webhooks">Webhooks</h2>
    <dl class="facts inline">
      <div>
        <dt>Webhook URL</dt>
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
  ["mapping", "Mapping"],
  ["webhooks", "Webhooks"],
  ["access", "Access"],
  ["settings", "Settings"],
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
  if (worst === undefined) return <p class="quiet">No stream has been read completely yet.</p>;
  if (worst.value < WORTH_DRAWING) return <p>Every stream was read completely within the last few minutes.</p>;
  return (
    <BarChart
      id="lag-c"
      caption={`Minutes since each stream was last read completely. ${worst.label} is the furthest behind: ${numeral(worst.value)} minutes.`}
      of="Stream"
      unit="Minutes"
      bars={behind.slice(0, STREAMS_DRAWN)}
    />
  );
};

/** One connection, in parts that have an address each: how it is, its runs, what was set aside, what its words mean, where webhooks go, what it may read, its settings. */
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
  const isFollowed = connection.streams.some(({ state }) => state === "syncing") && ["", "runs"].includes(tab);
  return sendPage(
    c,
    deps,
    {
      title: tab === "" ? connection.title : `${connection.title}: ${part}`,
      section: "connections",
      crumbs: [{ href: "/connections", word: "Connections" }],
      reloads: isFollowed,
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
            Compare asks the tool for its own list and finds what is missing here and what was deleted there.
          </p>
          <Ask connection={connection} what="check" token={token} />
        </>
      )}
      {hasLetters && (
        <SetAside
          connection={connection}
          letters={items}
          older={older && address(`${path}/dead-letters`, { cursor: older }, "#quarantine")}
          token={tab === "dead-letters" ? token : undefined}
        />
      )}
      {tab === "dead-letters" && token !== undefined && (
        <>
          <p class="quiet">
            Replay processes the archived data of this connection again with today's configuration; the tool is not
            asked.
          </p>
          <Ask connection={connection} what="replay" token={token} />
        </>
      )}
      {(tab === "" || tab === "webhooks") && (
        <Webhooks webhooks={connection.webhooks} hook={`${deps.url()}/hooks/${encodeURIComponent(connection.name)}`} />
      )}
      {tab === "mapping" && <Mapping connection={connection} {...(await mappingOf(c, deps, connection))} />}
      {tab === "access" && <Access connection={connection} detail={await deps.views.connectionDetail(connection.id)} />}
      {tab === "settings" && <Settings detail={await deps.views.connectionDetail(connection.id)} />}
      {isFollowed && <Live at={tab === "" ? path : `${path}/${tab}`} />}
      <p class="quiet">
        <a href={`/v1${path}`}>As JSON</a>
      </p>
    </>,
  );
};

/** What the mapping of a connection is told by. */
const mappingOf = async (c: PageContext, deps: WebDeps, connection: ConnectionView) => {
  const scope = { route: "page.words", filters: { id: connection.id } };
  const after = placeOf(deps, scope, c.req.query("cursor"));
  const [{ items, next }, events, detail] = await Promise.all([
    deps.views.words(connection.id, after, WORDS_AT_ONCE),
    deps.views.lastChanges("mapping.gap.detected", GAPS_LOOKED_AT),
    deps.views.connectionDetail(connection.id),
  ]);
  const cursor = linkCursor(deps, scope, next);
  const path = `/connections/${encodeURIComponent(connection.name)}/mapping`;
  const gaps = (events as readonly HubEvent<"mapping.gap.detected">[]).filter(
    ({ data }) => data.connection.id === connection.id && data.field !== "work_item.status",
  );
  return { words: items, next: cursor && address(path, { cursor }), gaps, detail };
};

/** Takes the forms of a connection's page: the work is asked for, while the browser already goes on. */
export const connectionForm: FormHandler = (c, deps, fields) =>
  answerForm(c, fields, async ({ field, identity }) => {
    const connection = await deps.views.connection(c.req.param("name") ?? "");
    if (connection === undefined)
      throw new HubError("connection_unknown", "there is no such connection", { retry: "never" });
    const does = oneOf("does", field("does"), ["sync", "check", "replay", "replay_letter", "discard_letter"] as const);
    if (does === "replay_letter" || does === "discard_letter") {
      const act = does === "replay_letter" ? replayDeadLetter : discardDeadLetter;
      if ((await act(deps, identity, connection.name, field("letter"))) === undefined)
        throw new HubError("not_found", "nothing that was set aside is called so", { retry: "never" });
      return `/connections/${encodeURIComponent(connection.name)}/dead-letters`;
    }
    if (deps.ask === undefined) throw new HubError("internal_error", "nothing takes jobs here", { retry: "never" });
    await deps.ask({ connection: connection.name, what: does });
    return `/connections/${encodeURIComponent(connection.name)}`;
  });
