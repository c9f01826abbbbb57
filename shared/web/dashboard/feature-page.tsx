import { HubError } from "../../connector/errors.ts";
import { dayOf } from "../../domain/day.ts";
import type { Instant } from "../../domain/instant.ts";
import { STAGES } from "../../domain/stage.ts";
import type { TargetMove } from "../../domain/target-moves.ts";
import type { Dependency } from "../../store/plan-past.ts";
import type { FeatureView, ProductView } from "../../store/views.ts";
import { pastMoment, viewsAt } from "../as-of.ts";
import { featurePath, featureSlug } from "../feature-address.ts";
import type { WebDeps } from "../web-deps.ts";
import { HEALTH_WORDS, STAGE_STATE_WORDS, STAGE_WORDS, toolName } from "../words.ts";
import { AsOfBanner, AsOfForm } from "./as-of-banner.tsx";
import { FeatureAround, readAround } from "./feature-around.tsx";
import { changedSince, FeatureChanges } from "./feature-changes.tsx";
import { FeatureTimeline } from "./feature-timeline.tsx";
import { FeatureWork } from "./feature-work.tsx";
import { FlowSection } from "./flow-section.tsx";
import { tokenOf } from "./form.tsx";
import { Health } from "./health.tsx";
import { HealthSection } from "./health-section.tsx";
import { address, Outside } from "./link.tsx";
import { type PageContext, type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { Dependencies, TargetMoves } from "./plan-past.tsx";
import { SaidSection } from "./said.tsx";
import { StageReasons } from "./stage-reasons.tsx";
import { Day, Moment, Target } from "./time.tsx";
import { lastReportDay, TimeTravel } from "./time-travel.tsx";
import { Inside } from "./visitor.tsx";

const WORK_AT_ONCE = 250;
const TIMELINE_AT_ONCE = 50;
const UPDATES_SHOWN = 5;
const FLOW_WEEKS = 12;
/** Lines looked at for what changed. */
const CHANGES_READ = 200;

const StageSteps = ({ explanation }: FeatureView) => (
  <ol class="steps-strip" aria-label="Stages">
    {STAGES.map((stage) => {
      const { state } = explanation.stages[stage];
      const { mark, word } = STAGE_STATE_WORDS[state];
      return (
        <li class={state} aria-current={explanation.headline === stage ? "step" : undefined}>
          <span aria-hidden="true">{mark}</span> {STAGE_WORDS[stage]}
          <span class="vh">: {word}</span>
        </li>
      );
    })}
  </ol>
);

const HealthFacts = ({ health }: FeatureView) => (
  <>
    <div>
      <dt>Health</dt>
      <dd>
        <Health value={health.value} />
        {health.disagree && <span class="quiet"> (the two disagree)</span>}
      </dd>
    </div>
    {health.declared !== undefined && (
      <div>
        <dt>Declared</dt>
        <dd>
          {health.declared.by !== undefined && `${health.declared.by}: `}
          {HEALTH_WORDS[health.declared.value].word}
          <span class="quiet">
            {health.declared.at !== undefined && (
              <>
                {" "}
                on <Day at={health.declared.at} />
              </>
            )}
            {health.declared.stale && ", out of date"}
          </span>
        </dd>
      </div>
    )}
    <div>
      <dt>Signals</dt>
      <dd>
        {HEALTH_WORDS[health.derived.value].word}
        <span class="quiet">{health.derived.reasons.length > 0 && `: ${health.derived.reasons.join("; ")}`}</span>
      </dd>
    </div>
  </>
);

const Facts = ({
  feature,
  products,
  moves,
  dependencies,
}: {
  readonly feature: FeatureView;
  readonly products: readonly ProductView[];
  readonly moves: readonly TargetMove[];
  readonly dependencies: readonly Dependency[];
}) => {
  const { progress, targetDate, presence, status } = feature;
  const own = products.filter(({ id }) => feature.productIds.includes(id));
  return (
    <dl class="facts">
      <HealthFacts {...feature} />
      <div>
        <dt>Status</dt>
        <dd>
          {status.detail}
          <span class="quiet">{status.category === "unknown" && " (not mapped)"}</span>
        </dd>
      </div>
      <div>
        <dt>Progress</dt>
        <dd>
          {progress.total === 0 ? (
            <span class="quiet">No work items</span>
          ) : (
            <>
              <progress max={progress.total} value={progress.done} aria-label="Work items done" /> {progress.done} of{" "}
              {progress.total} done
            </>
          )}
          {progress.cancelled > 0 && <span class="quiet">, {progress.cancelled} cancelled</span>}
        </dd>
      </div>
      {targetDate !== undefined && (
        <div>
          <dt>Target</dt>
          <dd>
            <Target date={targetDate} resolution={feature.targetDateResolution} />
          </dd>
        </div>
      )}
      <TargetMoves moves={moves} json={`/v1${featurePath(feature)}/target-moves`} />
      <Dependencies found={dependencies} json={`/v1${featurePath(feature)}/dependencies`} />
      {feature.owner !== undefined && (
        <div>
          <dt>Owner</dt>
          <dd>{feature.owner.name}</dd>
        </div>
      )}
      {feature.initiatives.length > 0 && (
        <div>
          <dt>Initiative</dt>
          <dd>
            {feature.initiatives.map(({ id, name }, place) => (
              <>
                {place > 0 && ", "}
                <a href={`/initiatives/${id}`}>{name}</a>
              </>
            ))}
          </dd>
        </div>
      )}
      {feature.names !== undefined && feature.names.length > 0 && (
        <div>
          <dt>Also known as</dt>
          <dd>
            {feature.names.map(({ name, tool, url }, place) => (
              <>
                {place > 0 && ", "}
                <Outside href={url}>{name}</Outside> <span class="quiet">in {toolName(tool)}</span>
              </>
            ))}
          </dd>
        </div>
      )}
      {own.length > 0 && (
        <div>
          <dt>Product</dt>
          <dd>
            {own.map(({ slug, name }, index) => (
              <>
                {index > 0 && ", "}
                <a href={`/products/${slug}/flow`}>{name}</a>
              </>
            ))}
          </dd>
        </div>
      )}
      {presence.state !== "present" && (
        <div>
          <dt>In {toolName(feature.tool)}</dt>
          <dd>
            {presence.state.replaceAll("_", " ")} since <Day at={presence.since} />
          </dd>
        </div>
      )}
      <div>
        <dt>Last change</dt>
        <dd>
          <Moment at={feature.updatedAt} />
        </dd>
      </div>
    </dl>
  );
};

const PARTS = [
  ["health", "Health"],
  ["changed", "What changed"],
  ["said", "What people say"],
  ["numbers", "Numbers"],
  ["experiments", "Experiments"],
  ["customers", "Customers"],
  ["marketing", "Marketing"],
  ["work", "Work"],
  ["flow", "Flow"],
  ["timeline", "Timeline"],
] as const;
/** These are kept as they are now alone. */
const OF_NOW: ReadonlySet<string> = new Set(["said", "numbers", "experiments", "customers", "marketing", "flow"]);

/** A feature on a day on which the hub did not know of it. */
const notYetPage = (c: PageContext, deps: WebDeps, feature: FeatureView, at: Instant) =>
  sendPage(
    c,
    deps,
    { title: feature.name.slice(0, 120), section: "board", crumbs: [{ href: "/", word: "Board" }] },
    <>
      <h1>{feature.name}</h1>
      <AsOfBanner at={at} zone={deps.timezone ?? "UTC"} back={featurePath(feature)} />
      <section class="empty">
        <h2>The hub did not know this feature then</h2>
        <p>
          The hub did not show this feature yet. What its tools report about earlier days is in its timeline.{" "}
          <a href={featurePath(feature)}>Show it as it is now</a>.
        </p>
      </section>
    </>,
  );

/** One feature: where it stands, why, with what work, and what happened in all tools. */
export const featurePage: PageHandler = async (c, deps) => {
  const { views } = deps;
  const asked = c.req.param("key") ?? "";
  const told = c.req.query("as_of") || undefined;
  const at = pastMoment(told, deps);
  const zone = deps.timezone ?? "UTC";
  const feature = await viewsAt(deps, at).feature(asked);
  const later = feature === undefined && at !== undefined ? await views.feature(asked) : undefined;
  if (later !== undefined && at !== undefined) return notYetPage(c, deps, later, at);
  if (feature === undefined)
    throw new HubError(
      "feature_unknown",
      `there is no feature ${asked.slice(0, 64)}${at === undefined ? "" : `, or there was none at ${at}`}`,
      { retry: "never" },
    );
  // Former keys and other spellings lead to the one address that a feature has.
  if (asked !== featureSlug(feature) && asked !== feature.id)
    return c.redirect(address(featurePath(feature), { as_of: told }));

  const place = (list: string) => ({ route: `page.feature.${list}`, filters: { id: feature.id } });
  const workAfter = placeOf(deps, place("work"), c.req.query("work"));
  const tools = c.req
    .queries("source")
    ?.flatMap((one) => one.split(","))
    .filter(Boolean);
  const sources = tools?.length ? tools : undefined;
  const timelineAfter = placeOf(deps, place("timeline"), c.req.query("timeline"));
  const timelineFrom = at && `${at}#~`;
  const none = { items: [], next: undefined };
  const [work, timeline, products, flow, assertions, updates, around, recent, connections, moves, dependencies] =
    await Promise.all([
      at === undefined ? views.evidence(feature.id, workAfter, WORK_AT_ONCE) : none,
      views.timeline(feature.id, timelineAfter ?? timelineFrom, TIMELINE_AT_ONCE),
      views.products(),
      views.featureFlow(feature.id, FLOW_WEEKS),
      views.said(feature.id),
      views.updates(feature.id, undefined, UPDATES_SHOWN),
      at === undefined ? readAround(views, feature.id) : undefined,
      views.timeline(feature.id, timelineFrom, CHANGES_READ),
      views.connections(),
      views.targetMoves(feature.id),
      at === undefined ? views.dependencies(feature.id) : [],
    ]);
  const path = featurePath(feature);
  const since = changedSince(c, at === undefined ? deps.now() : new Date(at));
  const own = products.filter(({ id }) => feature.productIds.includes(id));
  const more = linkCursor(deps, place("work"), work.next);
  const older = linkCursor(deps, place("timeline"), timeline.next);
  const title = feature.key === undefined ? feature.name : `${feature.key} ${feature.name}`;
  const today = dayOf(deps.now().getTime(), zone);
  return sendPage(
    c,
    deps,
    {
      title: title.slice(0, 120),
      section: "board",
      crumbs: [
        { href: "/", word: "Board" },
        ...own.slice(0, 1).map(({ slug, name }) => ({ href: address("/", { product: slug }), word: name })),
      ],
    },
    <>
      <p class="eyebrow">
        {feature.key !== undefined && <b>{feature.key}</b>} {feature.type} in{" "}
        <Outside href={feature.url}>{toolName(feature.tool)}</Outside>
      </p>
      <div class="head">
        <h1>{feature.name}</h1>
        <Inside>
          <p class="acts">
            {at === undefined && <a href={`${path}#said`}>Set stage</a>}
            <a class="copy" href={`${deps.url()}${address(path, { as_of: told })}`}>
              Copy link
            </a>
            <a href={address(`${path}.md`, { as_of: told })}>.md</a>
            <a href={address(`/v1${path}`, { as_of: told })}>.json</a>
          </p>
        </Inside>
      </div>
      <AsOfBanner at={at} zone={zone} back={path} />
      <StageSteps {...feature} />
      <nav class="contents" aria-label="On this page">
        {PARTS.filter(([id]) => at === undefined || !OF_NOW.has(id)).map(([id, word]) => (
          <a href={`#${id}`}>{word}</a>
        ))}
      </nav>
      <div class="split">
        <div>
          <StageReasons explanation={feature.explanation} />
          <HealthSection health={feature.health} />
          <FeatureChanges path={path} asOf={told} lines={recent.items} since={since} />
          {around === undefined ? (
            <section aria-labelledby="work">
              <h2 id="work">Numbers, customers and work</h2>
              <p class="quiet">
                Individual records and what people say are only kept in their current state:{" "}
                <a href={path}>see them there</a>.
              </p>
            </section>
          ) : (
            <>
              <SaidSection
                at={{ to: path, token: tokenOf(c, deps) }}
                version={feature.version}
                assertions={assertions}
                updates={updates.items}
                now={deps.now()}
              />
              <FeatureAround
                read={around}
                limits={deps.trustLimits(feature.productIds)}
                connections={connections}
                now={deps.now()}
              />
              <FeatureWork lines={work.items} more={more && address(path, { work: more }, "#work")} />
              <FlowSection flow={flow} json={`/v1${path}/flow`} />
            </>
          )}
          <FeatureTimeline
            lines={timeline.items}
            sources={sources}
            path={path}
            asOf={told}
            older={older && address(path, { as_of: told, timeline: older, source: sources?.join(",") }, "#timeline")}
            newest={timelineAfter === undefined ? undefined : address(path, { as_of: told }, "#timeline")}
          />
        </div>
        <aside aria-label="Facts">
          <Facts
            feature={feature}
            products={products}
            moves={moves.filter((move) => at === undefined || move.at <= at)}
            dependencies={dependencies}
          />
          <AsOfForm action={path} asOf={at && told} today={today} />
          <TimeTravel
            path={path}
            parameters={{ as_of: at && told }}
            name="as_of"
            today={today}
            lastReport={await lastReportDay(deps, c.get("identity"))}
          />
          <Inside>
            <p class="quiet">
              <a href={address(`/v1${path}`, { as_of: told })}>As JSON</a> ·{" "}
              <a href={address(`/v1${path}/explain`, { as_of: told })}>Explanation as JSON</a>
            </p>
          </Inside>
        </aside>
      </div>
    </>,
  );
};
