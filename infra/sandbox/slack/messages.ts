import { type Exposure, exposures, referenceOf, timeOf } from "../company/exposure.ts";
import { managers, personAt } from "../company/people.ts";
import { hash, pick } from "../company/random.ts";
import type { World } from "../company/world.ts";

export const WORKSPACE = "https://acme.slack.com/";
export const TEAM = "T0ACME001";

/** A message; `thread` is the `ts` of the first of its thread. */
export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  readonly by: number;
  readonly text: string;
  readonly subtype?: string | undefined;
  readonly thread?: string | undefined;
  readonly edited?: string | undefined;
  readonly isDeleted?: boolean | undefined;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly product: number;
  /** Whether our app was invited. */
  readonly isMember: boolean;
}

export const channelsOf = (world: World): readonly Channel[] =>
  world.company.products.flatMap(({ index, repo }) => [
    { id: `C0RELEASES${index}`, name: `${repo}-releases`, product: index, isMember: true },
    { id: `C0FEEDBACK${index}`, name: `${repo}-feedback`, product: index, isMember: true },
    { id: `C0RANDOM${index}`, name: `${repo}-random`, product: index, isMember: false },
  ]);

export const userId = (index: number): string => `U0ACME${String(index).padStart(3, "0")}`;

/** Unique within a channel, as Slack's are: the last digits tell messages of one moment apart. */
export const tsOf = (time: number, nth: number): string =>
  `${Math.floor(time / 1000)}.${String(time % 1000).padStart(3, "0")}${String(nth % 1000).padStart(3, "0")}`;

const WISHES = [
  "Customer on the call today asked for this again",
  "Three shops wrote that they miss this",
  "Saw somebody struggle with this in a session",
];

const ofFeature = (world: World, exposure: Exposure): SlackMessage[] => {
  const { product, feature, days } = exposure;
  const draw = (what: number) => hash(world.company.seed, 91 + what, product.index, feature.index);
  const nth = feature.index * 3;
  const reference = referenceOf(world, exposure);
  const link = reference === undefined ? "" : ` <${reference.url}|${reference.key}>`;
  const messages: SlackMessage[] = [];
  if (days.announced !== undefined) {
    const at = timeOf(world, days.announced);
    const ts = tsOf(at, nth);
    const channel = `C0RELEASES${product.index}`;
    const by = pick(managers, draw(0));
    messages.push({
      channel,
      ts,
      by,
      text: `:tada: *${feature.title}* is live for everyone${link}\nThanks to the whole team &amp; <@${userId(1)}>`,
    });
    messages.push({ channel, ts: tsOf(at + 60_000, nth), by: 1, text: "Great work!", thread: ts });
  }
  for (let n = 0; n < draw(1) % 3; n += 1) {
    const at = timeOf(world, feature.proposedDay + 1 + n);
    const text = `${pick(WISHES, draw(2 + n))}: ${feature.title}${link}`;
    messages.push({ channel: `C0FEEDBACK${product.index}`, ts: tsOf(at, nth + n), by: 3 + n, text });
  }
  return messages;
};

/** The messages as they are now: drawn from the company, with what was changed since laid over them. */
export class Messages {
  readonly #world: World;
  #changed = new Map<string, SlackMessage>();
  #drawn: readonly SlackMessage[] | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** Of a channel, newest first, as `conversations.history` lists them: replies stand in their threads. */
  in(channel: string): readonly SlackMessage[] {
    this.#drawn ??= [
      ...exposures(this.#world).flatMap((exposure) => ofFeature(this.#world, exposure)),
      ...channelsOf(this.#world).map(({ id }): SlackMessage => {
        const text = `<@${userId(7)}> has joined the channel`;
        return { channel: id, ts: tsOf(timeOf(this.#world, 0), 1), by: 7, subtype: "channel_join", text };
      }),
    ];
    const known = new Map(this.#drawn.map((one) => [`${one.channel}:${one.ts}`, one]));
    for (const [id, one] of this.#changed) known.set(id, one);
    return [...known.values()]
      .filter((one) => one.channel === channel && one.isDeleted !== true)
      .toSorted((a, b) => (a.ts < b.ts ? 1 : -1));
  }

  keep(message: SlackMessage): void {
    this.#changed.set(`${message.channel}:${message.ts}`, message);
  }

  reset(): void {
    this.#changed = new Map();
  }
}

/** https://docs.slack.dev/reference/events/message */
export const messageJson = ({ ts, by, text, subtype, thread, edited }: SlackMessage) => ({
  type: "message",
  ...(subtype !== undefined && { subtype }),
  user: userId(by),
  text,
  ts,
  team: TEAM,
  ...(thread !== undefined && { thread_ts: thread }),
  ...(edited !== undefined && { edited: { user: userId(by), ts: edited } }),
});

/** https://docs.slack.dev/reference/objects/user-object */
export const userJson = (index: number, withEmail: boolean) => {
  const { name, email, login, bot } = personAt(index);
  return {
    id: userId(index),
    team_id: TEAM,
    name: login,
    real_name: name,
    deleted: false,
    is_bot: bot,
    updated: 1_767_225_600 + index,
    profile: { real_name: name, display_name: login, ...(withEmail && { email }) },
  };
};
