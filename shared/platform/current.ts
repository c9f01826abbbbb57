import type { Hub } from "../pipeline/hub.ts";
import type { Reporting } from "../pipeline/send-reports.ts";
import type { HubConfig } from "./define-hub.ts";

let current: Hub | undefined;
let currentOutputs: NonNullable<HubConfig["outputs"]> = {};
let currentReporting: Reporting | undefined;

/** Makes this the hub that the handlers of `functions/` work with, for as long as the process lives. */
export const useHub = (hub: Hub, outputs: HubConfig["outputs"] = {}): void => {
  current = hub;
  currentOutputs = outputs;
};

/** Its ways out, as configured. */
export const outputs = (): NonNullable<HubConfig["outputs"]> => currentOutputs;

/** The hub of this process. */
export const hub = (): Hub => {
  if (current === undefined) throw new Error("no hub is open in this process: open one with openHub and useHub");
  return current;
};

/** Gives the hub of this process its reports. */
export const useReports = (reporting: Reporting): void => {
  currentReporting = reporting;
};

/** Its reports, with what they read and how they go out; undefined where nothing is to be made or sent. */
export const reporting = (): Reporting | undefined => currentReporting;
