import type { ParseArgsOptionsConfig } from "node:util";

/** Exit codes, as documented for scripts. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  config: 3,
  unauthorised: 4,
  unreachable: 5,
  partly: 6,
  running: 8,
  interrupted: 130,
} as const;

/** Where a command reads and writes; data goes out, everything else to `note`. */
export interface Terminal {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: AsyncIterable<Uint8Array>;
  out(text: string): void;
  note(text: string): void;
  /** Asks a person; absent where nobody sits in front. @param hidden what is typed is not shown */
  readonly ask?: ((question: string, hidden: boolean) => Promise<string>) | undefined;
}

export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export interface Call {
  readonly words: readonly string[];
  readonly values: Values;
  /** Machines read the output. */
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** One command of `throughline`. */
export interface Command {
  readonly usage: string;
  readonly does: string;
  readonly options?: ParseArgsOptionsConfig;
  /** How many words it takes, least and most. */
  readonly words: readonly [number, number];
  /** @returns the exit code */
  run(call: Call): Promise<number>;
}

/** The text of an option, or undefined. */
export const text = (values: Values, name: string): string | undefined => {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
};
