import type { Hub } from "../pipeline/hub.ts";

let current: Hub | undefined;

/** Makes this the hub that the handlers of `functions/` work with, for as long as the process lives. */
export const useHub = (hub: Hub): void => {
  current = hub;
};

/** The hub of this process. */
export const hub = (): Hub => {
  if (current === undefined) throw new Error("no hub is open in this process: open one with openHub and useHub");
  return current;
};
