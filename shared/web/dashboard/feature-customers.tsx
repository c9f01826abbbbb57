import { rollups } from "d3-array";
import { utcMonday } from "d3-time";
import { oneCustomer } from "../../domain/customer-domains.ts";
import { createdAt, type Entity } from "../../domain/entity.ts";
import { counted } from "../../report/figures.ts";
import type { ConnectionView } from "../../store/views.ts";
import { detailWords, toolName } from "../words.ts";
import { BarChart } from "./charts/bar-chart.tsx";
import { Outside } from "./link.tsx";
import { Nothing } from "./needs-connection.tsx";
import { Day, dayText } from "./time.tsx";

const WEEKS = 12;
const THEMES = 8;
const ACCOUNTS = 10;
const VOICES = 10;

/** New tickets in each of the last weeks, weeks without one among them. */
export const ticketsByWeek = (tickets: readonly Entity<"supportTicket">[], now: Date) => {
  const monday = utcMonday.floor(now);
  const counts = new Map(
    rollups(
      tickets,
      (some) => some.length,
      (ticket) => utcMonday.floor(new Date(createdAt(ticket))).getTime(),
    ),
  );
  return utcMonday.range(utcMonday.offset(monday, 1 - WEEKS), utcMonday.offset(monday, 1)).map((week) => ({
    label: dayText(week.toISOString()).replace(/ \d+$/, ""),
    value: counts.get(week.getTime()) ?? 0,
  }));
};

/** Words that several records share, the most frequent first. */
const mostOf = (words: readonly string[], most: number): readonly (readonly [word: string, count: number])[] =>
  rollups(
    words,
    (some) => some.length,
    (word) => word,
  )
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, most);

/** Labels that customers' records share, written in any case. */
export const themesOf = (records: readonly Entity<"supportTicket" | "feedback">[]) => {
  const labels = records.flatMap(({ fields }) => fields.labels ?? []);
  const written = new Map(labels.map((label) => [label.toLowerCase(), label]));
  return mostOf(
    labels.map((label) => label.toLowerCase()),
    THEMES,
  ).map(([word, count]) => [written.get(word) ?? word, count] as const);
};

interface Voices {
  /** The most frequent first. */
  readonly themes: readonly (readonly [name: string, count: number])[];
  readonly tickets: readonly Entity<"supportTicket">[];
  readonly feedback: readonly Entity<"feedback">[];
  /** Of surveys, with words. */
  readonly answers: readonly Entity<"surveyResponse">[];
  /** By id. */
  readonly customers: ReadonlyMap<string, Entity<"customer">>;
  readonly connections: readonly ConnectionView[];
  readonly now: Date;
  /** There are more than were read. */
  readonly isCut: boolean;
}

/** What customers say of a feature: tickets by week, their themes, who they come from, and feedback. */
export const FeatureCustomers = ({
  themes,
  tickets,
  feedback,
  answers,
  customers,
  connections,
  now,
  isCut,
}: Voices) => {
  const weeks = ticketsByWeek(tickets, now);
  const recent = weeks.reduce((sum, { value }) => sum + value, 0);
  const last = weeks.at(-1)?.value ?? 0;
  const ones = oneCustomer(
    [...customers.values()].map(({ id, source: { connectionId }, fields: { domains } }) => ({
      id,
      connectionId,
      domains,
    })),
  );
  const accounts = mostOf(
    [...tickets, ...feedback, ...answers].flatMap(({ fields: { customerId = "" } }) => ones.get(customerId) ?? []),
    ACCOUNTS,
  ).flatMap(([id]) => {
    const said = (some: readonly { readonly fields: { readonly customerId?: string | undefined } }[]) =>
      some.filter(({ fields: { customerId = "" } }) => ones.get(customerId) === id).length;
    const [customer, ...others] = [...customers.values()]
      .filter((one) => ones.get(one.id) === id)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    return customer === undefined
      ? []
      : [{ customer, others, asked: said(feedback) + said(answers), told: said(tickets) }];
  });
  const voices = [...tickets, ...feedback].sort((a, b) => (createdAt(a) > createdAt(b) ? -1 : 1)).slice(0, VOICES);
  return (
    <section aria-labelledby="customers">
      <h2 id="customers">Customers</h2>
      {tickets.length + feedback.length === 0 && (
        <Nothing
          connections={connections}
          kinds={["supportTicket", "feedback"]}
          what="a support"
          none="No tickets or feedback are linked to this feature."
        />
      )}
      {tickets.length > 0 && (
        <BarChart
          id="tickets-c"
          caption={`${counted(recent, "ticket")} in the last ${WEEKS} weeks${isCut ? ", of those that were read" : ""}; ${last} this week so far.`}
          of="Week of"
          unit="Tickets"
          bars={weeks}
        />
      )}
      {themes.length > 0 && (
        <>
          <h3>Themes</h3>
          <ul class="chips">
            {themes.map(([word, count]) => (
              <li>
                {word} <b>{count}</b>
              </li>
            ))}
          </ul>
        </>
      )}
      {accounts.length > 0 && (
        <>
          <h3>Accounts</h3>
          <ul class="records">
            {accounts.map(({ customer, others, asked, told }) => (
              <li>
                <span class="what">
                  <Outside href={customer.source.url}>{customer.fields.name}</Outside>
                  <span class="quiet">
                    {[asked > 0 && counted(asked, "request"), told > 0 && counted(told, "ticket"), customer.fields.tier]
                      .filter((part) => part !== false && part !== undefined)
                      .join(", ")}
                    {others.length > 0 &&
                      `, one customer in ${[customer, ...others].map(({ source }) => toolName(source.tool)).join(" and ")}, by domain`}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {voices.length > 0 && (
        <>
          <h3>Newest</h3>
          <ul class="records">
            {voices.map((voice) => (
              <li>
                <span class="what">
                  <Outside href={voice.source.url}>
                    {voice.kind === "supportTicket" ? voice.fields.subject : voice.fields.title}
                  </Outside>
                  {voice.fields.status !== undefined && <span class="pill">{detailWords(voice.fields.status)}</span>}
                </span>
                <span class="quiet">
                  {toolName(voice.source.tool)} · <Day at={createdAt(voice)} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
};
