import { HubError } from "../../shared/connector/errors.ts";

/** Longer than any event may be: https://developer.mixpanel.com/reference/import-events allows 1 MB. */
const LINE_AT_MOST = 4 * 1_048_576;

/**
 * The lines of a body as they come in, across the borders of chunks; no more than one line is held at a time.
 *
 * @throws HubError vendor_answer_unreadable if the body breaks off or a line does not end
 */
export async function* linesOf(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8");
  let rest = "";
  try {
    for await (const chunk of body ?? []) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) if (line.trim() !== "") yield line;
      if (rest.length > LINE_AT_MOST) throw broken("sent a line without an end");
    }
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    throw broken("broke off in the middle", cause);
  }
  rest += decoder.decode();
  if (rest.trim() !== "") yield rest;
}

const broken = (what: string, cause?: unknown): HubError =>
  new HubError("vendor_answer_unreadable", `api/2.0/export ${what}`, { retry: "later", cause });
