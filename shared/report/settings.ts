import type { WeekStart } from "../domain/day.ts";
import type { Definition } from "./definitions.ts";
import type { PeriodLength } from "./period.ts";
import type { Thresholds } from "./section.ts";

/** A report of the configuration, with everything that it did not say. */
export interface ReportSettings {
  /** In the configuration. */
  readonly name: string;
  readonly kind: string;
  readonly definition: Definition;
  readonly schedule: string;
  readonly zone: string;
  readonly weekStart: WeekStart;
  readonly length: PeriodLength;
  /** Empty: all. */
  readonly products: readonly { readonly id: string; readonly name: string }[];
  /** `slack:<output>`, `teams:<output>`, `email:<address>`, `webhook:<secret>`, `archive`. */
  readonly to: readonly string[];
  readonly onlyIfChanged: boolean;
  readonly thresholds: Thresholds;
}

const MAIL_ADDRESS = /^[^\s@<>",;:]+@[^\s@<>",;:]+$/;
const ADDRESS_AT_MOST = 254;

/** Whether a report can be sent there: one plain address. */
export const isMailAddress = (text: string): boolean => text.length <= ADDRESS_AT_MOST && MAIL_ADDRESS.test(text);

/** How a recipient is shown where everybody reads: an address of a mail keeps its first letter and its domain. */
export const maskedRecipient = (recipient: string): string =>
  recipient.replace(/^email:(.)[^@]*@/, (_, first: string) => `email:${first}…@`);
