import { HubError } from "../../shared/connector/errors.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { setAside } from "../../shared/pipeline/quarantine.ts";
import { noteReplay } from "../../shared/pipeline/replays.ts";
import { audit } from "../../shared/store/audit.ts";
import { endWait, letterName, letterNamed } from "../../shared/store/dead-letters.ts";
import { rowsOf } from "../../shared/store/entities.ts";
import { partition } from "../../shared/store/keys.ts";
import type { Quarantined } from "../../shared/store/views.ts";
import { type Command, EXIT, text } from "./command.ts";
import { OPERATOR } from "./made-key.ts";
import { type OpenStore, openStore } from "./open-store.ts";

export const replay: Command = {
  usage:
    "throughline replay <connection> [--from T] [--to T] | throughline replay [connection] --quarantine | throughline replay <connection> --letter ID [--discard]",
  does: "read archived payloads again, or what was set aside, all or one of it; --discard gives one up instead; a running hub then brings the views up to date",
  options: {
    from: { type: "string" },
    to: { type: "string" },
    quarantine: { type: "boolean" },
    letter: { type: "string" },
    discard: { type: "boolean" },
  },
  words: [0, 1],
  async run({ words: [name], values, terminal, json }) {
    const store = await openStore(terminal);
    const { hub } = store;
    try {
      if (name === undefined && values["quarantine"] !== true)
        throw new HubError("usage", "name a connection, or say --quarantine", { retry: "never" });
      const letter = text(values, "letter");
      if (values["discard"] === true && letter === undefined)
        throw new HubError("usage", "--discard gives up one record: name it by --letter", { retry: "never" });
      if (letter !== undefined && name === undefined)
        throw new HubError("usage", "--letter is one of a connection: name that too", { retry: "never" });
      if (name !== undefined) await hub.connection(name);
      const one = name === undefined || letter === undefined ? undefined : await waitingLetter(store, name, letter);
      if (one !== undefined && values["discard"] === true) {
        await endWait(hub.ports.table, one, { at: new Date().toISOString(), discarded: true });
        await audit(hub, OPERATOR, "dead_letter.discard", letterName(one), { connection: one.connectionId });
        terminal.out(json ? `${JSON.stringify({ discarded: 1 })}\n` : `${letter} was discarded\n`);
        return EXIT.ok;
      }
      const refs = new Set<string>();
      const waiting: Quarantined[] = [];
      if (one !== undefined) {
        await audit(hub, OPERATOR, "dead_letter.replay", letterName(one), { connection: one.connectionId });
        waiting.push(one);
        refs.add(one.rawRef);
      } else if (values["quarantine"] === true) {
        for (const connection of name === undefined ? hub.connectionNames : [name]) {
          for await (const { data } of rowsOf<Quarantined>(hub.ports.table, partition.ofQuarantine(connection), "")) {
            if (data.resolvedAt === undefined) waiting.push(data);
          }
        }
        for (const { rawRef } of waiting) refs.add(rawRef);
      } else {
        for await (const ref of hub.ports.archive.list(
          name ?? "",
          moment(text(values, "from")),
          moment(text(values, "to")),
        ))
          refs.add(ref);
      }
      const counts = { payloads: 0, records: 0, written: 0, set_aside: 0 };
      for (const rawRef of refs) {
        const connection = rawRef.split("/", 1)[0] ?? "";
        const left = new Set<string>();
        try {
          const outcome = await ingest(hub, { connection, rawRef }, { replay: true });
          counts.records += outcome.records;
          counts.written += outcome.written;
          counts.set_aside += outcome.setAside;
          for (const id of outcome.waiting) left.add(id);
        } catch (error) {
          counts.set_aside += 1;
          left.add(await setAside(hub, { connectionId: connection, stream: "", rawRef }, error));
        }
        // Last, so that what a crash leaves unread still waits.
        for (const one of waiting)
          if (one.rawRef === rawRef && !left.has(one.id))
            await endWait(hub.ports.table, one, { at: hub.ports.clock.now().toISOString() });
        counts.payloads += 1;
      }
      for (const connection of new Set([...refs].map((ref) => ref.split("/", 1)[0] ?? "")))
        await noteReplay(hub, connection, {
          from: moment(text(values, "from")),
          to: moment(text(values, "to")),
          counts,
        });
      terminal.out(
        json
          ? `${JSON.stringify(counts)}\n`
          : `${counts.payloads} payloads read again: ${counts.records} records, ${counts.written} written, ${counts.set_aside} set aside\n`,
      );
      return counts.set_aside > 0 ? EXIT.partly : EXIT.ok;
    } finally {
      store.close();
    }
  },
};

/** @throws HubError not_found if nothing is called so, or it does not wait any more */
const waitingLetter = async ({ hub }: OpenStore, connection: string, name: string): Promise<Quarantined> => {
  const found = await letterNamed(hub.ports.table, connection, name);
  if (found !== undefined && found.resolvedAt === undefined) return found;
  const why = found === undefined ? "nothing that was set aside is called so" : "it does not wait any more";
  throw new HubError("not_found", `${name.slice(0, 80)} of ${connection}: ${why}`, { retry: "never" });
};

const moment = (given: string | undefined): string | undefined => {
  if (given === undefined) return undefined;
  const at = new Date(given);
  if (Number.isNaN(at.getTime()))
    throw new HubError("usage", `"${given}" is not a day or a moment`, { retry: "never" });
  return at.toISOString();
};
