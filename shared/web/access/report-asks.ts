import { HubError } from "../../connector/errors.ts";
import { isMailAddress, maskedRecipient } from "../../report/settings.ts";
import { audit } from "../../store/audit.ts";
import { memberById } from "../../store/members.ts";
import { askReport, type ReportAsk } from "../../store/report-asks.ts";
import type { WebDeps } from "../web-deps.ts";
import { audited } from "./credentials.ts";
import { type Identity, may } from "./identity.ts";
import { reportsFor } from "./reports-for.ts";

type Deps = Pick<WebDeps, "table" | "now" | "reports">;

/**
 * Asks for a report to be made and sent now to whoever has not got it.
 *
 * @returns undefined if there is none of that name that they may see
 */
export const askForRun = async (deps: Deps, identity: Identity, report: string): Promise<ReportAsk | undefined> => {
  if (!isTheirs(deps, identity, report)) return undefined;
  const ask = await askReport(deps.table, { report, what: "run", by: who(identity) }, deps.now());
  await audit(audited(deps), identity, "report.run", report);
  return ask;
};

/**
 * Asks for a report to be shown by mail to whoever asks: a member at their own address. Somebody without one names it,
 * and only an administrator may: else the hub would send mails for whoever has a key.
 *
 * @param to a mail address, or empty
 * @returns undefined if there is no report of that name that they may see
 * @throws HubError invalid_body
 */
export const askForTest = async (
  deps: Deps,
  identity: Identity,
  report: string,
  to: string,
): Promise<ReportAsk | undefined> => {
  if (!isTheirs(deps, identity, report)) return undefined;
  const own = await ownAddress(deps, identity);
  const address = may(identity, "admin") && to !== "" ? to : (own ?? to);
  const isOthers = !may(identity, "admin") && (own === undefined || (to !== "" && to.toLowerCase() !== own));
  if (isOthers)
    throw new HubError(
      "invalid_body",
      own === undefined
        ? "'to': a test goes to the mail address of a member, and this key is of none; an administrator may name any"
        : "'to': a test goes to your own address only",
      { retry: "never", details: { parameter: "to" } },
    );
  if (!isMailAddress(address))
    throw new HubError("invalid_body", "'to': name the mail address to send the test to, e.g. ana@acme.example", {
      retry: "never",
      details: { parameter: "to" },
    });
  const recipient = `email:${address}`;
  const ask = await askReport(deps.table, { report, what: "test", to: recipient, by: who(identity) }, deps.now());
  await audit(audited(deps), identity, "report.test", report, { to: maskedRecipient(recipient) });
  return ask;
};

/** The mail address of a member; undefined for whoever is none. */
export const ownAddress = async ({ table }: Pick<WebDeps, "table">, { id }: Identity): Promise<string | undefined> =>
  (await memberById(table, id))?.address;

const isTheirs = (deps: Deps, identity: Identity, report: string): boolean =>
  reportsFor(deps, identity).some(({ name }) => name === report);

const who = ({ id, name }: Identity) => ({ id, name });
