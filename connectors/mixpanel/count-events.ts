import { createHash } from "node:crypto";
import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";

const Id = z.union([z.string(), z.number()]).nullish();

/** https://developer.mixpanel.com/reference/raw-event-export */
const Event = z.looseObject({
  event: z.string(),
  properties: z.looseObject({ time: Id, distinct_id: Id, $insert_id: Id }),
});

/**
 * How often each event came and from how many people. An event that was sent twice counts once: Mixpanel tells doubles by
 * event, person, time and `$insert_id`, and so do we. Of each event and person only a short hash is held while it counts.
 *
 * @throws HubError vendor_answer_unreadable if a line is no event, the last one cut off for example
 */
export const countEvents = async (
  lines: AsyncIterable<string>,
  events: readonly string[],
): Promise<Record<string, [count: number, people: number]>> => {
  const counted = new Map(events.map((event) => [event, { seen: new Set<number>(), people: new Set<number>() }]));
  for await (const line of lines) {
    const { event, properties } = eventIn(line);
    const held = counted.get(event);
    if (held === undefined) continue;
    const { time, distinct_id: person, $insert_id: insert } = properties;
    held.seen.add(short(JSON.stringify([person, time, insert])));
    // No person is told for an event that is left out of analyses of people.
    if (person !== "" && person != null) held.people.add(short(String(person)));
  }
  return Object.fromEntries([...counted].map(([event, { seen, people }]) => [event, [seen.size, people.size]]));
};

const eventIn = (line: string): z.output<typeof Event> => {
  try {
    return Event.parse(JSON.parse(line));
  } catch (cause) {
    throw new HubError("vendor_answer_unreadable", "api/2.0/export sent a line that is no event", {
      retry: "later",
      cause,
    });
  }
};

/** 48 bits: as numbers in a set they take a quarter of the room of texts. */
const short = (text: string): number => createHash("sha1").update(text).digest().readUIntBE(0, 6);
