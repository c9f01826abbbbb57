import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Asks on the terminal. @param hidden what is typed is not shown */
export const ask = async (question: string, hidden: boolean): Promise<string> => {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: hidden ? silent : process.stderr, terminal: true });
  try {
    return (await lines.question("")).trim();
  } finally {
    lines.close();
    if (hidden) process.stderr.write("\n");
  }
};
