import { scaleUtc } from "d3-scale";
import { utcMonth } from "d3-time";
import type { HealthValue } from "../../../store/views.ts";
import { HEALTH_WORDS } from "../../words.ts";

/** A feature from its first day on the board to its promised day. */
export interface Bar {
  readonly id: string;
  readonly name: string;
  readonly href: string;
  readonly health: HealthValue;
  /** A day or moment; absent where no stage began yet. */
  readonly from?: string | undefined;
  readonly to: string;
  /** The day first promised, where that is another one. */
  readonly first?: string | undefined;
}

const WIDTH = 960;
const ROW = 34;
const TOP = 26;
const CHARACTERS = 80;
/** Without a beginning a bar is as long as this. */
const STUB_MS = 14 * 86_400_000;

const time = (at: string): number => Date.parse(at);
const quarter = (at: Date): string => `Q${Math.floor(at.getUTCMonth() / 3) + 1} ${at.getUTCFullYear()}`;
const quarterStart = (at: number): Date => {
  const day = new Date(at);
  return new Date(Date.UTC(day.getUTCFullYear(), Math.floor(day.getUTCMonth() / 3) * 3, 1));
};

/** Bars over quarters with a line for now. The first promise, where it moved, is a hollow bar behind the present one. */
export const Roadmap = ({
  bars,
  now,
  label,
}: {
  readonly bars: readonly Bar[];
  readonly now: Date;
  readonly label: string;
}) => {
  const times = [now.getTime(), ...bars.flatMap(({ to, first, from }) => [to, first ?? to, from ?? to].map(time))];
  const start = quarterStart(Math.min(...times));
  const end = utcMonth.offset(quarterStart(Math.max(...times)), 3);
  const x = scaleUtc([start, end], [0, WIDTH]);
  const quarters = utcMonth.range(start, end, 3).filter((at) => at.getUTCMonth() % 3 === 0);
  const every = Math.ceil(quarters.length / 10);
  const height = TOP + bars.length * ROW + 4;
  return (
    <svg class="roadmap" viewBox={`0 0 ${WIDTH} ${height}`} aria-label={label}>
      {quarters.map((at, place) => (
        <>
          <path class="grid" d={`M${x(at).toFixed(1)} 0V${height}`} />
          {place % every === 0 && (
            <text class="q" x={(x(at) + 4).toFixed(1)} y="13">
              {quarter(at)}
            </text>
          )}
        </>
      ))}
      {bars.map(({ name, href, health, from, to, first }, row) => {
        const top = TOP + row * ROW;
        const left = x(from === undefined ? time(to) - STUB_MS : Math.min(time(from), time(to)));
        const width = (until: string) => Math.max(4, x(time(until)) - left).toFixed(1);
        const words = name.length > CHARACTERS ? `${name.slice(0, CHARACTERS)}…` : name;
        return (
          <a
            href={href}
            aria-label={`${name}: ${HEALTH_WORDS[health].word}, due ${to}${first === undefined ? "" : `, first ${first}`}`}
          >
            {first !== undefined && (
              <rect class="first" x={left.toFixed(1)} y={top + 17} width={width(first)} height="11" rx="3" />
            )}
            <rect class={`due ${health}`} x={left.toFixed(1)} y={top + 19} width={width(to)} height="7" rx="3" />
            <text x={Math.min(left, WIDTH * 0.55).toFixed(1)} y={top + 13}>
              {HEALTH_WORDS[health].mark} {words}
            </text>
          </a>
        );
      })}
      <path class="now" d={`M${x(now).toFixed(1)} 0V${height}`} />
      <text class="q" x={(x(now) + 4).toFixed(1)} y={height - 4}>
        Now
      </text>
    </svg>
  );
};
