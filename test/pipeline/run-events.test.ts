import { expect, it } from "vitest";
import * as z from "zod";
import { type Connector, stream } from "../../shared/connector/contract.ts";
import { type ErrorCode, HubError } from "../../shared/connector/errors.ts";
import { TIMELESS } from "../../shared/domain/instant.ts";
import { eventsOf } from "../../shared/pipeline/events-of.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const Team = z.looseObject({ id: z.string() });

it.each<[ErrorCode, string[]]>([
  ["vendor_auth_expired", ["connection.sync.failed", "connection.auth.expired"]],
  ["vendor_unreachable", ["connection.sync.failed"]],
])("a run that ends in %s is told once, however often it fails, and its recovery too", async (code, told) => {
  let failure: HubError | undefined;
  const connector = {
    ...bareTool,
    streams: {
      teams: stream({
        record: Team,
        kinds: ["team"],
        normalise: ({ id }) => [
          {
            kind: "team",
            external: { noun: "team", id, url: "https://tool.example" },
            scopes: [],
            updatedAt: TIMELESS,
            fields: { name: id },
          },
        ],
        poll: {
          cursor: z.strictObject({}),
          start: {},
          read: async function* () {
            if (failure !== undefined) throw failure;
            yield { records: [{ id: "1" }], cursor: {} };
          },
        },
      }),
    },
  } as Connector;
  using open = openPipeline({ connector });
  const hub = open.hub("one");
  const run = () => poll(hub, { connection: "acme", stream: "teams" }, new AbortController().signal);
  let place = 0;
  const events = (): string[] => {
    const records = open.feed.read(place, 100);
    place = records.at(-1)?.seq ?? place;
    return records.flatMap(({ record }) => eventsOf(hub, record).map(({ name }) => name));
  };
  await run();
  expect(events()).toEqual(["connection.sync.completed"]);
  failure = new HubError(code, "no", { retry: "never" });
  await run();
  open.pass(60);
  await run();
  expect(events()).toEqual(told);
  failure = undefined;
  open.pass(60);
  await run();
  expect(events()).toEqual(["connection.recovered"]);
});
