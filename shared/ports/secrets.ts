/** Values that no file of the project holds. */
export interface Secrets {
  /** What people set, else what {@link put} stored. @returns undefined if there is neither */
  get(name: string): Promise<string | undefined>;
  /** Stores a value that the hub itself came by, whole or not at all; durable when it resolves. */
  put(name: string, value: string): Promise<void>;
}
