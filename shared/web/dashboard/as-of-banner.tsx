import type { Instant } from "../../domain/instant.ts";
import { address } from "./link.tsx";
import { DayIn } from "./time.tsx";
import { Inside } from "./visitor.tsx";

/** Said on every page of the past, with the way back. */
export const AsOfBanner = ({
  at,
  zone,
  back,
}: {
  readonly at: Instant | undefined;
  readonly zone: string;
  /** The same page of now. */
  readonly back: string;
}) =>
  at === undefined ? null : (
    <p class="as-of" role="status">
      You are viewing <DayIn at={at} zone={zone} />. <a href={back}>Back to now</a>
    </p>
  );

/** Days to look at another time: a plain form, so that it works without scripts. */
export const AsOfForm = ({
  action,
  asOf,
  today,
  parameters = {},
}: {
  readonly action: string;
  readonly asOf: string | undefined;
  readonly today: string;
  /** What else the address says. */
  readonly parameters?: Readonly<Record<string, string | undefined>>;
}) => (
  <Inside>
    <form class="filters" action={action} aria-label="Another time">
      {Object.entries(parameters).map(
        ([name, value]) => name !== "as_of" && value && <input type="hidden" name={name} value={value} />,
      )}
      <AsOfInput name="as_of" label="As of" value={asOf} today={today} />
      <button type="submit">Apply</button>
      {asOf !== undefined && (
        <a class="reset" href={address(action, { ...parameters, as_of: undefined })}>
          Back to now
        </a>
      )}
    </form>
  </Inside>
);

const IS_DAY = /^\d{4}-\d{2}-\d{2}$/;

export const AsOfInput = ({
  name,
  label,
  value,
  today,
}: {
  readonly name: "as_of" | "compare";
  readonly label: string;
  readonly value: string | undefined;
  readonly today: string;
}) => (
  <label>
    <span>{label}</span>
    <input type={IS_DAY.test(value ?? today) ? "date" : "text"} name={name} value={value} max={today} />
  </label>
);
