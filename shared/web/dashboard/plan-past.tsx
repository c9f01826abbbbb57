import type { TargetMove } from "../../domain/target-moves.ts";
import type { Dependency } from "../../store/plan-past.ts";
import { featurePath } from "../feature-address.ts";
import { Outside } from "./link.tsx";
import { Day, Target } from "./time.tsx";

const SHOWN = 5;

/** Each time a promise became another one, for the facts of a feature or an initiative; nothing where it never did. */
export const TargetMoves = ({ moves, json }: { readonly moves: readonly TargetMove[]; readonly json: string }) =>
  moves.length === 0 ? null : (
    <div>
      <dt>Target moved</dt>
      <dd>
        {moves.length === 1 ? "once" : `${moves.length} times`}
        {moves.slice(-SHOWN).map(({ at, from, to }) => (
          <span class="quiet sub">
            <Target date={from} /> → <Target date={to} />, on <Day at={at} />
          </span>
        ))}
        {moves.length > SHOWN && <a href={json}>All as JSON</a>}
      </dd>
    </div>
  );

const Other = ({ other, feature, own }: Dependency) => (
  <span class="sub">
    {feature === undefined ? (
      <Outside href={other.url}>{[other.key, other.name].filter(Boolean).join(" ")}</Outside>
    ) : (
      <a href={featurePath(feature)}>{feature.name}</a>
    )}
    <span class="quiet">
      {" "}
      ({other.key ?? other.name}
      {other.status !== undefined && `, ${other.status.detail}`}; {own.key ?? own.name})
    </span>
  </span>
);

/** What a feature waits for, and what waits for it; what is settled is only counted. */
export const Dependencies = ({ found, json }: { readonly found: readonly Dependency[]; readonly json: string }) => {
  const open = found.filter(({ isSettled }) => !isSettled);
  const settled = found.length - open.length;
  const part = (way: Dependency["way"], word: string) => {
    const some = open.filter((one) => one.way === way);
    return some.length === 0 ? null : (
      <div>
        <dt>{word}</dt>
        <dd>
          {some.slice(0, SHOWN).map((one) => (
            <Other {...one} />
          ))}
          {some.length > SHOWN && <a href={json}>{some.length - SHOWN} more as JSON</a>}
        </dd>
      </div>
    );
  };
  return (
    <>
      {part("blocked_by", "Blocked by")}
      {part("blocks", "Blocks")}
      {settled > 0 && (
        <div>
          <dt>Settled</dt>
          <dd>
            <a href={json}>{settled === 1 ? "1 dependency" : `${settled} dependencies`}</a>
          </dd>
        </div>
      )}
    </>
  );
};
