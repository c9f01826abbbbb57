import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { startSandbox } from "../../infra/sandbox/index.ts";
import { SECRET } from "../e2e/company-config.ts";
import { bodyOf, served } from "../e2e/served.ts";
import { sizedFor } from "./bench-company.ts";

/** One webhook of an issue, as GitHub sent it once: what changes from one to the next is put into it anew. */
export interface Sample {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> & { readonly issue: Readonly<Record<string, unknown>> };
}

/** One webhook that was sent, by its number. Milliseconds of `performance.now()`. */
export interface Sent {
  /** As its title has it. */
  readonly number: number;
  readonly sentAt: number;
  /** Of the record that it tells of: what is stored of a later one of the same record tells of this one too. */
  readonly record: number;
  ackAt?: number;
  failed?: string;
}

/** Below it no time of change of the company lies, and the hub's own clock far behind it. */
const CHANGED_FROM = Date.parse("2026-03-03T00:00:00.000Z");
const DUPLICATE_EVERY = 20;

/** What stands in a title, so that whoever looks on knows which webhook it came by. */
export const markOf = (text: string): number | undefined => {
  const found = /webhook (\d{7})\b/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
};

/**
 * Webhooks of so many issues, caught from a company that renamed them. Of GitHub, whose bodies are the records: Jira's
 * are only a hint of what to read again, and would measure how fast the tool answers.
 */
export const samplesOf = async (issues: number): Promise<Sample[]> => {
  const caught: Sample[] = [];
  const door = await served(async (incoming, response) => {
    const body = JSON.parse((await bodyOf(incoming)).toString()) as Sample["body"];
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).filter(([name]) => /^(?:x-|user-agent|content-type)/.test(name)),
    ) as Record<string, string>;
    if (headers["x-github-event"] === "issues") caught.push({ headers, body });
    response.writeHead(204).end();
  });
  const sandbox = await startSandbox({
    ...sizedFor("github", issues * 1.5),
    webhooks: { github: { url: door.url, secret: SECRET } },
  });
  try {
    const live = sandbox
      .truth("github")
      .filter(({ key, presence }) => presence === "present" && key.includes("devkit#"));
    for (const { key } of live.slice(-issues)) await sandbox.control({ do: "rename", key, title: "Renamed" });
    return caught;
  } finally {
    await sandbox.stop();
    await door.close();
  }
};

/** The n-th webhook: an issue closed or opened again, with another title, time and id, signed. */
const made = (
  { headers, body }: Sample,
  n: number,
  isOdd: boolean,
): { readonly headers: Readonly<Record<string, string>>; readonly bytes: Buffer } => {
  const at = new Date(CHANGED_FROM + n * 1000).toISOString().replace(".000Z", "Z");
  const isClosed = (body.issue["state"] === "closed") === isOdd;
  const issue = {
    ...body.issue,
    title: `Told by webhook ${String(n).padStart(7, "0")}`,
    updated_at: at,
    state: isClosed ? "closed" : "open",
    state_reason: isClosed ? "completed" : "reopened",
    closed_at: isClosed ? at : null,
  };
  const bytes = Buffer.from(JSON.stringify({ ...body, action: isClosed ? "closed" : "reopened", issue }));
  const digest = `sha256=${createHmac("sha256", SECRET).update(bytes).digest("hex")}`;
  const own = { "x-github-delivery": `bench-${n}`, "x-hub-signature-256": digest };
  return { headers: { ...headers, ...own, "content-length": String(bytes.length) }, bytes };
};

/**
 * Sends so many webhooks a second and waits for no answer before the next; one in twenty is the one before once more.
 *
 * @param from the number of the first, so that each is newer than any before
 */
export const sendOpenLoop = async (
  url: string,
  samples: readonly Sample[],
  rate: number,
  seconds: number,
  from = 0,
): Promise<{ readonly sent: readonly Sent[]; readonly duplicates: number; readonly seconds: number }> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const sent: Sent[] = [];
  const all: Promise<void>[] = [];
  let duplicates = 0;
  let last: ReturnType<typeof made> | undefined;
  const begun = performance.now();
  for (let nth = 0; nth < rate * seconds; nth++) {
    const due = begun + (nth * 1000) / rate;
    const early = due - performance.now();
    if (early > 0) await setTimeout(early);
    const isDuplicate = nth % DUPLICATE_EVERY === DUPLICATE_EVERY - 1 && last !== undefined;
    const n = from + sent.length;
    const sample = samples[n % samples.length];
    if (sample === undefined) throw new Error("there are no webhooks to send");
    if (!isDuplicate) last = made(sample, n, Math.floor(n / samples.length) % 2 === 1);
    if (last === undefined) continue;
    const one: Sent = { number: n, sentAt: performance.now(), record: n % samples.length };
    if (isDuplicate) duplicates += 1;
    else sent.push(one);
    all.push(post(agent, url, last, one));
  }
  const took = (performance.now() - begun) / 1000;
  await Promise.all(all);
  agent.destroy();
  return { sent, duplicates, seconds: took };
};

const post = (agent: Agent, url: string, { headers, bytes }: ReturnType<typeof made>, one: Sent): Promise<void> =>
  new Promise((resolve) => {
    const asked = request(url, { agent, method: "POST", headers }, (response) => {
      response.resume();
      response.once("end", () => {
        one.ackAt = performance.now();
        if ((response.statusCode ?? 500) >= 300) one.failed = String(response.statusCode);
        resolve();
      });
    });
    asked.once("error", (error) => {
      one.failed = error.message;
      resolve();
    });
    asked.end(bytes);
  });
