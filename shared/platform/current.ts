import type { Hub } from "../pipeline/hub.ts";
import type { PictureMaker } from "../report/render/mail.tsx";
import type { HubConfig } from "./define-hub.ts";
import type { BecauseAt } from "./reports.ts";

let current: Hub | undefined;
let currentOutputs: NonNullable<HubConfig["outputs"]> = {};
let currentReports: Reports = { config: { connections: {} } };

/** What reports are made of: the config, and what draws their charts where something can. */
interface Reports {
  readonly config: HubConfig;
  /** The file that the config was read from; absent for the demo, and where nobody knows. */
  readonly source?: { readonly file: string; readonly text: string } | undefined;
  readonly picture?: PictureMaker | undefined;
  /** Derives reasons of the past for previews; absent in the function that serves pages on AWS. */
  readonly becauseAt?: BecauseAt | undefined;
}

/** Makes this the hub that the handlers of `functions/` work with, for as long as the process lives. */
export const useHub = (
  hub: Hub,
  outputs: HubConfig["outputs"] = {},
  reports: Reports = { config: { connections: {} } },
): void => {
  current = hub;
  currentOutputs = outputs;
  currentReports = reports;
};

/** Its ways out, as configured. */
export const outputs = (): NonNullable<HubConfig["outputs"]> => currentOutputs;

/** Its config, as far as reports go. */
export const reports = (): Reports => currentReports;

/** The hub of this process. */
export const hub = (): Hub => {
  if (current === undefined) throw new Error("no hub is open in this process: open one with openHub and useHub");
  return current;
};
