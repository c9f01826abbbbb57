import { HubError } from "../../shared/connector/errors.ts";
import { PUBLIC_EVENTS } from "../../shared/domain/event.ts";
import { nearestWord } from "../../shared/domain/nearest-word.ts";
import { sendTestEvent } from "../../shared/pipeline/test-event.ts";
import { type Call, type Command, EXIT, text } from "./command.ts";
import { hubUrl } from "./listen.ts";
import { openStore } from "./open-store.ts";

export const trigger: Command = {
  usage: "throughline trigger <type> [--url HUB]",
  does: "sends an example of an event the way of all events, marked as a test; without --url in the hub of this folder",
  options: { url: { type: "string" } },
  words: [1, 1],
  async run(call) {
    const [given = ""] = call.words;
    const type = PUBLIC_EVENTS.find((name) => name === given);
    if (type === undefined) {
      const guess = nearestWord(given, PUBLIC_EVENTS);
      throw new HubError(
        "usage",
        `"${given}" is no type of event that goes out${guess === undefined ? "" : `. Did you mean "${guess}"?`}`,
        { retry: "never" },
      );
    }
    const id = text(call.values, "url") === undefined ? await here(call, type) : await elsewhere(call, type);
    call.terminal.out(call.json ? `${JSON.stringify({ id, type })}\n` : `${id}  ${type}\n`);
    return EXIT.ok;
  },
};

const here = async (call: Call, type: (typeof PUBLIC_EVENTS)[number]): Promise<string> => {
  const store = await openStore(call.terminal);
  try {
    const id = await sendTestEvent(store.hub, type);
    call.terminal.note("a running hub sends it now; else the next one that starts here\n");
    return id;
  } finally {
    store.close();
  }
};

const elsewhere = async (call: Call, type: string): Promise<string> => {
  const url = hubUrl(call);
  const key = call.terminal.environment["THROUGHLINE_KEY"];
  const response = await fetch(`${url}/v1/event-types/${type}/test`, {
    method: "POST",
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    redirect: "manual",
  }).catch((cause: unknown) => {
    throw new HubError("vendor_unreachable", `no hub answers at ${url}`, { retry: "later", cause });
  });
  const body = (await response.json().catch(() => ({}))) as { id?: unknown };
  if (response.status === 202 && typeof body.id === "string") return body.id;
  const isRefused = response.status === 401 || response.status === 403;
  throw new HubError(isRefused ? "key_missing" : "vendor_answer_unreadable", `${url} answered ${response.status}`, {
    retry: "never",
  });
};
