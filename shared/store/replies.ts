import type { Table } from "../ports/table.ts";
import { replyKey } from "./keys.ts";

/** How a request that changes something was answered. */
export interface Reply {
  readonly status: number;
  /** Absent where there was nothing to say, or a secret that is shown once. */
  readonly body?: unknown;
  readonly location?: string | undefined;
  /** In place of a body, for what was refused. */
  readonly refusal?:
    | { readonly code: string; readonly message: string; readonly details: Readonly<Record<string, unknown>> }
    | undefined;
  readonly isSecret?: boolean | undefined;
}

interface KeptReply {
  /** Over what was asked. */
  readonly digest: string;
  readonly begunAt: string;
  /** Absent while it runs. */
  readonly reply?: Reply | undefined;
}

/** What is known of a request that names itself. */
export type Earlier =
  | { readonly is: "new" }
  | { readonly is: "running" }
  | { readonly is: "other" }
  | { readonly is: "answered"; readonly reply: Reply };

/** The answers to requests that name themselves, so that a repeat gets the first one. */
export interface Replies {
  /** Notes that a request begins, unless it did before. @param name who asks, and what they call the request */
  begin(name: readonly [identity: string, key: string], digest: string, now: Date): Promise<Earlier>;
  end(name: readonly [identity: string, key: string], digest: string, reply: Reply, now: Date): Promise<void>;
  /** It failed inside: the next may try again. */
  forget(name: readonly [identity: string, key: string], digest: string, now: Date): Promise<void>;
}

const KEPT_MS = 24 * 60 * 60 * 1000;
/** No request runs longer: one that began before was broken off. */
const RUNS_AT_MOST_MS = 2 * 60 * 1000;
const LONG_AGO = "1970-01-01T00:00:00.000Z";

export const repliesIn = (table: Table): Replies => {
  const put = async (name: readonly [string, string], version: number, data: KeptReply, now: Date) =>
    table.put({ ...replyKey(...name), version, data, expiresAt: Math.ceil((now.getTime() + KEPT_MS) / 1000) });
  const held = async (name: readonly [string, string]) => {
    const { pk, sk } = replyKey(...name);
    return table.get<KeptReply>(pk, sk);
  };
  /** Over what this request itself began, however often somebody writes between. */
  const over = async (
    name: readonly [string, string],
    digest: string,
    now: Date,
    next: (kept: KeptReply) => KeptReply,
  ) => {
    for (;;) {
      const row = await held(name);
      if (row === undefined || row.data.digest !== digest || row.data.reply !== undefined) return;
      if (await put(name, row.version + 1, next(row.data), now)) return;
    }
  };
  return {
    async begin(name, digest, now) {
      for (;;) {
        const row = await held(name);
        const age = row === undefined ? KEPT_MS : now.getTime() - Date.parse(row.data.begunAt);
        if (row !== undefined && age < KEPT_MS) {
          const { data } = row;
          if (data.reply === undefined && age >= RUNS_AT_MOST_MS) {
            // Broken off: as if it had never been asked.
          } else if (data.digest !== digest) return { is: "other" };
          else if (data.reply === undefined) return { is: "running" };
          else return { is: "answered", reply: data.reply };
        }
        if (await put(name, (row?.version ?? 0) + 1, { digest, begunAt: now.toISOString() }, now)) return { is: "new" };
      }
    },
    end: (name, digest, reply, now) => over(name, digest, now, (kept) => ({ ...kept, reply })),
    forget: (name, digest, now) => over(name, digest, now, (kept) => ({ ...kept, begunAt: LONG_AGO })),
  };
};
