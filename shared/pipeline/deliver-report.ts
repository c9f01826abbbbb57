import { HubError, safeReason } from "../connector/errors.ts";
import type { Instant } from "../domain/instant.ts";
import type { Report } from "../report/document.ts";
import { type Delivery, deliveriesOf, dueDeliveries, runOf, setDelivery } from "../store/report-store.ts";
import { hash } from "./entity-of.ts";
import type { Hub } from "./hub.ts";

/**
 * Takes a report to one recipient.
 *
 * @param id the same whenever this report goes to this recipient
 * @throws HubError delivery_unknown: it may have arrived; any other: it did not
 */
export type Post = (recipient: string, report: Report, id: string, signal: AbortSignal) => Promise<void>;

const AT_ONCE = 100;
/** Longer than one delivery may take. */
const LEASE_MS = 10 * 60_000;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 60 * 60_000;
/** After that somebody must look. */
const GIVE_UP_MS = 24 * 60 * 60_000;

/** What no later try changes. Credentials and secrets may be set anew meanwhile. */
const HOPELESS: ReadonlySet<string> = new Set(["config_invalid", "not_found", "delivery_refused"]);

/** Writes down who is to get a run; who has it, or whom it is kept from, is left as it is. @param skip why nobody gets it */
export const queueDeliveries = async (
  hub: Hub,
  report: Pick<Report, "report" | "run">,
  recipients: readonly string[],
  skip?: string,
): Promise<void> => {
  const now = hub.ports.clock.now().toISOString();
  for (const recipient of recipients) {
    const to = { report: report.report, run: report.run, recipient };
    await setDelivery(hub.ports.table, to, (held) => {
      if (held !== undefined) return undefined;
      const delivery = { ...to, tries: 0, since: now, at: now };
      return skip === undefined
        ? { ...delivery, state: "waiting", dueAt: now }
        : { ...delivery, state: "skipped", reason: skip };
    });
  }
};

/** Puts back in line whoever has not got a run for sure: a person wants it sent. */
export const queueAgain = async (hub: Hub, report: Pick<Report, "report" | "run">, recipients: readonly string[]) => {
  await queueDeliveries(hub, report, recipients);
  const now = hub.ports.clock.now().toISOString();
  for (const held of await deliveriesOf(hub.ports.table, report.report, report.run)) {
    if (!recipients.includes(held.recipient)) continue;
    await setDelivery(hub.ports.table, held, (one) =>
      one === undefined || one.state === "sent" || one.state === "sending"
        ? undefined
        : { ...without(one), state: "waiting", since: now, at: now, tries: 0, dueAt: now },
    );
  }
};

/**
 * Sends what is due. Each delivery is taken by a row before it is sent, so that it is sent once; only a process that dies
 * between sending and noting sends again, after its time. One that fails holds up no other.
 */
export const deliverReports = async (hub: Hub, post: Post, signal: AbortSignal): Promise<void> => {
  const { table, clock } = hub.ports;
  for (const due of await dueDeliveries(table, clock.now().toISOString(), AT_ONCE)) {
    if (signal.aborted) return;
    if (!(await take(hub, due))) continue;
    const document = (await runOf<Report>(table, due.report, due.run))?.data.document;
    try {
      if (document === undefined) throw new HubError("not_found", "there is no such run", { retry: "never" });
      if (due.recipient !== "archive") await post(due.recipient, document, idOf(due), signal);
      await note(hub, due, "sent");
      hub.meter?.add("report_deliveries", { report: due.report, outcome: "sent" });
    } catch (error) {
      await noteFailure(hub, due, error);
    }
  }
};

/** Letters, digits, dots and dashes: also a file's name. */
const idOf = ({ report, run, recipient }: Delivery): string => `${report}.${run}.${hash(recipient).slice(0, 24)}`;

const without = ({ code: _, reason: __, ...rest }: Delivery): Delivery => rest;

const take = (hub: Hub, due: Delivery): Promise<boolean> => {
  const now = hub.ports.clock.now();
  const dueAt = new Date(now.getTime() + LEASE_MS).toISOString();
  return setDelivery(hub.ports.table, due, (held) => {
    const isSame = held !== undefined && held.state === due.state && held.tries === due.tries && held.at === due.at;
    return isSame ? { ...held, state: "sending", tries: held.tries + 1, at: now.toISOString(), dueAt } : undefined;
  });
};

const note = (
  hub: Hub,
  due: Delivery,
  state: Delivery["state"],
  why?: { code: string; reason: string },
  dueAt?: Instant,
) =>
  setDelivery(hub.ports.table, due, (held) =>
    held === undefined || held.state === "sent"
      ? undefined
      : { ...without(held), ...why, state, at: hub.ports.clock.now().toISOString(), dueAt },
  );

const noteFailure = async (hub: Hub, due: Delivery, error: unknown): Promise<void> => {
  const code = error instanceof HubError ? error.code : "internal_error";
  const why = { code, reason: safeReason(error) };
  const now = hub.ports.clock.now().getTime();
  const isHopeless = error instanceof HubError && error.retry === "never" && HOPELESS.has(code);
  const isOver = isHopeless || now - Date.parse(due.since) >= GIVE_UP_MS;
  const state = code === "delivery_unknown" ? "unknown" : isOver ? "failed" : "waiting";
  const pause = pauseMs(error, due.tries);
  await note(hub, due, state, why, state === "waiting" ? new Date(now + pause).toISOString() : undefined);
  hub.meter?.add("report_deliveries", { report: due.report, outcome: state });
  hub.log.warn({ report: due.report, code, reason: why.reason, attempt: due.tries + 1 }, "report not delivered");
};

const pauseMs = (error: unknown, tries: number): number => {
  const { retry = "later" } = error instanceof HubError ? error : {};
  const asked = typeof retry === "object" ? retry.afterSeconds * 1000 : 0;
  return Math.min(LONGEST_PAUSE_MS, Math.max(asked, FIRST_PAUSE_MS * 2 ** tries));
};
