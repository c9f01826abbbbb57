import type { Update } from "../domain/assertion.ts";
import type { HubEvent } from "../domain/event.ts";
import { kindOf } from "../domain/kind.ts";
import type { Report } from "../report/document.ts";
import { maskedRecipient } from "../report/settings.ts";
import type { Delivery, StoredRun } from "../store/report-store.ts";
import { hash } from "./entity-of.ts";
import { happened } from "./happened.ts";

/** An update that a person posted here. */
export const updateEvents = (url: string, { id, about, health, by, at }: Update): HubEvent[] => {
  if (kindOf(about) !== "initiative") return [];
  const when = { subject: id, sequence: 1, time: at, recordedAt: at };
  const initiative = { id: about, url: `${url}/initiatives/${about}` };
  return [
    happened("initiative.update.posted", when, {
      initiative,
      update: id,
      by: by.name,
      ...(health !== undefined && { health }),
      cause: "override",
    }),
  ];
};

/** A report that was made. */
export const madeEvents = (was: StoredRun<Report> | undefined, { document }: StoredRun<Report>): HubEvent[] => {
  if (document === undefined || was?.document !== undefined) return [];
  const { report, run, title, url, isNews, madeAt } = document;
  const when = { subject: `rep_${report}`, sequence: Date.parse(madeAt), time: madeAt, recordedAt: madeAt };
  return [happened("report.generated", when, { report, run, title, url, isNews })];
};

/** A report that did not arrive. */
export const undeliveredEvents = (hubUrl: string, was: Delivery | undefined, is: Delivery): HubEvent[] => {
  const isOver = is.state === "failed" || is.state === "unknown";
  if (!isOver || was?.state === is.state) return [];
  const { report, run, at, code = "internal_error", reason = "" } = is;
  const recipient = maskedRecipient(is.recipient);
  const subject = `rep_${report}/${run}/${hash(is.recipient).slice(0, 12)}`;
  const when = { subject, sequence: Date.parse(at), time: at, recordedAt: at };
  const url = `${hubUrl}/reports/${report}/runs/${run}`;
  return [happened("report.delivery.failed", when, { report, run, url, recipient, code, message: reason })];
};
