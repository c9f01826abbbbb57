import { type MadeWith, madeWith } from "../../../store/made-with.ts";
import type { WebDeps } from "../../web-deps.ts";
import type { PageContext } from "../page.tsx";
import { type Fields, Form } from "./form.tsx";

const NAMED_AT_MOST = 20;
const CONFIRMED = "confirmed";

/** A key or a member who is about to end. */
export interface Ending {
  readonly id: string;
  readonly name: string;
  readonly made: MadeWith;
}

/** What would end with a key or a member, where somebody is still to be asked; undefined to go ahead. */
export const endingOf = async (
  deps: WebDeps,
  { id, name }: Pick<Ending, "id" | "name">,
  fields: Fields,
): Promise<Ending | undefined> => {
  if (fields[CONFIRMED] !== undefined) return undefined;
  const made = await madeWith(deps.table, id, deps.now());
  return Object.values(made).every((some) => some.length === 0) ? undefined : { id, name, made };
};

const hostOf = ({ url }: { readonly url: string }): string => new URL(url).host;

const counted = (count: number, one: string): string[] =>
  count === 0 ? [] : [`${count} ${one}${count === 1 ? "" : "s"}`];

/** Asks before more ends than was named. @param word of the button: `Revoke` */
export const EndingSection = (props: {
  readonly c: PageContext;
  readonly deps: WebDeps;
  readonly action: string;
  readonly back: string;
  readonly word: string;
  readonly ending: Ending;
}) => {
  const { name, made } = props.ending;
  const { keys, shares, endpoints } = made;
  const ends = [...counted(keys.length, "key"), ...counted(shares.length, "link")].join(" and ");
  const names = [keys.map((one) => one.name), shares.map((one) => one.name), endpoints.map(hostOf)].flatMap((some) =>
    some.toSorted((a, b) => a.localeCompare(b, "en")),
  );

  return (
    <section class="once" role="status">
      <h2>
        {props.word} {name}?
      </h2>
      <p>
        {ends !== "" && `This ends ${ends} too. `}
        {endpoints.length > 0 &&
          `Nothing more is sent to ${counted(endpoints.length, "webhook endpoint").join("")} until an administrator takes it over. `}
        Made by {name}, or with those keys:
      </p>
      <ul>
        {names.slice(0, NAMED_AT_MOST).map((one) => (
          <li>{one}</li>
        ))}
        {names.length > NAMED_AT_MOST && <li>and {names.length - NAMED_AT_MOST} more</li>}
      </ul>
      <Form c={props.c} deps={props.deps} action={props.action}>
        <input type="hidden" name={CONFIRMED} value="yes" />
        <button type="submit">{props.word}, with all of these</button> <a href={props.back}>Cancel</a>
      </Form>
    </section>
  );
};
