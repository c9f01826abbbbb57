/** Where exported files lie, by path from the lake's root. Paths are ours: letters, digits, `_`, `-`, `=`, `.` and `/`. */
export interface Lake {
  /** Whole or not at all; what lay there is replaced. Durable when it resolves. */
  put(path: string, bytes: Uint8Array): Promise<void>;
  /** Paths of the files below a folder, in any order; none if there is no such folder. */
  list(folder: string): AsyncIterable<string>;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): Promise<void>;
}
