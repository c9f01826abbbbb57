import type { ConnectionView } from "./views.ts";

/** Whether a tool that only sends has sent nothing yet: nothing is wrong, and nothing is there to be fresh. */
export const waitsForData = ({ streams, state }: Pick<ConnectionView, "streams" | "state">): boolean =>
  streams.length === 0 && state === "pending";
