/** Reads when it is first asked for, and never again. */
export const once = <Value>(read: () => Promise<Value>): (() => Promise<Value>) => {
  let held: Promise<Value> | undefined;
  return () => {
    held ??= read();
    return held;
  };
};
