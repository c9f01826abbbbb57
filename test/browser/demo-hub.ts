import { Checkout, until } from "../e2e/local-hub.ts";

interface Connections {
  readonly data: readonly { readonly name: string; readonly state: string }[];
}

/** Work items: few, so that they are read soon. */
const FEW = 100;
/** Half a minute on a machine of its own; several times that beside other work. */
const READ_WITHIN_MS = 480_000;
/** Sends by itself and is never asked. */
const UNASKED = "segment";
/** Numbers of `/metrics` that are 0 while nothing is left to do: changes to be read, messages on their way. */
const UNDONE = /^throughline_(?:feed_lag_records|queue_messages\{[^}]*state="(?:waiting|in_flight)"[^}]*\}) (\d+)/gm;

/** The demo workspace as `npm start` shows it, small, after every tool was read. */
export const demoHub = async (size = FEW) => {
  const checkout = await Checkout.make(undefined);
  const hub = await checkout.start("--size", String(size));
  const stop = async () => {
    await hub.stop();
    await checkout.remove();
  };
  try {
    await until(
      () => hub.json<Connections>("/v1/connections?limit=200"),
      ({ data }) => data.length > 0 && data.every(({ name, state }) => state === "healthy" || name === UNASKED),
      READ_WITHIN_MS,
    );
    // The first report is made once the tools were read.
    await until(
      () => hub.json<{ data: readonly unknown[] }>("/v1/reports/weekly/runs"),
      ({ data }) => data.length > 0,
      READ_WITHIN_MS,
    );
    // What was read is on pages only once it was projected.
    await until(
      () => hub.text("/metrics"),
      (numbers) => [...numbers.matchAll(UNDONE)].every(([, left]) => Number(left) === 0) && UNDONE.test(numbers),
      READ_WITHIN_MS,
    );
    return { url: hub.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
