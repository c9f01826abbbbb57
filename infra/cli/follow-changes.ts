import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import type { EventName } from "../../shared/domain/event.ts";

const Change = z.looseObject({
  id: z.string(),
  type: z.string(),
  subject: z.string(),
  sequence: z.int(),
  time: z.string(),
  recorded_at: z.string(),
  test: z.literal(true).optional(),
  data: z.record(z.string(), z.unknown()),
});
export type Change = z.output<typeof Change>;

const Page = z.object({ data: z.array(Change), next_cursor: z.string().nullable() });

const LIMIT = 200;

/** What of the change log is asked for. */
export interface Following {
  /** Of the hub, without a slash at its end. */
  readonly url: string;
  readonly key?: string | undefined;
  readonly types: readonly EventName[];
  /** A moment. */
  readonly since: string;
}

/**
 * The change log as it grows, oldest first, each change once. Asks again only for the last page: how much lies before does
 * not matter.
 *
 * @param pause waits between two looks at the end of the log; false ends it
 * @throws HubError vendor_unreachable, or what the hub answers
 */
export async function* followChanges(
  { url, key, types, since }: Following,
  pause: () => Promise<boolean>,
): AsyncGenerator<Change> {
  let cursor: string | undefined;
  let shown = new Set<string>();
  for (;;) {
    const page = await pageOf(url, key, {
      since,
      type: types.join(","),
      limit: String(LIMIT),
      ...(cursor && { cursor }),
    });
    for (const change of page.data) if (!shown.has(change.id)) yield change;
    if (page.next_cursor !== null) {
      cursor = page.next_cursor;
      shown = new Set();
      continue;
    }
    shown = new Set(page.data.map(({ id }) => id));
    if (!(await pause())) return;
  }
}

const pageOf = async (url: string, key: string | undefined, search: Record<string, string>) => {
  const response = await fetch(`${url}/v1/changes?${new URLSearchParams(search)}`, {
    headers: { accept: "application/json", ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    redirect: "manual",
  }).catch((cause: unknown) => {
    throw new HubError("vendor_unreachable", `no hub answers at ${url}`, { retry: "later", cause });
  });
  if (response.status === 401 || response.status === 403)
    throw new HubError("key_missing", `${url} answered ${response.status}: set THROUGHLINE_KEY to a key of it`, {
      retry: "never",
    });
  const body: unknown = await response.json().catch(() => undefined);
  const page = Page.safeParse(body);
  if (response.ok && page.success) return page.data;
  const told = typeof body === "object" && body !== null && "detail" in body ? `: ${String(body.detail)}` : "";
  throw new HubError("vendor_answer_unreadable", `${url} answered ${response.status}${told}`.slice(0, 300), {
    retry: "later",
  });
};
