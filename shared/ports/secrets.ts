/** Values that no file of the project holds. */
export interface Secrets {
  /** @returns undefined if nobody set it */
  get(name: string): Promise<string | undefined>;
}
