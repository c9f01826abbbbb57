import { expect, it } from "vitest";
import { changesAfter } from "../../shared/pipeline/change-log.ts";
import { publish } from "../../shared/pipeline/publish.ts";
import { sendTestEvent } from "../../shared/pipeline/test-event.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

it("the log is in the order of logging while the clock stands still, and where it is set back", async () => {
  using open = openPipeline({ connector: bareTool });
  const hub = open.hub("one");
  const sent: string[] = [];
  let place = 0;
  const send = async () => {
    sent.push(await sendTestEvent(hub, "feature.created"));
    const found = open.feed.read(place, 1000);
    place = found.at(-1)?.seq ?? place;
    await publish(
      hub,
      found.map(({ record }) => record),
    );
  };
  for (let n = 0; n < 12; n++) await send();
  open.pass(-30);
  for (let n = 0; n < 3; n++) await send();
  open.pass(60);
  await send();
  const logged = await changesAfter(hub.ports.table, "2026-03-02T00:00:00.000Z", "2026-03-02T23:00:00.000Z", 100);
  expect(logged.map(({ event }) => event.id)).toEqual(sent);
});
