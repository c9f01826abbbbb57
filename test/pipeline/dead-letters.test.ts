import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type Connector, stream } from "../../shared/connector/contract.ts";
import { InboxMessage } from "../../shared/pipeline/messages.ts";
import { setAside } from "../../shared/pipeline/quarantine.ts";
import { askForLetter, readMessage } from "../../shared/pipeline/replay-letter.ts";
import { endWait, letterName, letterNamed } from "../../shared/store/dead-letters.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

/** A tool of which a release of the hub reads records that the one before could not. */
const tool = () => {
  let reads = "old";
  const records = stream<unknown, { readonly id: string; readonly format: string }, unknown>({
    kinds: ["feature"],
    record: z.object({ id: z.string(), format: z.string().refine((format) => format === "old" || format === reads) }),
    normalise: () => [],
  });
  return { connector: { ...bareTool, streams: { records } } as Connector, update: () => (reads = "new") };
};

const opened = async () => {
  const { connector, update } = tool();
  const open = openPipeline({ connector });
  const hub = open.hub("one");
  const page = {
    records: {
      records: [
        { id: "1", format: "new" },
        { id: "2", format: "none" },
      ],
    },
  };
  const rawRef = await open.real.archive.put(
    { connectionId: "acme", receivedAt: "2026-03-02T09:50:00.000Z", what: "page" },
    new TextEncoder().encode(JSON.stringify(page)),
  );
  const { waiting } = await readMessage(hub, { connection: "acme", rawRef });
  const names = waiting.map((id) => letterName({ rawRef, id }));
  const states = async () =>
    Promise.all(names.map(async (name) => (await letterNamed(open.real.table, "con_acme", name))?.resolvedAt));
  const replay = async (name: string) => {
    await askForLetter(hub, await hub.connection("acme"), name);
    for (const { message } of await open.queued()) await readMessage(hub, InboxMessage.parse(message));
  };
  return { open, hub, rawRef, names, states, replay, update };
};

describe("one record that was set aside", () => {
  it("is read again alone: it is resolved once it can be read, and its neighbour waits on", async () => {
    const { open, names, states, replay, update } = await opened();
    using _ = open;
    const [first = "", second = ""] = names;
    expect(first).toMatch(/^2026-03-02\.[0-9a-f]{16}$/);
    await replay(first);
    expect(await states()).toEqual([undefined, undefined]);
    update();
    await replay(second);
    expect(await states()).toEqual([undefined, undefined]);
    await replay(first);
    expect(await states()).toEqual(["2026-03-02T10:00:00.000Z", undefined]);
    await replay(first);
    expect(await open.real.table.count({ pk: "Q#acme", by: "list" })).toBe(1);
  });

  it("stays discarded, however often its payload is read again", async () => {
    const { open, hub, rawRef, names, states } = await opened();
    using _ = open;
    const letter = await letterNamed(open.real.table, "acme", names[1] ?? "");
    if (letter === undefined) throw new Error("nothing was set aside");
    const discard = () => endWait(open.real.table, letter, { at: "2026-03-02T11:00:00.000Z", discarded: true });
    expect([await discard(), await discard()]).toEqual([true, false]);
    await readMessage(hub, { connection: "acme", rawRef });
    await setAside(hub, letter, new Error("still unread"));
    expect(await states()).toEqual([undefined, "2026-03-02T11:00:00.000Z"]);
    expect(await letterNamed(open.real.table, "acme", names[1] ?? "")).toMatchObject({ discarded: true });
  });

  it("is told to be unknown where nothing is called so", async () => {
    const { open, replay } = await opened();
    using _ = open;
    await expect(replay("2026-03-02.0000000000000000")).rejects.toMatchObject({ code: "not_found" });
    await expect(replay("../secrets")).rejects.toMatchObject({ code: "not_found" });
  });
});
