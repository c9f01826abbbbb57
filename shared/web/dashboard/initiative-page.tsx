import { HubError } from "../../connector/errors.ts";
import type { TargetMove } from "../../domain/target-moves.ts";
import type { InitiativeView } from "../../store/shown-plan.ts";
import type { FeatureView } from "../../store/views.ts";
import { featurePath } from "../feature-address.ts";
import { HEALTH_WORDS, STAGE_WORDS, toolName } from "../words.ts";
import { postUpdate } from "./feature-form.ts";
import { answerForm, oneOf, tokenOf } from "./form.tsx";
import { Health } from "./health.tsx";
import { address, Outside } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { HealthCounts, StageCounts } from "./plan-parts.tsx";
import { TargetMoves } from "./plan-past.tsx";
import { UpdateForm, UpdateLines } from "./said.tsx";
import { Scroll } from "./scroll.tsx";
import type { FormHandler } from "./settings/form.tsx";
import { Strip } from "./strip.tsx";
import { Day, Target } from "./time.tsx";

const UPDATES_AT_ONCE = 20;

const Facts = ({
  initiative,
  moves,
}: {
  readonly initiative: InitiativeView;
  readonly moves: readonly TargetMove[];
}) => {
  const { health, rollUp, declared, status, owner, parent, targetDate, objectives } = initiative;
  return (
    <dl class="facts">
      <div>
        <dt>Health</dt>
        <dd>
          <Health value={health} />
        </dd>
      </div>
      {declared !== undefined && (
        <div>
          <dt>Declared</dt>
          <dd>
            {declared.by !== undefined && `${declared.by}: `}
            {HEALTH_WORDS[declared.value].word}
            <span class="quiet">
              {" "}
              on <Day at={declared.at} />
            </span>
          </dd>
        </div>
      )}
      <div>
        <dt>Features</dt>
        <dd>
          <HealthCounts rollUp={rollUp} />
        </dd>
      </div>
      <div>
        <dt>Status</dt>
        <dd>{status.detail}</dd>
      </div>
      {targetDate !== undefined && (
        <div>
          <dt>Target</dt>
          <dd>
            <Target date={targetDate} resolution={initiative.targetDateResolution} />
          </dd>
        </div>
      )}
      <TargetMoves moves={moves} json={`/v1/initiatives/${initiative.id}/target-moves`} />
      {owner !== undefined && (
        <div>
          <dt>Owner</dt>
          <dd>{owner.name}</dd>
        </div>
      )}
      {parent !== undefined && (
        <div>
          <dt>Part of</dt>
          <dd>
            <a href={`/initiatives/${parent.id}`}>{parent.name}</a>
          </dd>
        </div>
      )}
      {objectives.length > 0 && (
        <div>
          <dt>Serves</dt>
          <dd>
            <a href="/objectives">{objectives.map(({ title }) => title).join(", ")}</a>
          </dd>
        </div>
      )}
    </dl>
  );
};

export const FeatureRows = ({ features }: { readonly features: readonly FeatureView[] }) => (
  <Scroll label="Features of this list">
    <table>
      <thead>
        <tr>
          <th scope="col">Feature</th>
          <th scope="col">Stage</th>
          <th scope="col">Health</th>
          <th scope="col">Target</th>
        </tr>
      </thead>
      <tbody>
        {features.map((feature) => (
          <tr>
            <th scope="row">
              <a href={featurePath(feature)}>{feature.name}</a>
            </th>
            <td>
              <span class="stage">{STAGE_WORDS[feature.explanation.headline ?? "none"]}</span>
              <Strip stages={feature.explanation.stages} />
            </td>
            <td>
              <Health value={feature.health.value} />
            </td>
            <td>
              {feature.targetDate !== undefined && (
                <Target date={feature.targetDate} resolution={feature.targetDateResolution} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);

const named = async ({ views }: Parameters<PageHandler>[1], asked: string): Promise<InitiativeView> => {
  const found = await views.initiative(asked);
  if (found !== undefined) return found;
  throw new HubError("not_found", `there is no initiative ${asked.slice(0, 64)}`, { retry: "never" });
};

/** One initiative: what people say of it, its features, and what it serves. */
export const initiativePage: PageHandler = async (c, deps) => {
  const initiative = await named(deps, c.req.param("id") ?? "");
  const place = { route: "page.initiative", filters: { id: initiative.id } };
  const after = placeOf(deps, place, c.req.query("updates"));
  const [features, updates, moves] = await Promise.all([
    deps.views.initiativeFeatures(initiative.id),
    deps.views.updates(initiative.id, after, UPDATES_AT_ONCE),
    deps.views.targetMoves(initiative.id),
  ]);
  const path = `/initiatives/${initiative.id}`;
  const older = linkCursor(deps, place, updates.next);
  return sendPage(
    c,
    deps,
    {
      title: initiative.title.slice(0, 120),
      section: "objectives",
      crumbs: [{ href: "/objectives", word: "Objectives" }],
    },
    <>
      <p class="eyebrow">
        {initiative.key !== undefined && <b>{initiative.key}</b>} Initiative in{" "}
        <Outside href={initiative.url}>{toolName(initiative.tool)}</Outside>
      </p>
      <h1>{initiative.title}</h1>
      <p>
        <StageCounts rollUp={initiative.rollUp} />
      </p>
      <div class="split">
        <div>
          <section aria-labelledby="updates">
            <h2 id="updates">Updates</h2>
            {updates.items.length === 0 && <p class="quiet">No updates yet.</p>}
            <UpdateLines updates={updates.items} />
            {older !== undefined && <a href={address(path, { updates: older }, "#updates")}>Older updates</a>}
            <UpdateForm to={path} token={tokenOf(c, deps)} />
          </section>
          <section aria-labelledby="features">
            <h2 id="features">Features</h2>
            {features.length === 0 ? <p class="quiet">It has none yet.</p> : <FeatureRows features={features} />}
          </section>
        </div>
        <aside aria-label="Facts">
          <Facts initiative={initiative} moves={moves} />
          <p class="quiet">
            <a href={`/v1${path}`}>As JSON</a>
          </p>
        </aside>
      </div>
    </>,
  );
};

/** The form of an initiative's page. */
export const initiativeForm: FormHandler = (c, deps, fields) =>
  answerForm(c, fields, async (filled) => {
    const { id } = await named(deps, c.req.param("id") ?? "");
    oneOf("does", filled.field("does"), ["update"]);
    await postUpdate(deps, id, filled);
    return `/initiatives/${id}#updates`;
  });
